#include "tools/progress_line.h"

#include <unistd.h>

#include <iostream>

namespace annofs {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(1);
constexpr absl::string_view kClear = "\r\x1b[K";  // to the line's begin; erases to its end

}  // namespace

ProgressLine::ProgressLine(std::ostream& out, Output output, Clock& clock)
    : out_(out), output_(output), clock_(clock), begun_(clock.Now()) {}

void ProgressLine::Show(absl::string_view text) {
  if (output_ != Output::kTerminal || clock_.Now() - begun_ < kPatience) return;
  out_ << kClear << text << std::flush;
  is_shown_ = true;
}

void ProgressLine::Clear() {
  if (is_shown_) out_ << kClear << std::flush;
  is_shown_ = false;
}

ProgressLine::Output OutputOf(const std::ostream& err) {
  return &err == &std::cerr && isatty(STDERR_FILENO) ? ProgressLine::Output::kTerminal
                                                     : ProgressLine::Output::kOther;
}

}  // namespace annofs

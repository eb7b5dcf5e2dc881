// One line of a terminal that is written again and again while a command takes long. Not thread
// safe.
#pragma once

#include <ostream>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/clock.h"

namespace annofs {

class ProgressLine {
 public:
  enum class Output { kTerminal, kOther };  // kOther: shows nothing
  // `out` and `clock` outlive the line.
  ProgressLine(std::ostream& out, Output output, Clock& clock = RealClock());
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Shows the text in place of the one before, once a second has passed since the beginning.
  void Show(absl::string_view text);
  // Takes the line away: before anything else is written.
  void Clear();

 private:
  std::ostream& out_;
  const Output output_;
  Clock& clock_;
  const absl::Time begun_;
  bool is_shown_ = false;
};

// Whether what is written to `err` is seen on a terminal.
ProgressLine::Output OutputOf(const std::ostream& err);

}  // namespace annofs

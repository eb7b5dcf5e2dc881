#include "formats/frame_step.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace annofs {
namespace {

constexpr uint64_t kMaxStep = uint64_t{1} << 32;  // frame numbers are smaller

absl::string_view SkipBlanks(absl::string_view text) {
  return absl::StripLeadingAsciiWhitespace(text);
}

}  // namespace

uint64_t FrameStep(absl::string_view filter) {
  constexpr absl::string_view kWord = "step";
  for (size_t at = filter.find(kWord); at != absl::string_view::npos;
       at = filter.find(kWord, at + 1)) {
    absl::string_view rest = SkipBlanks(filter.substr(at + kWord.size()));
    if (rest.empty() || rest.front() != '=') continue;
    rest = SkipBlanks(rest.substr(1));
    const size_t digits =
        size_t(std::find_if_not(rest.begin(), rest.end(), absl::ascii_isdigit) - rest.begin());
    uint64_t step = 0;
    if (digits == 0 || rest.front() == '0') continue;
    const bool fits = absl::SimpleAtoi(rest.substr(0, digits), &step);
    return fits ? std::min(step, kMaxStep) : kMaxStep;
  }
  return 1;
}

}  // namespace annofs

// What values an option can have, and setting it. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/options.h"

namespace annofs {

// Without a value.
bool IsSwitch(const OptionSpec& option);
// Its value may be left out, and stands behind a '=' else.
bool IsSwitchWithValue(const OptionSpec& option);
// The only values that it can have; none: it can have others.
std::vector<absl::string_view> WordsOf(const OptionSpec& option);
// A path of this machine.
bool IsPath(const OptionSpec& option);

// "ANNOFS_CACHE_SIZE" of "cache-size".
std::string VariableOf(const OptionSpec& option);

inline constexpr absl::string_view kCommandLine = "";

// Sets an option as `origin` (for people; kCommandLine) says, unless another origin has before:
// who comes first counts. Of one that is not repeatable the last value of an origin counts. A
// switch is also set by 1, true, yes and on, and left as it is by 0, false, no and off; so is one
// with a value, but for the numbers. kInvalidArgument says what is allowed, and what may have been
// meant.
absl::Status SetOption(const OptionSpec& option, absl::string_view value, absl::string_view origin,
                       Settings& settings);

// "; did you mean 'x'?", or "".
std::string DidYouMean(absl::string_view wrong, const std::vector<absl::string_view>& words);

}  // namespace annofs

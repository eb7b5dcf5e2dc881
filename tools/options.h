// The one table of options: name, value, default, help, and which commands take it. `--help`, the
// man page's test and the parsing of `-o` read it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/settings.h"

namespace annofs {

struct OptionSpec {
  absl::string_view name;      // "cache": --cache, and -o cache=
  absl::string_view value;     // "DIR"; empty for a switch; "[=N]": may be left out
  absl::string_view fallback;  // default, for people
  absl::string_view help;
  std::vector<absl::string_view> commands;
  // Sets it; `value` is empty for a switch. kInvalidArgument says what is allowed.
  absl::Status (*apply)(Settings& settings, absl::string_view value);
  char letter = 0;  // "-f"
};

const std::vector<OptionSpec>& OptionTable();

// kInvalidArgument says which of the options exclude, or need, each other, and why.
absl::Status CheckTogether(const Settings& settings);

// The options of one command.
std::vector<const OptionSpec*> OptionsOf(absl::string_view command);

// Applies the text after `-o`: "name=value,name,…" as in fstab. Words that mean something to
// mount(8) only (ro, _netdev, noauto, x-…) are passed over; unknown names are kNotFound, wrong
// values and `remount` kInvalidArgument; `rw` without --scratch is an error of CheckTogether().
absl::Status ApplyMountOptions(absl::string_view text, Settings& settings);

}  // namespace annofs

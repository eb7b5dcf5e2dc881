#include "tools/option_values.h"

#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cache/base/near_word.h"

namespace annofs {
namespace {

bool IsOneOf(absl::string_view word, std::initializer_list<absl::string_view> words) {
  return absl::c_linear_search(words, word);
}

// Whether a switch is said to be on; nothing: it is said to be something else.
std::optional<bool> OnOrOff(const OptionSpec& option, absl::string_view value) {
  if (IsOneOf(value, {"", "true", "yes", "on"})) return true;
  if (IsOneOf(value, {"false", "no", "off"})) return false;
  if (IsSwitch(option) && value == "1") return true;
  if (IsSwitch(option) && value == "0") return false;
  return std::nullopt;
}

// An option that has one origin: says no to another one, by answering false.
absl::StatusOr<bool> Claim(const OptionSpec& option, GivenOption said, Settings& settings) {
  const auto [given, is_new] = settings.given.emplace(option.name, said);
  if (given->second.origin != said.origin) return false;
  if (!is_new && given->second.is_off != said.is_off) {
    return absl::InvalidArgumentError("is said to be on and to be off; leave one of them out");
  }
  return true;
}

absl::Status WithNearWord(const absl::Status& status, const OptionSpec& option,
                          absl::string_view value) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), DidYouMean(value, WordsOf(option))));
}

}  // namespace

bool IsSwitch(const OptionSpec& option) { return option.value.empty(); }

bool IsSwitchWithValue(const OptionSpec& option) { return absl::StartsWith(option.value, "[="); }

std::vector<absl::string_view> WordsOf(const OptionSpec& option) {
  std::vector<absl::string_view> words = absl::StrSplit(option.value, '|');
  const bool are_words = absl::c_all_of(option.value, [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) || c == '|' || c == '-';
  });
  return words.size() > 1 && are_words ? words : std::vector<absl::string_view>();
}

bool IsPath(const OptionSpec& option) {
  return IsOneOf(option.value, {"FILE", "DIR", "DIR|FILE.zip"});
}

std::string VariableOf(const OptionSpec& option) {
  return absl::StrCat("ANNOFS_",
                      absl::AsciiStrToUpper(absl::StrReplaceAll(option.name, {{"-", "_"}})));
}

absl::Status SetOption(const OptionSpec& option, absl::string_view value, absl::string_view origin,
                       Settings& settings) {
  std::optional<bool> is_on;
  if (IsSwitch(option) || IsSwitchWithValue(option)) {
    is_on = OnOrOff(option, value);
    if (is_on) value = "";
    if (!is_on && IsSwitch(option)) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", value, "' is none of 1, true, yes, on, 0, false, no, off"));
    }
  }
  const bool is_off = is_on.has_value() && !*is_on;
  const absl::StatusOr<bool> counts =
      Claim(option, {.origin = std::string(origin), .is_off = is_off}, settings);
  if (!counts.ok()) return counts.status();
  if (!*counts || is_off) return absl::OkStatus();
  return WithNearWord(option.apply(settings, value), option, value);
}

std::string DidYouMean(absl::string_view wrong, const std::vector<absl::string_view>& words) {
  const absl::string_view near = NearWord(wrong, words);
  return near.empty() ? "" : absl::StrCat("; did you mean '", near, "'?");
}

}  // namespace annofs

// The completion of fish.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/completion_model.h"

namespace annofs {
namespace {

using Kind = CompletedValue::Kind;

// Mountpoints are read from the kernel's list: a mount that does not answer is never touched.
constexpr char kFunctions[] =
    R"fish(# Completion of annofs for fish; `annofs completion fish` prints it.

function __annofs_mountinfo
    cat /proc/self/mountinfo
end

function __annofs_mountpoints
    __annofs_mountinfo | string replace -rf '^(?:\S+ ){4}(\S+) .* - (?:fuse\.annofs |overlay annofs:).*' '$1' | while read -l point
        printf '%b\n' (string replace -a '\\' '\\0' -- $point)
    end
end

function __annofs_has_no_command
    set -l words (commandline -opc)
    test (count $words) -lt 2
end

function __annofs_command_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and contains -- $words[2] $argv
end

complete -c annofs -f
complete -c annofs -n __annofs_has_no_command -l version -d 'print the version'
complete -c annofs -n __annofs_has_no_command -s h -l help -d 'print the commands'
)fish";

// What a value can be, in words of `complete`.
std::string ActionOf(const CompletedValue& value) {
  switch (value.kind) {
    case Kind::kNothing:
      return "";
    case Kind::kWords:
      return absl::StrCat(
          " -a ", FishQuoted(absl::StrJoin(value.words, " ", [](std::string* to, auto& word) {
            absl::StrAppend(to, FishQuoted(word));
          })));
    case Kind::kFile:
      return " -F";
    case Kind::kDirectory:
      return " -a '(__fish_complete_directories)'";
    case Kind::kSource:
      return " -F -a 'b2:// s3://'";
    case Kind::kMountpoint:
      return " -a '(__annofs_mountpoints)'";
    case Kind::kSourceOrMountpoint:
      return " -F -a 'b2:// s3:// (__annofs_mountpoints)'";
  }
  return "";
}

std::string Line(const CompletedCommand& command) {
  return absl::StrCat("complete -c annofs -n '__annofs_command_is ", command.name, "'");
}

std::string OptionLine(const CompletedCommand& command, const CompletedOption& option) {
  std::string line = Line(command);
  if (option.letter != 0) absl::StrAppend(&line, " -s ", std::string(1, option.letter));
  if (!option.name.empty()) absl::StrAppend(&line, " -l ", option.name);
  if (option.takes == CompletedOption::Takes::kNextWord) {
    absl::StrAppend(&line, " -r", option.value.kind == Kind::kFile ? "" : " -f",
                    ActionOf(option.value));
  }
  return absl::StrCat(line, " -d ", FishQuoted(option.help), "\n");
}

}  // namespace

std::string FishCompletion(const std::vector<CompletedCommand>& commands) {
  std::string text = kFunctions;
  for (const CompletedCommand& command : commands) {
    absl::StrAppend(&text, "\ncomplete -c annofs -n __annofs_has_no_command -a ", command.name,
                    " -d ", FishQuoted(command.summary), "\n");
    for (const CompletedOption& option : command.options) text += OptionLine(command, option);
    for (const CompletedValue& value : command.arguments) {
      if (value.kind == Kind::kNothing) continue;
      absl::StrAppend(&text, Line(command), ActionOf(value), "\n");
    }
  }
  return text;
}

}  // namespace annofs

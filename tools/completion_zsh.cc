// The completion of zsh.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/completion_model.h"

namespace annofs {
namespace {

using Kind = CompletedValue::Kind;

// Mountpoints are read from the kernel's list: a mount that does not answer is never touched.
constexpr char kFunctions[] = R"zsh(
_annofs_mountinfo() { cat /proc/self/mountinfo }

_annofs_mountpoints() {
  local line
  local -a points fields
  _annofs_mountinfo | while IFS= read -r line; do
    [[ $line == *' - fuse.annofs '* || $line == *' - overlay annofs:'* ]] || continue
    fields=(${(s: :)line})
    points+=("$(printf '%b' "${fields[5]//\\/\\0}")")
  done
  compadd -- $points
}

_annofs_source() {
  compadd -S '' -- b2:// s3://
  _files
}

_annofs_either() {
  _annofs_mountpoints
  _annofs_source
}
)zsh";

constexpr char kMain[] = R"zsh(
_annofs() {
  local curcontext=$curcontext state line
  local -a commands
  typeset -A opt_args
  commands=(
@COMMANDS@  )
  _arguments -C '(- *)'{-h,--help}'[print the commands]' '(- *)--version[print the version]' \
    '1:command:->command' '*::argument:->arguments' && return
  case $state in
    command) _describe -t commands command commands ;;
    arguments)
      case $words[1] in
@ARGUMENTS@      esac
      ;;
  esac
}

if [[ $funcstack[1] == _annofs ]]; then
  _annofs "$@"
elif (( $+functions[compdef] )); then
  compdef _annofs annofs
fi
)zsh";

std::string ListName(absl::string_view of) {
  return absl::StrCat("_annofs_words_",
                      absl::StrReplaceAll(of, {{"-", "_"}, {":", "_"}, {"|", "_"}}));
}

std::string List(absl::string_view of, const CompletedValue& value) {
  return absl::StrCat("\n", ListName(of), "() {\n  compadd -- ",
                      absl::StrJoin(value.words, " ",
                                    [](std::string* to, const std::string& word) {
                                      absl::StrAppend(to, ShellQuoted(word));
                                    }),
                      "\n}\n");
}

std::string ActionOf(const CompletedValue& value, absl::string_view list) {
  switch (value.kind) {
    case Kind::kNothing:
      return " ";
    case Kind::kWords:
      return ListName(list);
    case Kind::kFile:
      return "_files";
    case Kind::kDirectory:
      return "_directories";
    case Kind::kSource:
      return "_annofs_source";
    case Kind::kMountpoint:
      return "_annofs_mountpoints";
    case Kind::kSourceOrMountpoint:
      return "_annofs_either";
  }
  return " ";
}

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {":", "\\:"}, {"[", "\\["}, {"]", "\\]"}});
}

// Specifications of _arguments: one for each way to write it.
std::vector<std::string> Specs(const CompletedOption& option) {
  const std::string letter =
      option.letter ? absl::StrCat("-", std::string(1, option.letter)) : std::string();
  const std::string name = option.name.empty() ? "" : absl::StrCat("--", option.name);
  std::string head;
  if (option.is_repeated) {
    head = "*";
  } else if (!letter.empty() && !name.empty()) {
    head = absl::StrCat("(", letter, " ", name, ")");
  }
  const std::string help = absl::StrCat("[", Escaped(option.help), "]");
  const std::string title = Escaped(option.value.title);
  const std::string action = ActionOf(option.value, option.name);
  std::vector<std::string> specs;
  for (const std::string& flag : {letter, name}) {
    if (flag.empty()) continue;
    switch (option.takes) {
      case CompletedOption::Takes::kNone:
        specs.push_back(absl::StrCat(head, flag, help));
        break;
      case CompletedOption::Takes::kBehindEquals:
        specs.push_back(absl::StrCat(head, flag, "=-", help, "::", title, ":", action));
        break;
      case CompletedOption::Takes::kNextWord:
        specs.push_back(
            absl::StrCat(head, flag, flag == name ? "=" : "", help, ":", title, ":", action));
        break;
    }
  }
  return specs;
}

std::string ArgumentsCall(const CompletedCommand& command) {
  std::string text = absl::StrCat("        ", command.name, ")\n          _arguments -s");
  for (const CompletedOption& option : command.options) {
    for (const std::string& spec : Specs(option)) {
      absl::StrAppend(&text, " \\\n            ", ShellQuoted(spec));
    }
  }
  for (size_t i = 0; i < command.arguments.size(); ++i) {
    const CompletedValue& value = command.arguments[i];
    const bool is_repeated = command.last_is_repeated && i + 1 == command.arguments.size();
    const std::string list = absl::StrCat(command.name, ":", value.title);
    const std::string place = is_repeated ? "*" : absl::StrCat(i + 1);
    absl::StrAppend(
        &text, " \\\n            ",
        ShellQuoted(absl::StrCat(place, ":", Escaped(value.title), ":", ActionOf(value, list))));
  }
  return absl::StrCat(text, "\n          ;;\n");
}

}  // namespace

std::string ZshCompletion(const std::vector<CompletedCommand>& commands) {
  std::string text =
      "#compdef annofs\n# Completion of annofs for zsh; `annofs completion zsh` prints it.\n";
  std::vector<std::string> known;
  std::string names, arguments;
  const auto add = [&](const std::string& list, const CompletedValue& value) {
    if (value.kind != Kind::kWords) return;
    const std::string definition = List(list, value);
    for (const std::string& one : known) {
      if (one == definition) return;
    }
    known.push_back(definition);
    text += definition;
  };
  for (const CompletedCommand& command : commands) {
    absl::StrAppend(&names, "    ",
                    ShellQuoted(absl::StrCat(command.name, ":", Escaped(command.summary))), "\n");
    for (const CompletedOption& option : command.options) add(option.name, option.value);
    for (const CompletedValue& value : command.arguments) {
      add(absl::StrCat(command.name, ":", value.title), value);
    }
    arguments += ArgumentsCall(command);
  }
  return absl::StrCat(
      text, kFunctions,
      absl::StrReplaceAll(kMain, {{"@COMMANDS@", names}, {"@ARGUMENTS@", arguments}}));
}

}  // namespace annofs

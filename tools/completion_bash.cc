// The completion of bash.
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/completion_model.h"

namespace annofs {
namespace {

using Kind = CompletedValue::Kind;

// Mountpoints are read from the kernel's list: a mount that does not answer is never touched.
constexpr char kFunctions[] = R"bash(
_annofs_mountinfo() { cat /proc/self/mountinfo; }

_annofs_mountpoints() {
  local point rest
  while read -r _ _ _ _ point rest; do
    case $rest in
      *" - fuse.annofs "* | *" - overlay annofs:"*) printf '%b\n' "${point//\\/\\0}" ;;
    esac
  done < <(_annofs_mountinfo)
}

# Adds the lines that begin with the current word.
_annofs_add() {
  local line
  while IFS= read -r line; do
    [[ -n $line && $line == "$cur"* ]] && COMPREPLY+=("$line")
  done
  return 0
}

_annofs_value() {
  case $1 in
    nothing) return ;;
    source | either) _annofs_add < <(printf '%s\n' b2:// s3://; compgen -f -- "$cur") ;;&
    mountpoint | either) _annofs_add < <(_annofs_mountpoints) ;;
    file) _annofs_add < <(compgen -f -- "$cur") ;;
    directory) _annofs_add < <(compgen -d -- "$cur") ;;
    source) ;;
    *) _annofs_add < <(_annofs_words "$1") ;;
  esac
  # Readline quotes what has spaces, and goes on behind a directory.
  compopt -o filenames 2>/dev/null
  [[ ${COMPREPLY[0]} == *:// ]] && compopt -o nospace 2>/dev/null
  return 0
}

_annofs() {
  local cur previous word raw=${COMP_WORDS[COMP_CWORD]} i place=0
  local -a words=() kinds=()
  COMPREPLY=()
  # Readline parts words at ':' and '='.
  for ((i = 0; i <= COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if ((i > 1)) && [[ $word == [:=]* || ${COMP_WORDS[i - 1]} == *[:=] ]]; then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
  done
  cur=${words[${#words[@]} - 1]}
  cur=${cur//\\/}
  cur=${cur#[\"\']}
  if ((${#words[@]} == 2)); then
    _annofs_add < <(_annofs_words commands; printf '%s\n' --help --version)
    return
  fi
  previous=${words[${#words[@]} - 2]}
  if [[ $cur == --*=* ]]; then
    previous=${cur%%=*}
    cur=${cur#*=}
  fi
  word=$(_annofs_kind "$previous")
  if [[ -n $word ]]; then
    _annofs_value "$word"
  elif [[ $cur == -* ]]; then
    _annofs_add < <(_annofs_options "${words[1]}")
  else
    for ((i = 2; i < ${#words[@]} - 1; ++i)); do
      if [[ ${words[i]} != -* ]]; then
        ((++place))
      elif [[ ${words[i]} != *=* && -n $(_annofs_kind "${words[i]}") ]]; then
        ((++i))
      fi
    done
    read -ra kinds <<<"$(_annofs_arguments "${words[1]}")"
    if [[ ${kinds[-1]-} == repeated ]]; then
      unset 'kinds[-1]'
      ((place < ${#kinds[@]})) || place=$((${#kinds[@]} - 1))
    fi
    [[ -n ${kinds[place]-} ]] && _annofs_value "${kinds[place]}"
  fi
  # What stands before the last ':' is not replaced.
  if [[ $cur == *:* && $raw != "$cur" ]]; then
    word=${cur%"$raw"}
    [[ $raw == : ]] && word=$cur
    for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"$word"}; done
  fi
  return 0
}

complete -F _annofs annofs
)bash";

std::string PrintfOf(const std::vector<std::string>& words) {
  return absl::StrCat("printf '%s\\n' ", absl::StrJoin(words, " ", [](std::string* to, auto& word) {
                        absl::StrAppend(to, ShellQuoted(word));
                      }));
}

// `words`: what the list of the value's words is called.
std::string KindOf(const CompletedValue& value, const std::string& words) {
  switch (value.kind) {
    case Kind::kNothing:
      return "nothing";
    case Kind::kWords:
      return words;
    case Kind::kFile:
      return "file";
    case Kind::kDirectory:
      return "directory";
    case Kind::kSource:
      return "source";
    case Kind::kMountpoint:
      return "mountpoint";
    case Kind::kSourceOrMountpoint:
      return "either";
  }
  return "nothing";
}

std::string Function(absl::string_view name, const std::map<std::string, std::string>& cases) {
  std::string text = absl::StrCat("\n", name, "() {\n  case $1 in\n");
  for (const auto& [pattern, what] : cases) {
    absl::StrAppend(&text, "    ", pattern, ") ", what, " ;;\n");
  }
  return absl::StrCat(text, "  esac\n}\n");
}

std::string FlagsOf(const CompletedCommand& command) {
  std::vector<std::string> flags;
  for (const CompletedOption& option : command.options) {
    if (!option.name.empty()) flags.push_back(absl::StrCat("--", option.name));
    if (option.letter != 0) flags.push_back(absl::StrCat("-", std::string(1, option.letter)));
  }
  return PrintfOf(flags);
}

}  // namespace

std::string BashCompletion(const std::vector<CompletedCommand>& commands) {
  std::map<std::string, std::string> words, kinds, options, arguments;
  std::vector<std::string> names;
  for (const CompletedCommand& command : commands) {
    names.push_back(command.name);
    options[command.name] = FlagsOf(command);
    for (const CompletedOption& option : command.options) {
      if (option.takes != CompletedOption::Takes::kNextWord) continue;
      const std::string flag = option.name.empty()
                                   ? absl::StrCat("-", std::string(1, option.letter))
                                   : absl::StrCat("--", option.name);
      kinds[flag] = absl::StrCat("echo ", KindOf(option.value, flag));
      if (option.value.kind == Kind::kWords) words[flag] = PrintfOf(option.value.words);
    }
    std::string all;
    for (const CompletedValue& value : command.arguments) {
      const std::string list = absl::StrCat(command.name, ":", value.title);
      absl::StrAppend(&all, KindOf(value, list), " ");
      if (value.kind == Kind::kWords) words[list] = PrintfOf(value.words);
    }
    arguments[command.name] =
        absl::StrCat("echo ", all, command.last_is_repeated ? "repeated" : "");
  }
  words["commands"] = PrintfOf(names);
  return absl::StrCat("# Completion of annofs for bash; `annofs completion bash` prints it.\n",
                      Function("_annofs_words", words), Function("_annofs_kind", kinds),
                      Function("_annofs_options", options),
                      Function("_annofs_arguments", arguments), kFunctions);
}

}  // namespace annofs

#include "tools/completion_model.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "formats/writer.h"
#include "tools/command_line.h"
#include "tools/option_values.h"
#include "tools/options.h"

namespace annofs {
namespace {

using Kind = CompletedValue::Kind;

constexpr absl::string_view kFormats = "cvat/";

// The names of views, or of CVAT's formats.
std::vector<std::string> ViewNames(absl::string_view option) {
  std::vector<std::string> names;
  for (const auto& writer : NewWriters()) {
    absl::string_view name = writer->Info().name;
    const bool is_format = absl::ConsumePrefix(&name, kFormats);
    if (option == "view" || is_format) {
      names.emplace_back(option == "view" ? writer->Info().name : name);
    }
  }
  absl::c_sort(names);
  return names;
}

CompletedValue ValueOf(const OptionSpec& option) {
  CompletedValue value{.title = std::string(option.value)};
  for (const absl::string_view word : WordsOf(option)) value.words.emplace_back(word);
  if (option.name == "view" || option.name == "format") value.words = ViewNames(option.name);
  if (!value.words.empty()) {
    value.kind = Kind::kWords;
  } else if (IsPath(option)) {
    value.kind = option.value == "DIR" ? Kind::kDirectory : Kind::kFile;
  }
  return value;
}

CompletedOption OptionOf(const OptionSpec& spec) {
  CompletedOption option{.name = std::string(spec.name),
                         .letter = spec.letter,
                         .help = std::string(spec.help),
                         .is_repeated = spec.times == OptionSpec::Times::kMany};
  if (IsSwitch(spec)) return option;
  option.takes = IsSwitchWithValue(spec) ? CompletedOption::Takes::kBehindEquals
                                         : CompletedOption::Takes::kNextWord;
  option.value = ValueOf(spec);
  return option;
}

std::vector<std::string> CommandNames() {
  std::vector<std::string> names;
  for (const Command& command : Commands()) names.emplace_back(command.name);
  return names;
}

CompletedValue ValueOf(const Command& command, const ArgumentSpec& argument) {
  CompletedValue value{.title = argument.name};
  if (argument.name == "SOURCE") value.kind = Kind::kSource;
  if (argument.name == "SOURCE|MOUNTPOINT") value.kind = Kind::kSourceOrMountpoint;
  if (argument.name == "MOUNTPOINT") {
    value.kind = command.name == "mount" ? Kind::kDirectory : Kind::kMountpoint;
  }
  if (argument.name == "ACTION") value.words = {"info", "verify", "evict", "clear"};
  if (argument.name == "SHELL") value.words = {"bash", "zsh", "fish"};
  if (argument.name == "COMMAND") value.words = CommandNames();
  if (!value.words.empty()) value.kind = Kind::kWords;
  return value;
}

}  // namespace

std::vector<CompletedCommand> CompletionModel() {
  std::vector<CompletedCommand> commands;
  for (const Command& from : Commands()) {
    CompletedCommand command{.name = std::string(from.name), .summary = std::string(from.summary)};
    for (const OptionSpec* option : OptionsOf(from.name)) {
      command.options.push_back(OptionOf(*option));
    }
    if (from.name == "mount") {
      command.options.push_back({.letter = 'o',
                                 .help = "the same options as NAME=VALUE, as in fstab",
                                 .takes = CompletedOption::Takes::kNextWord,
                                 .is_repeated = true,
                                 .value = {.title = "OPTIONS"}});
    }
    command.options.push_back({.name = "help", .letter = 'h', .help = "print help"});
    for (const ArgumentSpec& argument : ArgumentsOf(from)) {
      command.arguments.push_back(ValueOf(from, argument));
      command.last_is_repeated = argument.is_repeated;
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

std::string ShellQuoted(absl::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

std::string FishQuoted(absl::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

}  // namespace annofs

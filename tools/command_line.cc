#include "tools/command_line.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/option_values.h"
#include "tools/options.h"

namespace annofs {
namespace {

std::string Flags(const OptionSpec& option) {
  std::string flags = absl::StrCat("--", option.name);
  return option.letter ? absl::StrCat("-", std::string(1, option.letter), ",", flags) : flags;
}

void AddOption(CLI::App& app, const OptionSpec& option, Settings& settings) {
  const auto set = [&option, &settings](const std::string& value) {
    const absl::Status status = SetOption(option, value, kCommandLine, settings);
    if (!status.ok()) throw CLI::ValidationError(std::string(status.message()));
  };
  if (IsSwitch(option) || IsSwitchWithValue(option)) {
    // A flag takes a value after '=' only: the next word is an argument of the command. What is
    // thrown gets its name in front.
    app.add_flag(Flags(option))->each(set);
    return;
  }
  app.add_option_function<std::vector<std::string>>(
         Flags(option),
         [&option, set](const std::vector<std::string>& values) {
           try {
             absl::c_for_each(values, set);
           } catch (const CLI::ValidationError& error) {
             throw CLI::ValidationError(absl::StrCat("--", option.name), error.what());
           }
         })
      ->type_name(std::string(option.value))
      ->allow_extra_args(false);
}

void AddMountOptions(CLI::App& app, Settings& settings) {
  app.add_option_function<std::vector<std::string>>(
         "-o",
         [&settings](const std::vector<std::string>& texts) {
           for (const std::string& text : texts) {
             absl::Status status = ApplyMountOptions(text, settings);
             if (!status.ok()) throw CLI::ValidationError(std::string(status.message()));
           }
         })
      ->type_name("NAME[=VALUE],…")
      ->allow_extra_args(false);
}

struct Positionals {
  std::vector<std::string> words;
  std::vector<std::string> more;  // of a last `[WORD…]`

  // Those that were given, in order.
  std::vector<std::string> Given() && {
    while (!words.empty() && words.back().empty()) words.pop_back();
    words.insert(words.end(), more.begin(), more.end());
    return std::move(words);
  }
};

void AddPositionals(CLI::App& app, const Command& command, Positionals& values) {
  const std::vector<ArgumentSpec> specs = ArgumentsOf(command);
  values.words.resize(specs.size());
  for (size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].is_repeated) {
      app.add_option(specs[i].name, values.more);
    } else {
      app.add_option(specs[i].name, values.words[i])->required(!specs[i].is_optional);
    }
  }
}

// Why it is not one of the command's.
std::string NoSuchOption(const Command& command, absl::string_view word) {
  const absl::string_view flag = word.substr(0, word.find('='));
  const std::string what = absl::StrCat("no option '", flag, "'");
  const absl::string_view name = absl::StripPrefix(flag, "--");
  std::vector<absl::string_view> names;
  for (const OptionSpec* option : OptionsOf(command.name)) names.push_back(option->name);
  const std::string hint = DidYouMean(name, names);
  if (!hint.empty())
    return absl::StrCat(what, "; did you mean '--", hint.substr(hint.find('\'') + 1));
  for (const OptionSpec& option : OptionTable()) {
    if (option.name != name) continue;
    return absl::StrCat(what, "; it is one of ", absl::StrJoin(option.commands, ", "));
  }
  return what;
}

// "--cache: 1 required DIR missing" of an option without its value.
std::string MessageOf(const CLI::ParseError& error) {
  const std::string message = error.what();
  absl::string_view value = message;
  const size_t name_end = value.find(": 1 required ");
  if (name_end == value.npos || !absl::ConsumeSuffix(&value, " missing")) return message;
  value.remove_prefix(name_end + 13);
  return absl::StrCat(message.substr(0, name_end), ": its value is missing: ", value);
}

// What the parser left over tells more than that something is missing then.
absl::Status WrongWords(const Command& command, const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> left = app.remaining();
  for (const std::string& word : left) {
    if (word.size() > 1 && word[0] == '-') {
      return absl::InvalidArgumentError(NoSuchOption(command, word));
    }
  }
  if (left.empty()) return absl::InvalidArgumentError(MessageOf(error));
  return absl::InvalidArgumentError(
      absl::StrCat("'", left[0], "' is one argument too many: it takes ",
                   command.arguments.empty() ? "none" : command.arguments));
}

}  // namespace

std::vector<ArgumentSpec> ArgumentsOf(const Command& command) {
  std::vector<ArgumentSpec> specs;
  for (absl::string_view word : absl::StrSplit(command.arguments, ' ', absl::SkipEmpty())) {
    ArgumentSpec spec{.is_optional = absl::ConsumePrefix(&word, "[")};
    absl::ConsumeSuffix(&word, "]");
    spec.is_repeated = absl::ConsumeSuffix(&word, "…");
    spec.name = std::string(word);
    specs.push_back(std::move(spec));
  }
  return specs;
}

absl::StatusOr<std::optional<std::vector<std::string>>> ParseCommandLine(
    const Command& command, const std::vector<std::string>& words, Settings& settings) {
  Positionals positionals;
  CLI::App app;
  for (const OptionSpec* option : OptionsOf(command.name)) AddOption(app, *option, settings);
  if (command.name == "mount") AddMountOptions(app, settings);
  AddPositionals(app, command, positionals);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    return WrongWords(command, app, error);
  }
  return std::move(positionals).Given();
}

}  // namespace annofs

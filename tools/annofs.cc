// The command line: which command, its options and arguments, its help.
#include <CLI/CLI.hpp>
#include <iostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/log.h"
#include "cache/base/near_word.h"
#include "tools/command.h"
#include "tools/options.h"

namespace annofs {
namespace {

const Command* FindCommand(absl::string_view name) {
  for (const Command& command : Commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

std::string Suggestion(absl::string_view wrong) {
  std::vector<absl::string_view> names;
  for (const Command& command : Commands()) names.push_back(command.name);
  const absl::string_view near = NearWord(wrong, names);
  return near.empty() ? "" : absl::StrCat("; did you mean '", near, "'?");
}

int WrongUsage(const Io& io, absl::string_view what) {
  io.err << "annofs: " << Redact(what) << "\n";
  return kWrongUsage;
}

std::string Flags(const OptionSpec& option) {
  std::string flags = absl::StrCat("--", option.name);
  return option.letter ? absl::StrCat("-", std::string(1, option.letter), ",", flags) : flags;
}

std::string HelpText(const OptionSpec& option) {
  return option.fallback.empty() ? std::string(option.help)
                                 : absl::StrCat(option.help, " (default: ", option.fallback, ")");
}

void AddOption(CLI::App& app, const OptionSpec& option, Settings& settings) {
  auto apply = [&option, &settings](absl::string_view value) {
    absl::Status status = option.apply(settings, value);
    if (!status.ok())
      throw CLI::ValidationError(absl::StrCat("--", option.name), std::string(status.message()));
  };
  if (option.value.empty()) {
    app.add_flag_function(
        Flags(option), [apply](int64_t) { apply(""); }, HelpText(option));
    return;
  }
  if (absl::StartsWith(option.value, "[=")) {
    // A flag takes a value after '=' only: the next word is an argument of the command.
    app.add_flag(Flags(option))
        ->description(HelpText(option))
        ->each([apply](const std::string& value) { apply(value == "true" ? "" : value); })
        ->type_name(std::string(option.value));
    return;
  }
  app.add_option_function<std::vector<std::string>>(
         Flags(option),
         [apply](const std::vector<std::string>& values) {
           for (const std::string& value : values) apply(value);
         },
         HelpText(option))
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
         },
         "the same options as name=value, separated by commas, as in fstab")
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

// One positional per word of the command's arguments; `[WORD]` may be left out.
void AddPositionals(CLI::App& app, const Command& command, Positionals& values) {
  std::vector<absl::string_view> words = absl::StrSplit(command.arguments, ' ', absl::SkipEmpty());
  values.words.resize(words.size());
  for (size_t i = 0; i < words.size(); ++i) {
    bool is_optional = words[i][0] == '[';
    std::string name(is_optional ? words[i].substr(1, words[i].size() - 2) : words[i]);
    if (absl::EndsWith(name, "…")) {
      name = std::string(absl::StripSuffix(name, "…"));
      app.add_option(name, values.more)->type_name("");
    } else {
      app.add_option(name, values.words[i])->required(!is_optional)->type_name("");
    }
  }
}

}  // namespace

int Fail(const Io& io, absl::string_view what) {
  io.err << "annofs: " << Redact(what) << "\n";
  return kFailed;
}

const std::vector<Command>& Commands() {
  static const auto& commands = *new std::vector<Command>{
      {"mount", "SOURCE MOUNTPOINT", "mount a bucket with its annotations as files", RunMount},
      {"umount", "MOUNTPOINT", "unmount", RunUmount},
      {"status", "[MOUNTPOINT]", "mounts of this host: source, cache, requests, errors", RunStatus},
      {"profile", "MOUNTPOINT", "what a mount is busy with: slow operations, files most read",
       RunProfile},
      {"ls", "SOURCE [PATH]", "list a directory of the tree without mounting", RunLs},
      {"cat", "SOURCE PATH", "print a file of the tree without mounting", RunCat},
      {"tree", "SOURCE [PATH]", "print the tree below a directory without mounting", RunTree},
      {"export", "SOURCE", "write a view, or a CVAT export, into a directory or a zip", RunExport},
      {"index", "SOURCE",
       "list a whole bucket and read its annotations, for mounts without requests", RunIndex},
      {"warm", "SOURCE|MOUNTPOINT [PATH…]", "bring files into the cache before they are read",
       RunWarm},
      {"check", "SOURCE", "quality of the annotations: what is wrong or doubtful", RunCheck},
      {"stats", "SOURCE", "counts and distributions of classes, attributes, subsets, boxes",
       RunStats},
      {"cache", "ACTION [SIZE]", "the block cache: info, verify, evict SIZE, clear", RunCache},
      {"doctor", "[SOURCE]", "what makes mounts fail or slow here, each with its remedy",
       RunDoctor},
      {"formats", "", "every reader and view, and which annotation types each keeps", RunFormats},
      {"completion", "SHELL", "print the completions for bash, zsh or fish", RunCompletion},
      {"version", "", "print the version", RunVersion},
      {"help", "[COMMAND]", "help for a command", RunHelp},
  };
  return commands;
}

int RunHelp(const Settings&, const std::vector<std::string>& arguments, const Io& io) {
  if (!arguments.empty()) return RunAnnofs({arguments[0], "--help"}, io);
  io.out << "annofs mounts a B2 or S3 bucket or a directory and shows its CVAT annotations as "
            "files.\n\n"
            "Usage: annofs COMMAND [OPTIONS] ARGUMENTS\n\nCommands:\n";
  for (const Command& command : Commands()) {
    io.out << "  " << command.name << std::string(12 - command.name.size(), ' ') << command.summary
           << "\n";
  }
  io.out
      << "\nSOURCE is b2://BUCKET[/PREFIX], s3://BUCKET[/PREFIX] or a local directory. Keys come "
         "from the\n"
         "environment (B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY; AWS_ACCESS_KEY_ID and\n"
         "AWS_SECRET_ACCESS_KEY), from --credentials FILE, or for s3 from ~/.aws/credentials.\n"
         "`annofs help COMMAND` lists its options.\n";
  return kDone;
}

int RunAnnofs(const std::vector<std::string>& arguments, const Io& io) {
  KeepSecretsIn();  // before anything reads a key
  Settings settings{.environment = TakeEnvironment()};
  if (arguments.empty()) {
    RunHelp({}, {}, Io{io.err, io.err});
    return kWrongUsage;
  }
  if (arguments[0] == "--help" || arguments[0] == "-h") return RunHelp({}, {}, io);
  if (arguments[0] == "--version") return RunVersion({}, {}, io);
  const Command* command = FindCommand(arguments[0]);
  if (command == nullptr) {
    return WrongUsage(io, absl::StrCat("no command '", arguments[0], "'", Suggestion(arguments[0]),
                                       " (see `annofs help`)"));
  }
  Positionals positionals;
  CLI::App app(std::string(command->summary), absl::StrCat("annofs ", command->name));
  for (const OptionSpec* option : OptionsOf(command->name)) AddOption(app, *option, settings);
  if (command->name == "mount") AddMountOptions(app, settings);
  AddPositionals(app, *command, positionals);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend() - 1));
  } catch (const CLI::CallForHelp&) {
    io.out << app.help();
    return kDone;
  } catch (const CLI::ParseError& error) {
    return WrongUsage(io, absl::StrCat(command->name, ": ", error.what(), " (see `annofs help ",
                                       command->name, "`)"));
  }
  if (absl::Status together = CheckTogether(settings); !together.ok()) {
    return WrongUsage(io, absl::StrCat(command->name, ": ", together.message()));
  }
  if (command->run != RunMount) {
    // What goes wrong is said by the command itself, once. `mount` starts a log of its own.
    absl::Status quiet = StartLog({.level = LogLevel::kError});
    if (!quiet.ok()) return Fail(io, quiet.message());
  }
  return command->run(settings, std::move(positionals).Given(), io);
}

}  // namespace annofs

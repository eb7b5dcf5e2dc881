// Which command: the table of them, and running one with its options from wherever they are said.
#include <optional>
#include <ostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/help.h"
#include "tools/option_sources.h"
#include "tools/option_values.h"
#include "tools/options.h"

namespace annofs {
namespace {

const Command* FindCommand(absl::string_view name) {
  for (const Command& command : Commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

int WrongUsage(const Io& io, absl::string_view what) {
  io.err << "annofs: " << Redact(what) << "\n";
  return kWrongUsage;
}

int NoSuchCommand(absl::string_view name, const Io& io) {
  if (absl::StartsWith(name, "-")) {
    return WrongUsage(io, absl::StrCat("'", name,
                                       "' is no command; options stand behind one (see "
                                       "`annofs help`)"));
  }
  std::vector<absl::string_view> names;
  for (const Command& command : Commands()) names.push_back(command.name);
  return WrongUsage(
      io, absl::StrCat("no command '", name, "'", DidYouMean(name, names), " (see `annofs help`)"));
}

int WrongUsageOf(const Command& command, const absl::Status& wrong, const Io& io) {
  return WrongUsage(io, absl::StrCat(command.name, ": ", wrong.message(), " (see `annofs help ",
                                     command.name, "`)"));
}

int Run(const Command& command, const std::vector<std::string>& words, Settings settings,
        const Io& io) {
  const absl::StatusOr<std::optional<std::vector<std::string>>> arguments =
      ParseCommandLine(command, words, settings);
  if (!arguments.ok()) return WrongUsageOf(command, arguments.status(), io);
  if (!*arguments) {
    io.out << CommandHelp(command);
    return kDone;
  }
  if (absl::Status wrong = SetFromEnvironment(command.name, settings); !wrong.ok()) {
    return WrongUsageOf(command, wrong, io);
  }
  for (const std::string& doubtful : DoubtfulVariables(settings.environment)) {
    io.err << "annofs: " << doubtful << "\n";
  }
  if (absl::Status wrong = SetFromFile(command.name, settings); !wrong.ok()) {
    return Fail(io, absl::StrCat(command.name, ": ", wrong.message()));
  }
  if (absl::Status together = CheckTogether(settings); !together.ok()) {
    return WrongUsageOf(command, together, io);
  }
  if (command.run != RunMount) {
    // What goes wrong is said by the command itself, once. `mount` starts a log of its own.
    absl::Status quiet = StartLog({.level = LogLevel::kError});
    if (!quiet.ok()) return Fail(io, quiet.message());
  }
  const int code = command.run(settings, **arguments, io);
  io.out.flush();
  if (code != kDone || io.out) return code;
  return Fail(io, absl::StrCat(command.name, ": writing to standard output failed"));
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
  if (arguments.empty()) {
    io.out << ProgramHelp();
    return kDone;
  }
  const Command* command = FindCommand(arguments[0]);
  if (command == nullptr) return NoSuchCommand(arguments[0], io);
  io.out << CommandHelp(*command);
  return kDone;
}

int RunAnnofs(const std::vector<std::string>& arguments, const Io& io) {
  KeepSecretsIn();  // before anything reads a key
  Settings settings{.environment = TakeEnvironment()};
  if (arguments.empty()) {
    io.err << ProgramHelp();
    return kWrongUsage;
  }
  if (arguments[0] == "--help" || arguments[0] == "-h") return RunHelp({}, {}, io);
  if (arguments[0] == "--version") return RunVersion({}, {}, io);
  const Command* command = FindCommand(arguments[0]);
  if (command == nullptr) return NoSuchCommand(arguments[0], io);
  return Run(*command, {arguments.begin() + 1, arguments.end()}, std::move(settings), io);
}

}  // namespace annofs

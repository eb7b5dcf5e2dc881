#include "tools/emulator/command_line.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "cache/base/status.h"
#include "tools/emulator/fault_json.h"

namespace annofs::emulator {
namespace {

constexpr char kDescription[] =
    "Serves Backblaze B2 buckets, of directories or in memory, on 127.0.0.1, for tests and "
    "demonstrations.\n"
    "Prints one line of JSON with the address and the key when it serves.";
constexpr char kFooter[] =
    "Environment: ANNOFS_EMULATOR_KEY_ID and ANNOFS_EMULATOR_KEY give the application key;\n"
    "without them it is random.";
constexpr double kHighestCap = 1e15;

std::string CheckBucket(const std::string& text) {
  size_t equals = text.find('=');
  bool good = equals != std::string::npos && equals > 0 && equals + 1 < text.size() &&
              text.find('/') > equals;
  return good ? "" : "expected NAME=DIR, got " + text;
}

BucketSpec BucketOf(const std::string& text) {
  size_t equals = text.find('=');
  return {.name = text.substr(0, equals), .directory = text.substr(equals + 1)};
}

std::string CheckCap(const std::string& text) {
  bool good = text.size() > 2 && text[0] >= 'A' && text[0] <= 'C' && text[1] == '=';
  return good ? CLI::Range(0.0, kHighestCap)(text.substr(2)) : "expected CLASS=N, got " + text;
}

void SetCap(const std::string& text, Switches& switches) {
  int64_t cap = 0;
  if (absl::SimpleAtoi(text.substr(2), &cap)) switches.caps[text[0] - 'A'] = cap;
}

// One option for each switch of the table; the option writes into `switches`.
void AddSwitches(CLI::App& app, Switches& switches) {
  for (const SwitchInfo& info : SwitchTable()) {
    std::string name(info.option);
    std::string help(info.help);
    if (const auto* flag = std::get_if<bool Switches::*>(&info.member)) {
      app.add_flag(name, switches.**flag, help);
      continue;
    }
    auto add = [&](auto member) {
      app.add_option(name, switches.*member, help)
          ->type_name("N")
          ->check(CLI::Range(0.0, info.most));
    };
    std::visit(add, info.member);
  }
}

// The faults of a file; an error names it.
absl::StatusOr<std::vector<Fault>> LoadFaults(const std::string& path) {
  std::ifstream file(path);
  if (!file.is_open()) return ErrnoToStatus(errno, path);
  std::ostringstream content;
  content << file.rdbuf();
  std::string text = content.str();
  absl::StatusOr<std::vector<Fault>> faults = ParseFaults(text);
  return faults.ok() ? faults : Annotate(faults.status(), path);
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv, std::ostream& out,
                             std::ostream& err) {
  CLI::App app(kDescription, "annofs-emulator");
  app.footer(kFooter);
  EmulatorOptions options;
  std::vector<std::string> buckets;
  std::vector<std::string> memory_buckets;
  std::vector<std::string> caps;
  std::string faults;
  app.add_option("--bucket", buckets, "a bucket and the directory with its objects; repeatable")
      ->type_name("NAME=DIR")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::Validator(CheckBucket, ""));
  app.add_option("--memory-bucket", memory_buckets, "a bucket in memory, empty; repeatable")
      ->type_name("NAME")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--port", options.port, "port on 127.0.0.1; 0 (the default) takes a free one")
      ->type_name("N")
      ->check(CLI::Range(0, 65535));
  app.add_option("--cap", caps, "calls of a transaction class (A, B, C) before they are refused")
      ->type_name("CLASS=N")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::Validator(CheckCap, ""));
  app.add_option("--faults", faults, "a JSON file of faults to begin with")->type_name("FILE");
  AddSwitches(app, options.settings);
  app.set_version_flag("--version", "annofs-emulator " ANNOFS_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    int code = app.exit(error, out, err);
    return {.options = std::nullopt, .exit_code = code == 0 ? 0 : kExitUsage};
  }
  for (const std::string& bucket : buckets) options.buckets.push_back(BucketOf(bucket));
  for (const std::string& name : memory_buckets) options.buckets.push_back({.name = name});
  for (const std::string& cap : caps) SetCap(cap, options.settings);
  if (!faults.empty()) {
    absl::StatusOr<std::vector<Fault>> loaded = LoadFaults(faults);
    if (!loaded.ok()) {
      err << "annofs-emulator: --faults: " << loaded.status().message() << std::endl;
      return {.options = std::nullopt, .exit_code = kExitUsage};
    }
    options.faults = *std::move(loaded);
  }
  return {.options = std::move(options), .exit_code = 0};
}

}  // namespace annofs::emulator

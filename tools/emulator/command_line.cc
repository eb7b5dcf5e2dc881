#include "tools/emulator/command_line.h"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace annofs::emulator {
namespace {

constexpr char kDescription[] =
    "Serves Backblaze B2 buckets, of directories or in memory, on 127.0.0.1, for tests and "
    "demonstrations.\n"
    "Prints one line of JSON with the address and the key when it serves.";
constexpr char kFooter[] =
    "Environment: ANNOFS_EMULATOR_KEY_ID and ANNOFS_EMULATOR_KEY give the application key;\n"
    "without them it is random.";
constexpr double kLongestLatency = 3'600'000;
constexpr double kHighestRate = 1e9;

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

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv, std::ostream& out,
                             std::ostream& err) {
  CLI::App app(kDescription, "annofs-emulator");
  app.footer(kFooter);
  EmulatorOptions options;
  std::vector<std::string> buckets;
  std::vector<std::string> memory_buckets;
  double latency_ms = 0;
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
  app.add_option("--latency", latency_ms, "milliseconds to wait before every answer")
      ->type_name("MS")
      ->check(CLI::Range(0.0, kLongestLatency));
  app.add_option("--rate", options.rate, "requests per second; more are answered 429")
      ->type_name("N")
      ->check(CLI::Range(0.0, kHighestRate));
  app.set_version_flag("--version", "annofs-emulator " ANNOFS_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    int code = app.exit(error, out, err);
    return {.options = std::nullopt, .exit_code = code == 0 ? 0 : kExitUsage};
  }
  for (const std::string& bucket : buckets) options.buckets.push_back(BucketOf(bucket));
  for (const std::string& name : memory_buckets) options.buckets.push_back({.name = name});
  options.latency = absl::Milliseconds(latency_ms);
  return {.options = std::move(options), .exit_code = 0};
}

}  // namespace annofs::emulator

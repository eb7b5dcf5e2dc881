#include "tests/testing/emulator_process.h"

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tests/testing/files.h"
#include "tests/testing/plain_http.h"

namespace annofs::testing {

absl::StatusOr<std::unique_ptr<EmulatorProcess>> EmulatorProcess::Start(
    const std::vector<Bucket>& buckets, const std::vector<std::string>& arguments) {
  ProcessOptions options{.argv = {EmulatorProgram()}};
  for (const Bucket& bucket : buckets) {
    options.argv.insert(options.argv.end(),
                        {"--bucket", absl::StrCat(bucket.name, "=", bucket.directory)});
  }
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  std::unique_ptr<EmulatorProcess> emulator(new EmulatorProcess);
  ASSIGN_OR_RETURN(emulator->process_, Process::Start(options));
  ASSIGN_OR_RETURN(const std::string line, emulator->process_->ReadLine());
  ASSIGN_OR_RETURN(const JsonDocument json, JsonDocument::Parse(line));
  emulator->url_ = std::string(json.root().StringOr("url", ""));
  emulator->admin_ = std::string(json.root().StringOr("admin", ""));
  emulator->key_id_ = std::string(json.root().StringOr("keyId", ""));
  emulator->key_ = std::string(json.root().StringOr("applicationKey", ""));
  return emulator;
}

absl::StatusOr<std::string> EmulatorProcess::Ask(absl::string_view method, absl::string_view path,
                                                 absl::string_view body) const {
  return AskForBody({.method = std::string(method),
                     .url = absl::StrCat(admin_, path),
                     .headers = {},
                     .body = std::string(body)});
}

absl::Status EmulatorProcess::AddFault(absl::string_view json) const {
  return Ask("POST", "/faults", json).status();
}

absl::Status EmulatorProcess::ClearFaults() const {
  return Ask("POST", "/faults/clear", "{}").status();
}

absl::Status EmulatorProcess::Set(absl::string_view json) const {
  return Ask("POST", "/settings", json).status();
}

absl::Status EmulatorProcess::Advance(absl::Duration by) const {
  return Ask("POST", "/advance-time", absl::StrCat("{\"seconds\":", absl::ToInt64Seconds(by), "}"))
      .status();
}

absl::Status EmulatorProcess::ResetCounters() const { return Ask("POST", "/reset", "{}").status(); }

absl::StatusOr<std::string> EmulatorProcess::Counters() const {
  return Ask("GET", "/counters", "");
}

int64_t EmulatorProcess::Requests(absl::string_view operation) const {
  const absl::StatusOr<std::string> counters = Counters();
  if (!counters.ok()) return -1;
  const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(*counters);
  return json.ok() ? json->root()["requests"].IntOr(operation, 0) : -1;
}

}  // namespace annofs::testing

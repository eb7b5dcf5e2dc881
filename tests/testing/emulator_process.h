// The emulator program, serving directories as buckets on 127.0.0.1, for as long as the object
// lives. Thread safe but for the destructor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/testing/process.h"

namespace annofs::testing {

class EmulatorProcess {
 public:
  struct Bucket {
    std::string name;
    std::string directory;
  };
  // `arguments`: further ones, such as "--latency", "10".
  static absl::StatusOr<std::unique_ptr<EmulatorProcess>> Start(
      const std::vector<Bucket>& buckets, const std::vector<std::string>& arguments = {});

  const std::string& url() const { return url_; }
  const std::string& key_id() const { return key_id_; }
  const std::string& key() const { return key_; }

  // Adds a fault, as JSON: {"op":"b2_download_file_by_id","status":503,"count":1}.
  absl::Status AddFault(absl::string_view json) const;
  absl::Status ClearFaults() const;
  // Changes settings, as JSON: {"shortPages":true}.
  absl::Status Set(absl::string_view json) const;
  // Puts its clock forward, by whole seconds.
  absl::Status Advance(absl::Duration by) const;
  // The JSON of its counters.
  absl::StatusOr<std::string> Counters() const;
  // Of these, the requests of an operation since the start or ResetCounters(), "total" for all; -1
  // if it does not answer.
  int64_t Requests(absl::string_view operation) const;
  absl::Status ResetCounters() const;

 private:
  EmulatorProcess() = default;
  // The body of the answer to "METHOD admin/path".
  absl::StatusOr<std::string> Ask(absl::string_view method, absl::string_view path,
                                  absl::string_view body) const;

  std::unique_ptr<Process> process_;
  std::string url_;
  std::string admin_;
  std::string key_id_;
  std::string key_;
};

}  // namespace annofs::testing

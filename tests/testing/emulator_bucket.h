// A bucket of a running emulator, written as other people's programs write it: by the native API,
// over plain HTTP. What is written is seen by both APIs. Not thread safe; the emulator outlives it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/testing/emulator_process.h"

namespace annofs::testing {

class EmulatorBucket {
 public:
  // `name` is a bucket that the emulator serves.
  static absl::StatusOr<std::unique_ptr<EmulatorBucket>> Open(const EmulatorProcess& emulator,
                                                              const std::string& name);

  // A new version; its file id.
  absl::StatusOr<std::string> Put(absl::string_view name, absl::string_view content);
  // A hide marker; its file id.
  absl::StatusOr<std::string> Hide(absl::string_view name);
  absl::Status DeleteVersion(absl::string_view name, const std::string& file_id);
  // Deletes every version and marker of the name that was made here.
  absl::Status Remove(const std::string& name);

 private:
  EmulatorBucket() = default;
  // The answer to POST /b2api/v2/CALL.
  absl::StatusOr<std::string> Call(absl::string_view call, const std::string& body) const;

  std::string url_;
  std::string token_;
  std::string bucket_id_;
  std::string upload_url_;
  std::string upload_token_;
  std::map<std::string, std::vector<std::string>> made_;  // name -> file ids
};

}  // namespace annofs::testing

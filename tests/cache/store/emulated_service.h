// The two services that the emulator speaks, as the stores see them: one bucket under both. Values
// and pure functions.
#pragma once

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "cache/store/stores.h"
#include "tests/testing/emulator_process.h"

namespace annofs::testing {

struct EmulatedService {
  const char* name;
  SourceUrl::Kind kind;
  // Operations, as counters and faults of the emulator call them.
  const char* list;
  const char* get;
  const char* slow_down;  // the error code of a 503
  const char* versions;   // the operation that lists versions
};

// How a failed test names it.
inline void PrintTo(const EmulatedService& service, std::ostream* out) { *out << service.name; }

inline constexpr EmulatedService kEmulatedB2 = {"b2",
                                                SourceUrl::Kind::kB2,
                                                "b2_list_file_names",
                                                "b2_download_file_by_id",
                                                "service_unavailable",
                                                "b2_list_file_versions"};
inline constexpr EmulatedService kEmulatedS3 = {
    "s3",       SourceUrl::Kind::kS3,     "s3_list_objects_v2", "s3_get_object",
    "SlowDown", "s3_list_object_versions"};

inline SourceUrl SourceOf(const EmulatedService& service, std::string bucket,
                          std::string prefix = "") {
  return {
      .kind = service.kind, .bucket = std::move(bucket), .prefix = std::move(prefix), .path = {}};
}

inline StoreOptions OptionsOf(const EmulatedService& service, const EmulatorProcess& emulator) {
  StoreOptions options{.endpoint = emulator.url()};
  if (service.kind == SourceUrl::Kind::kB2) {
    options.b2 = {.key_id = emulator.key_id(), .key = emulator.key()};
  } else {
    options.region = "us-west-002";
    options.addressing = S3Addressing::kPath;
    options.s3 = {.access_key_id = emulator.key_id(), .secret_access_key = emulator.key()};
  }
  return options;
}

// "$LIST", "$VERSIONS", "$GET" and "$SLOW" of a fault are the words of the service.
inline std::string FaultOf(const EmulatedService& service, absl::string_view fault) {
  return absl::StrReplaceAll(fault, {{"$LIST", service.list},
                                     {"$VERSIONS", service.versions},
                                     {"$GET", service.get},
                                     {"$SLOW", service.slow_down}});
}

}  // namespace annofs::testing

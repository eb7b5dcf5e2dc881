// The whole emulator in one process: store, APIs, faults and HTTP server. Thread safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/emulator/account.h"
#include "tools/emulator/fault.h"
#include "tools/emulator/object_store.h"
#include "tools/emulator/switches.h"

namespace annofs::emulator {

struct EmulatorOptions {
  std::vector<BucketSpec> buckets;
  int port = 0;  // 0 = any free one
  ApplicationKey key;
  Switches settings;
  std::vector<Fault> faults;  // that wait from the start on
};

// Serves on 127.0.0.1 until it is destroyed.
class Emulator {
 public:
  virtual ~Emulator() = default;
  virtual const std::string& url() const = 0;  // "http://127.0.0.1:PORT"
  // {"url":…,"admin":…,"keyId":…,"applicationKey":…,"region":…} in one line: all that a client
  // needs.
  virtual std::string Announcement() const = 0;
};

// Errors: a directory that cannot be opened, two buckets of one name, a port in use.
absl::StatusOr<std::unique_ptr<Emulator>> StartEmulator(const EmulatorOptions& options);

}  // namespace annofs::emulator

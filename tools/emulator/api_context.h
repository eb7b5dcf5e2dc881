// What every API of the emulator works on.
#pragma once

#include <string>

#include "tools/emulator/account.h"
#include "tools/emulator/emulator_clock.h"
#include "tools/emulator/object_store.h"
#include "tools/emulator/settings.h"

namespace annofs::emulator {

// The region of the emulator's S3 endpoint: the only one that signatures may name.
inline constexpr absl::string_view kRegion = "us-west-002";

// All that is referred to outlives it.
struct ApiContext {
  Account& account;
  ObjectStore& store;
  const EmulatorClock& clock;
  const Settings& settings;
  std::string url;  // "http://127.0.0.1:PORT": apiUrl, downloadUrl, s3ApiUrl
};

}  // namespace annofs::emulator

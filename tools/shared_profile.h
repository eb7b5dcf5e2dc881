// The profile of AWS's shared files, ~/.aws/credentials and ~/.aws/config.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tools/access.h"

namespace annofs {

// AWS_PROFILE, else "default".
std::string ProfileName(const Variables& environment);

struct SharedProfile {
  // Keys and settings; empty where there are no files, or no such profile.
  Access access;
  // Why its keys cannot be had: a file that others can read, that cannot be read or parsed, a
  // profile that AWS_PROFILE names and that is nowhere, keys that come from elsewhere. Matters only
  // to who needs them.
  absl::Status keys_usable;
};

// Where the files are: AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE, HOME.
SharedProfile ReadSharedProfile(const Variables& environment);

}  // namespace annofs

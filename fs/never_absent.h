// What a failure may be called. Pure.
#pragma once

#include "absl/status/status.h"

namespace annofs {

// kNotFound says that a name is absent, which the kernel keeps for ever: what could not be found
// out is kUnavailable.
inline absl::Status NeverAbsent(const absl::Status& status) {
  return absl::IsNotFound(status) ? absl::UnavailableError(status.message()) : status;
}

}  // namespace annofs

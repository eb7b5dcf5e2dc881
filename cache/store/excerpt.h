// What a server says, for a message: pure functions.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

inline constexpr size_t kMaxExcerpt = 1500;  // longer than any name that an object may have

// On one line, without secrets (cache/base/log.h), and cut after `max` bytes: a page of 64 MiB must
// not become a message of 64 MiB. Redacted before it is cut: half a secret is not recognised.
std::string Excerpt(absl::string_view text, size_t max = kMaxExcerpt);

}  // namespace annofs

// Files that hold keys: read once, through one descriptor, whose owner and mode are checked first
// (reference/b2.md §8).
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace annofs {

inline constexpr size_t kMaxSecretFileBytes = size_t{1} << 20;

struct PrivateText {
  std::string text;
  // Whether nobody but the owner, who is us or root, can read or write the file; an error names it
  // and says what to do (`chmod 600 FILE`).
  absl::Status is_private;
};

// The whole file with what its descriptor says. kNotFound: no such file. kInvalidArgument: not a
// regular file, or larger than kMaxSecretFileBytes.
absl::StatusOr<PrivateText> ReadPrivateText(const std::string& path);

// The text of a file that must be private; kPermissionDenied otherwise.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

}  // namespace annofs

// Directories and small text files of the cache directory. Thread safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annofs {

// Makes `path` and what is missing above it, with mode 0700. OK if it is there already.
absl::Status MakePrivateDirectory(const std::string& path);

// The content of a file of at most 4 KiB; nothing if it cannot be read.
std::optional<std::string> ReadSmallFile(const std::string& path);

// Replaces the file (mode 0600) in one step; durable when it returns.
absl::Status WriteSmallFile(const std::string& path, absl::string_view text);

// A rename is durable once the directory is. "": the current one.
void SyncDirectory(const std::string& path);

}  // namespace annofs

// Files of a test: whole files in one call. Thread safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs::testing {

// kNotFound and the like as ErrnoToStatus().
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Replaces the file; parent directories are made.
absl::Status WriteFile(const std::string& path, absl::string_view content);

// Everything below `directory`, sorted, relative to it; directories end with '/'. Symbolic links
// are listed and not followed.
absl::StatusOr<std::vector<std::string>> ListTree(const std::string& directory);

// The path of a file of the test data: Fixture("cvat/…").
std::string Fixture(absl::string_view name);
// Of a file or folder of the repository: SourcePath("man/annofs.1").
std::string SourcePath(absl::string_view name);
// Of the two programs, as they were built.
std::string AnnofsProgram();
std::string EmulatorProgram();

}  // namespace annofs::testing

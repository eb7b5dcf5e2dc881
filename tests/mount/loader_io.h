// The calls with which loaders of data sets read a tree, as they make them (reference/
// training-tools.md §1): with no library's cache between, so that a test sees what each costs.
// Each expects to succeed, and fails the test that runs where it does not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs::testing {

// Paths of the files below, sorted: glob("**/*.*", recursive=True). By d_type alone, which says of
// every name that it is a file or a directory; names without a dot, or that begin with one, are
// passed over.
std::vector<std::string> GlobFiles(const std::string& directory);
// Names in a directory, sorted, that are directories or files by d_type.
std::vector<std::string> Directories(const std::string& directory);
std::vector<std::string> Files(const std::string& directory);

// stat().
int64_t SizeOf(const std::string& path);
// exists(): no error but ENOENT is "no".
bool Exists(const std::string& path);
// All bytes, in reads of st_blksize; as many as st_size says.
std::string Slurp(const std::string& path);
// Its lines without their ends.
std::vector<std::string> LinesOf(const std::string& path);
// Pillow's open and verify: 4 KiB of the head; then of a JPEG the last two bytes, by a seek from
// the end, which must be its end marker, and all of another.
void VerifyImage(const std::string& path);
// By a seek from the end.
std::string LastBytes(const std::string& path, int count);
// Mapped, shared or private, and read.
enum class Mapping { kShared, kPrivate };
std::string Mapped(const std::string& path, Mapping mapping);

// What is before the last '.' of the last component.
std::string Stem(absl::string_view path);

}  // namespace annofs::testing

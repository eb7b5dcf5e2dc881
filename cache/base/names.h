// Names that a directory can hold (design/product.md §2, rules 6 and 10). Names from annotations
// and buckets are hostile: `/`, `..`, NUL, control bytes, too long. Pure functions, deterministic.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

inline constexpr size_t kMaxNameBytes = 255;  // NAME_MAX

// True if `name` can be a directory entry as it is: 1..255 bytes, no '/', no NUL, not "." or "..".
bool IsEntryName(absl::string_view name);

// `name` if it is a good entry name of valid UTF-8 without control bytes; else the nearest readable
// one with `-` and 8 hex digits of SHA-256(name) at its end (before the extension): '/', NUL,
// control bytes, invalid UTF-8 and a leading dot become '_', and so do "." ".." and ""; too long is
// cut at a character boundary. Different names that need mending get different results.
std::string SafeName(absl::string_view name);

// SafeName of each component of a '/'-separated path; empty components count as hostile.
std::string SafePath(absl::string_view path);

// A stem for trainers: letters, digits, `_` and `-` of ASCII only; every run of anything else
// (spaces, dots, slashes, shell metacharacters, non-ASCII) becomes one `_`. A text that has no
// ASCII letter or digit becomes "frame-" + 8 hex digits. At most 200 bytes: a longer one is cut and
// ends in `-` and 8 hex digits. Not unique: "a b" and "a.b" have one stem.
std::string SafeStem(absl::string_view path_without_extension);

}  // namespace annofs

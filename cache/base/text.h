// Text: encodings, numbers, sizes, names. Pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

bool IsValidUtf8(absl::string_view text);

// Percent encoding of B2 (reference/b2.md §1.15): `A-Z a-z 0-9 . _ - / ~ ! $ ' ( ) * ; = : @` stay.
std::string PercentEncode(absl::string_view text);
// `%XX` and, as B2 does in native names, `+` for a space. Error: a broken escape.
absl::StatusOr<std::string> PercentDecode(absl::string_view text);

// Shortest decimal text that reads back as the same double, written as Python's repr() does:
// `1.0`, `0.1`, `1e-05`, `1e+16`, `nan`, `inf` (reference/cvat.md §10.4).
std::string PythonFloat(double value);
// The same but without ".0": `1`, `0.1`; what JSON and TSV of the people's views use.
std::string ShortFloat(double value);

// With so many decimals, rounded as printf("%.*f") does; nothing if it is no finite number.
void AppendFixed(double value, int decimals, std::string* out);

// "1536" "64K" "1.5G" "2GiB" -> bytes; K, M, G, T are powers of 1024, in either case; a part of a
// byte is dropped. Error: anything else, or more than 64 bits.
absl::StatusOr<uint64_t> ParseSize(absl::string_view text);
// "1.5 GiB".
std::string HumanSize(uint64_t bytes);

// Text for one field of a TSV: `\t \n \r \\` escaped by a backslash, other control bytes as \xNN.
std::string TsvEscape(absl::string_view text);
// The text that TsvEscape() wrote so. Error: a backslash with anything else behind it.
absl::StatusOr<std::string> TsvUnescape(absl::string_view field);

// File name extension with its dot, "" if none: "a/b.tar.gz" -> ".gz", "a.d/b" -> "", ".hidden" ->
// "".
absl::string_view Extension(absl::string_view path);
// The path before that.
absl::string_view WithoutExtension(absl::string_view path);
// Directory part without the final slash: "a/b.jpg" -> "a", "b.jpg" -> "".
absl::string_view DirName(absl::string_view path);
absl::string_view BaseName(absl::string_view path);
// "a" + "b" -> "a/b"; an empty side adds no slash.
std::string JoinPath(absl::string_view directory, absl::string_view name);

}  // namespace annofs

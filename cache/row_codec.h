// Small codes that rows are packed with: texts told by how they differ from another. Pure
// functions.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "cache/base/number_code.h"

namespace annofs {

// How many first bytes two texts have in common.
size_t SharedPrefix(absl::string_view a, absl::string_view b);

// `text` against `base`: the length of the shared prefix, then the rest.
void AppendAgainst(std::string& out, absl::string_view text, absl::string_view base);
// Back; `text` holds the base, and then the text.
void ReadAgainst(CodeReader& codes, std::string& text);

// Versions of one store have one shape: the same length, and at the same places the same characters
// that are no lower-case hex digits (reference/b2.md §1.2).
bool HaveOneShape(absl::string_view a, absl::string_view b);
// `text` against `base` of the same shape: how many bytes follow, how many hex digits are the same
// at first, then, two digits in a byte, runs: how many more are the same (at most 15), how many
// follow less one (at most 15), and these. What comes behind the last run is the same.
void AppendShaped(std::string& out, absl::string_view text, absl::string_view base);
// Back; `code` is without its length, `text` holds the base, and then the text.
void ReadShaped(absl::string_view code, std::string& text);

// The bytes that lower-case hex says; "" if `text` is not an even number of such digits.
std::string BytesOfHex(absl::string_view text);

}  // namespace annofs

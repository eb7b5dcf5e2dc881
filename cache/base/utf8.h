// Characters of UTF-8 text (RFC 3629: no surrogates, no overlong forms, nothing over U+10FFFF).
// Pure functions.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace annofs {

// Bytes of the well-formed character at the start of `text`: 1 to 4, or 0 if there is none.
size_t Utf8CharacterSize(absl::string_view text);

// The longest start of `text` of at most `bytes` bytes that does not end inside a character.
absl::string_view Utf8Prefix(absl::string_view text, size_t bytes);

}  // namespace annofs

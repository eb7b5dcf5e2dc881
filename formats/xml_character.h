// What an XML 1.0 document can hold. Pure.
#pragma once

#include "absl/strings/string_view.h"

namespace annofs {

// Stands for what it cannot hold: U+FFFD.
inline constexpr absl::string_view kXmlReplacement = "\xef\xbf\xbd";

// `c`: one character of UTF-8; "" for a byte that is none.
inline bool IsXmlCharacter(absl::string_view c) {
  if (c.size() != 1) return !c.empty() && c != "\xef\xbf\xbe" && c != "\xef\xbf\xbf";
  const unsigned char byte = static_cast<unsigned char>(c[0]);
  return byte >= 0x20 || byte == '\t' || byte == '\n' || byte == '\r';
}

}  // namespace annofs

#include "formats/unicode_space.h"

#include <algorithm>
#include <iterator>

#include "cache/base/utf8.h"

namespace annofs {
namespace {

// Beyond ASCII: U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000.
constexpr absl::string_view kWide[] = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

bool IsSpace(absl::string_view c) {
  if (c.size() > 1) return std::find(std::begin(kWide), std::end(kWide), c) != std::end(kWide);
  const unsigned char byte = static_cast<unsigned char>(c[0]);
  return byte == ' ' || (byte >= 0x09 && byte <= 0x0d) || (byte >= 0x1c && byte <= 0x1f);
}

}  // namespace

std::vector<absl::string_view> Words(absl::string_view text) {
  std::vector<absl::string_view> words;
  size_t begin = 0;  // of the word that is open
  for (size_t at = 0; at < text.size();) {
    const size_t size = std::max<size_t>(1, Utf8CharacterSize(text.substr(at)));
    if (IsSpace(text.substr(at, size))) {
      if (begin < at) words.push_back(text.substr(begin, at - begin));
      begin = at + size;
    }
    at += size;
  }
  if (begin < text.size()) words.push_back(text.substr(begin));
  return words;
}

}  // namespace annofs

#include "cache/base/utf8.h"

#include <cstdint>

namespace annofs {
namespace {

struct Lead {
  size_t size = 0;         // bytes of the character
  uint8_t second_low = 0;  // what its second byte may be: the table of RFC 3629 §4
  uint8_t second_high = 0;
};

Lead LeadOf(uint8_t byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {};
}

uint8_t ByteAt(absl::string_view text, size_t i) { return static_cast<uint8_t>(text[i]); }

bool IsContinuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

}  // namespace

size_t Utf8CharacterSize(absl::string_view text) {
  if (text.empty()) return 0;
  const Lead lead = LeadOf(ByteAt(text, 0));
  if (lead.size <= 1) return lead.size;
  if (text.size() < lead.size) return 0;
  if (ByteAt(text, 1) < lead.second_low || ByteAt(text, 1) > lead.second_high) return 0;
  for (size_t i = 2; i < lead.size; ++i) {
    if (!IsContinuation(ByteAt(text, i))) return 0;
  }
  return lead.size;
}

absl::string_view Utf8Prefix(absl::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && IsContinuation(ByteAt(text, bytes))) --bytes;
  return text.substr(0, bytes);
}

}  // namespace annofs

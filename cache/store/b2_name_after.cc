#include "cache/store/b2_name_after.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr size_t kMaxName = 1024;  // bytes
constexpr uint32_t kLowest = ' ';  // character of a name
constexpr uint32_t kSurrogates = 0xD800;
constexpr uint32_t kSurrogateCount = 0x800;
constexpr uint32_t kHighest = 0x10FFFF - kSurrogateCount;

// UTF-8 of the character with this rank among all: code points without surrogates. The bytes sort
// as the ranks do.
std::string Character(uint32_t rank) {
  const uint32_t point = rank < kSurrogates ? rank : rank + kSurrogateCount;
  if (point < 0x80) return std::string(1, static_cast<char>(point));
  const auto tail = [point](int shift) {
    return static_cast<char>(0x80 | ((point >> shift) & 0x3F));
  };
  if (point < 0x800) return {static_cast<char>(0xC0 | point >> 6), tail(0)};
  if (point < 0x10000) return {static_cast<char>(0xE0 | point >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | point >> 18), tail(12), tail(6), tail(0)};
}

// The lowest character above `bytes`; nothing if there is none.
std::optional<std::string> CharacterAbove(absl::string_view bytes) {
  if (Character(kHighest) <= bytes) return std::nullopt;
  uint32_t low = kLowest;
  uint32_t high = kHighest;  // is above
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (Character(middle) > bytes) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return Character(high);
}

// The size of the first character; 0 if the bytes begin with none.
size_t FirstCharacter(absl::string_view bytes) {
  for (size_t size = 1; size <= std::min<size_t>(4, bytes.size()); ++size) {
    if (IsValidUtf8(bytes.substr(0, size))) return size;
  }
  return 0;
}

// As many characters as come before anything else and fit into `max` bytes.
absl::string_view Characters(absl::string_view bytes, size_t max) {
  size_t end = 0;
  while (const size_t size = FirstCharacter(bytes.substr(end))) {
    if (end + size > max) break;
    end += size;
  }
  return bytes.substr(0, end);
}

absl::string_view WithoutLast(absl::string_view characters) {
  size_t end = characters.size() - 1;
  while (!IsValidUtf8(characters.substr(end))) --end;
  return characters.substr(0, end);
}

}  // namespace

std::optional<std::string> B2NameAfter(absl::string_view name) {
  absl::string_view kept = Characters(name, name.size());
  if (kept.size() >= kMaxName) return std::string(Characters(kept, kMaxName));
  if (kept == name) return absl::StrCat(name, " ");
  absl::string_view rest = name.substr(kept.size());
  while (true) {
    const std::optional<std::string> next = CharacterAbove(rest);
    if (next.has_value()) return std::string(Characters(absl::StrCat(kept, *next), kMaxName));
    if (kept.empty()) return std::nullopt;
    const absl::string_view shorter = WithoutLast(kept);
    rest = kept.substr(shorter.size());
    kept = shorter;
  }
}

}  // namespace annofs

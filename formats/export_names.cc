#include "formats/export_names.h"

#include <uninorm.h>

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "formats/python_parse.h"

namespace annofs {
namespace {

// The ASCII characters that one character comes apart to. A character alone is enough: what NFKD
// orders anew is not ASCII.
void AppendAscii(char32_t c, std::string& out) {
  if (c < 0x80) {
    out.push_back(char(c));
    return;
  }
  const uint32_t one = c;
  size_t size = 0;
  uint32_t* parts = u32_normalize(UNINORM_NFKD, &one, 1, nullptr, &size);
  for (size_t i = 0; parts != nullptr && i < size; ++i) {
    if (parts[i] < 0x80) out.push_back(char(parts[i]));
  }
  std::free(parts);
}

bool IsWord(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool IsSpace(char c) { return IsPythonSpace(static_cast<unsigned char>(c)); }

bool IsHarmless(char c) { return IsWord(c) || absl::StrContains("@%+=:,./-", c); }

}  // namespace

std::string Slug(absl::string_view text) {
  std::string ascii;
  while (!text.empty()) AppendAscii(TakeCharacter(text), ascii);
  std::string kept;
  for (char c : ascii) {
    if (IsWord(c) || IsSpace(c) || c == '-') kept.push_back(absl::ascii_tolower(c));
  }
  absl::string_view inner = kept;
  while (!inner.empty() && IsSpace(inner.front())) inner.remove_prefix(1);
  while (!inner.empty() && IsSpace(inner.back())) inner.remove_suffix(1);
  std::string slug;
  bool in_run = false;
  for (char c : inner) {
    const bool is_gap = c == '-' || IsSpace(c);
    if (!is_gap) slug.push_back(c);
    if (is_gap && !in_run) slug.push_back('-');
    in_run = is_gap;
  }
  return slug;
}

std::string ShellWord(absl::string_view text) {
  bool is_harmless = !text.empty();
  for (char c : text) is_harmless = is_harmless && IsHarmless(c);
  if (is_harmless) return std::string(text);
  std::string word = "'";
  for (char c : text) {
    if (c == '\'') {
      word += "'\"'\"'";
    } else {
      word.push_back(c);
    }
  }
  return word + "'";
}

}  // namespace annofs

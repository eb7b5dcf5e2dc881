#include "cache/base/names.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cache/base/digest.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr size_t kMaxStemBytes = 200;
constexpr size_t kMaxExtensionBytes = 32;  // longer ones are not what tells a program the type

bool IsControl(char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }

bool HasControlBytes(absl::string_view text) {
  for (char c : text) {
    if (IsControl(c)) return true;
  }
  return false;
}

// The first characters of a valid UTF-8 text, at most `bytes`.
absl::string_view CutAtCharacter(absl::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

// `name` with every byte that is not part of a printable UTF-8 character as '_'.
std::string Printable(absl::string_view name) {
  std::string out;
  out.reserve(name.size());
  while (!name.empty()) {
    const size_t bytes = Utf8CharacterBytes(name);
    if (bytes == 0 || name[0] == '/' || IsControl(name[0])) {
      out += '_';
      name.remove_prefix(1);
    } else {
      absl::StrAppend(&out, name.substr(0, bytes));
      name.remove_prefix(bytes);
    }
  }
  return out;
}

bool IsStemByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
}

// What SafeStem keeps of a text, before its length is looked at.
std::string StemBytes(absl::string_view text) {
  std::string stem;
  bool in_run = false;
  for (char c : text) {
    const bool good = IsStemByte(c);
    if (good) stem += c;
    if (!good && !in_run) stem += '_';
    in_run = !good;
  }
  return stem;
}

bool HasLetterOrDigit(absl::string_view text) {
  for (char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) return true;
  }
  return false;
}

}  // namespace

bool IsEntryName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name != "." && name != ".." &&
         name.find('/') == name.npos && name.find('\0') == name.npos;
}

std::string SafeName(absl::string_view name) {
  if (IsEntryName(name) && !HasControlBytes(name) && IsValidUtf8(name)) return std::string(name);
  std::string readable = Printable(name);
  if (readable.empty() || readable == "." || readable == "..") readable = "_";
  absl::string_view extension = Extension(readable);
  if (extension.size() > kMaxExtensionBytes) extension = "";
  const std::string end = absl::StrCat("-", Hash8Hex(name), extension);
  absl::string_view stem = readable;
  stem.remove_suffix(extension.size());
  return absl::StrCat(CutAtCharacter(stem, kMaxNameBytes - end.size()), end);
}

std::string SafePath(absl::string_view path) {
  std::vector<std::string> components;
  for (absl::string_view component : absl::StrSplit(path, '/')) {
    components.push_back(SafeName(component));
  }
  return absl::StrJoin(components, "/");
}

std::string SafeStem(absl::string_view path_without_extension) {
  std::string stem = StemBytes(path_without_extension);
  if (!HasLetterOrDigit(stem)) return absl::StrCat("frame-", Hash8Hex(path_without_extension));
  if (stem.size() <= kMaxStemBytes) return stem;
  // Long paths often differ at their ends only: the hash keeps them apart.
  const std::string end = absl::StrCat("-", Hash8Hex(path_without_extension));
  return absl::StrCat(stem.substr(0, kMaxStemBytes - end.size()), end);
}

}  // namespace annofs

#include "cache/base/names.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cache/base/digest.h"
#include "cache/base/text.h"
#include "cache/base/utf8.h"

namespace annofs {
namespace {

constexpr size_t kMaxStemBytes = 200;
// What looks like a file type to people and programs; anything longer after a dot is name.
constexpr size_t kMaxExtensionBytes = 9;

bool IsControl(char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }

bool IsGoodName(absl::string_view name) {
  return IsEntryName(name) && std::none_of(name.begin(), name.end(), IsControl) &&
         IsValidUtf8(name);
}

bool IsDots(absl::string_view name) { return name == "." || name == ".."; }

std::string Readable(absl::string_view name) {
  if (name.empty() || IsDots(name)) return "_";
  std::string readable;
  while (!name.empty()) {
    const size_t size = Utf8CharacterSize(name);
    const bool keep = size > 0 && name[0] != '/' && !IsControl(name[0]);
    const size_t taken = std::max<size_t>(size, 1);
    absl::StrAppend(&readable, keep ? name.substr(0, taken) : "_");
    name.remove_prefix(taken);
  }
  return readable;
}

absl::string_view ShortExtension(absl::string_view name) {
  const absl::string_view extension = Extension(name);
  if (extension.size() < 2 || extension.size() > kMaxExtensionBytes) return "";
  const absl::string_view letters = extension.substr(1);
  return std::all_of(letters.begin(), letters.end(),
                     [](unsigned char c) { return absl::ascii_isalnum(c); })
             ? extension
             : "";
}

}  // namespace

bool IsEntryName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && !IsDots(name) &&
         name.find('/') == name.npos && name.find('\0') == name.npos;
}

std::string SafeName(absl::string_view name) {
  if (IsGoodName(name)) return std::string(name);
  std::string readable = Readable(name);
  if (readable[0] == '.') readable[0] = '_';  // what is mended must not be hidden too
  const absl::string_view extension = ShortExtension(readable);
  const std::string mark = absl::StrCat("-", Hash8Hex(name));
  absl::string_view stem = readable;
  stem.remove_suffix(extension.size());
  stem = Utf8Prefix(stem, kMaxNameBytes - mark.size() - extension.size());
  return absl::StrCat(stem, mark, extension);
}

std::string SafePath(absl::string_view path) {
  std::vector<std::string> components;
  for (absl::string_view component : absl::StrSplit(path, '/')) {
    components.push_back(SafeName(component));
  }
  return absl::StrJoin(components, "/");
}

std::string SafeStem(absl::string_view path_without_extension) {
  std::string stem;
  stem.reserve(path_without_extension.size());
  bool readable = false;
  bool in_run = false;
  for (char c : path_without_extension) {
    const bool is_alnum = absl::ascii_isalnum(static_cast<unsigned char>(c));
    const bool is_stem_byte = is_alnum || c == '_' || c == '-';
    if (is_stem_byte || !in_run) stem.push_back(is_stem_byte ? c : '_');
    readable |= is_alnum;
    in_run = !is_stem_byte;
  }
  if (!readable) return absl::StrCat("frame-", Hash8Hex(path_without_extension));
  if (stem.size() <= kMaxStemBytes) return stem;
  // Long paths often differ at their ends only: the hash keeps them apart.
  const std::string mark = absl::StrCat("-", Hash8Hex(path_without_extension));
  return absl::StrCat(stem.substr(0, kMaxStemBytes - mark.size()), mark);
}

}  // namespace annofs

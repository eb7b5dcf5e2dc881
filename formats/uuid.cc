#include "formats/uuid.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"

namespace annofs {
namespace {

// Of nobody else: drawn once.
constexpr absl::string_view kNamespace =
    "\x3d\x1b\x9e\x52\x77\xc4\x4f\x0a\x9b\x61\x8e\x25\xd4\x13\xa7\x6f";

}  // namespace

std::string UuidOf(absl::string_view name) { return UuidOf(kNamespace, name); }

std::string UuidOf(absl::string_view name_space, absl::string_view name) {
  std::string bytes = DigestOf(DigestKind::kSha1, absl::StrCat(name_space, name)).bytes;
  bytes.resize(16);
  bytes[6] = char((bytes[6] & 0x0f) | 0x50);
  bytes[8] = char((bytes[8] & 0x3f) | 0x80);
  const std::string hex = absl::BytesToHexString(bytes);
  const absl::string_view digits = hex;
  return absl::StrCat(digits.substr(0, 8), "-", digits.substr(8, 4), "-", digits.substr(12, 4), "-",
                      digits.substr(16, 4), "-", digits.substr(20));
}

}  // namespace annofs

#include "tools/emulator/large_file.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"

namespace annofs::emulator {

std::string EtagOfParts(const std::vector<Part>& parts) {
  Hasher hasher(DigestKind::kMd5);
  for (const Part& part : parts) hasher.Update(absl::HexStringToBytes(part.md5));
  return absl::StrCat(hasher.Finish().Hex(), "-", parts.size());
}

}  // namespace annofs::emulator

#include "cache/store/range.h"

#include "absl/strings/str_cat.h"

namespace annofs {

absl::Status CheckRange(const ObjectVersion& version, ByteRange range) {
  if (range.length > 0 && range.offset <= version.size &&
      range.length <= version.size - range.offset) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(version.key, ": bytes ", range.offset, "+", range.length, " of ", version.size));
}

}  // namespace annofs

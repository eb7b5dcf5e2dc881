#include "cache/cached_object.h"

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"

namespace annofs {

CachedObject IdentifyObject(absl::string_view source, const ObjectVersion& version) {
  const absl::string_view zero("\0", 1);
  const std::string hash =
      Sha256Bytes(absl::StrCat(source, zero, version.key, zero, version.version));
  CachedObject object{.size = version.size};
  std::memcpy(object.key.version.data(), hash.data(), object.key.version.size());
  return object;
}

}  // namespace annofs

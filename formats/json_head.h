// What the first bytes of a JSON file say: enough to tell the formats apart without parsing a
// document of any size. Pure but for the read; hostile input is expected.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/source.h"

namespace annofs {

// A probe reads no more.
inline constexpr uint64_t kJsonHeadBytes = 64 << 10;

struct JsonHeadMember {
  enum class Kind : uint8_t { kObject, kArray, kString, kOther };
  std::string name;
  Kind kind = Kind::kOther;
  std::string text;  // of a string, without its quotes, or a number, as it is written
  bool is_empty = true;
  // Members of the object, or of the first object in the array; the first 64.
  std::vector<std::string> keys;

  bool HasKey(absl::string_view key) const;
};

struct JsonHead {
  enum class Root : uint8_t { kNone, kObject, kArray };
  Root root = Root::kNone;  // kNone: no JSON object or array
  // Of the object, in its order, the first 64; of an array one without a name: the array itself.
  std::vector<JsonHeadMember> members;

  // nullptr if absent.
  const JsonHeadMember* Find(absl::string_view name) const;
  bool HasArray(absl::string_view name) const;
  bool HasObject(absl::string_view name) const;
  // Is there an array whose first object has that member?
  bool HasArrayOf(absl::string_view name, absl::string_view key) const;
};

// `text` may end anywhere, and may be wrong behind what is looked at.
JsonHead ScanJsonHead(absl::string_view text);
absl::StatusOr<JsonHead> ReadJsonHead(Source& source);

}  // namespace annofs

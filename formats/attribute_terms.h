// Which values of attributes are terms: a text that is different on every shape (a number plate, a
// comment) is no list that anybody would look through, and must not fill the memory. The same for
// every Dataset. Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace annofs {

struct AttributeLimits {
  size_t values_of_one = 65536;  // different ones, of one attribute of one label
  size_t values_in_all = 262144;
};

class AttributeTerms {
 public:
  explicit AttributeTerms(const AttributeLimits& limits = {}) : limits_(limits) {}

  // A value that a tag or shape has. False: it is no term. An attribute that gets one value too
  // many has no terms at all, also not those that were true before.
  bool Add(uint32_t label, absl::string_view name, absl::string_view value);
  // Known at the end.
  bool IsListed(uint32_t label, absl::string_view name) const;
  // What is not listed, in words; nothing if everything is.
  std::optional<std::string> Unlisted() const;
  // True of what Unlisted() says, whatever the dataset.
  static bool IsUnlisted(absl::string_view reason);

 private:
  struct Values {
    absl::flat_hash_set<uint64_t> hashes;
    bool is_listed = true;
  };
  void Close(Values& values);

  const AttributeLimits limits_;
  absl::flat_hash_map<uint64_t, Values> attributes_;  // by hash of label and name
  size_t count_ = 0;
  bool is_full_ = false;  // once: then there is no new attribute, whatever becomes free
  bool has_long_ = false;
  std::string too_many_;  // the first attribute with too many values
};

}  // namespace annofs

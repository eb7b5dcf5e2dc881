// Ids of a COCO file: mostly numbers, mostly in order, sometimes texts or floats. Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "cache/base/json.h"

namespace annofs {

// Ids to numbers from 0, in 12 bytes for each id that is a number. 1, 1.0 and "1" are the same id:
// tools mix them.
class CocoIds {
 public:
  // The value of the id; the first one of an id counts. False: it is no id (absent, a list, …).
  bool Add(JsonValue id, uint32_t value);
  // After the last Add: answers ids that were there before, at most `limit` of them.
  std::vector<std::string> Finish(size_t limit);
  // After Finish.
  std::optional<uint32_t> Find(JsonValue id) const;
  bool empty() const { return numbers_.empty() && texts_.empty(); }

 private:
  std::vector<int64_t> numbers_;  // ascending after Finish
  std::vector<uint32_t> values_;  // of numbers_
  absl::flat_hash_map<std::string, uint32_t> texts_;
  std::vector<std::string> repeated_texts_;
};

// What problems call an id.
std::string CocoIdText(JsonValue id);

}  // namespace annofs

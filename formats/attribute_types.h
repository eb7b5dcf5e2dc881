// What attributes a label has, learnt from its annotations: COCO, Datumaro, VOC and LabelMe tell
// values and their types, but specify nothing (reference/cvat.md §1.4, §9.2 step 4). Not thread
// safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "formats/reader.h"

namespace annofs {

// Of a value, as the source writes it.
enum class AttributeKind : uint8_t { kText, kBool, kNumber };

// An attribute is specified if every annotation of its label has it: CVAT's exports fill in the
// defaults of all. Others stay as they are, since nobody knows their defaults. It is a checkbox if
// all its values are kBool, a number if some are and no text of it reads as one, else a text.
class AttributeTypes {
 public:
  static constexpr size_t kMaxOfLabel = 1024, kMaxInAll = 65536, kMaxNameBytes = 256;

  // The next annotation; `label` is the sink's.
  void Start(uint32_t label);
  // A value that it has. `text`: as its shape says it.
  void Add(absl::string_view name, AttributeKind kind, absl::string_view text);
  // An annotation: `kinds` of its attributes, in their order.
  void Add(const Shape& shape, const std::vector<AttributeKind>& kinds);
  // Once, behind all annotations.
  void Finish(DatasetSink& sink) const;

 private:
  struct OfName {
    std::string name;
    uint64_t annotations = 0;   // that have it
    uint64_t last = 0;          // of those
    bool is_bool = true;        // all
    bool has_number = false;    // some
    bool has_bool = false;      // some
    bool reads_as_one = false;  // some text
  };
  struct OfLabel {
    std::vector<OfName> names;  // as they came
    absl::flat_hash_map<std::string, size_t> places;
    uint64_t annotations = 0;
    size_t next = 0;  // most annotations have the same names in the same order
  };
  // nullptr: there are too many.
  OfName* Find(absl::string_view name);

  absl::flat_hash_map<uint32_t, OfLabel> labels_;
  OfLabel* current_ = nullptr;  // until the next Start()
  size_t count_ = 0;
};

}  // namespace annofs

// The attributes of an item's annotation (formats/item.h), written in their order over those of
// another one, whose memory is used again. Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/item.h"

namespace annofs {

class AttributeList {
 public:
  explicit AttributeList(std::vector<ItemAttribute>& list) : list_(list) {}

  void Reserve(size_t count) { list_.reserve(count); }
  size_t size() const { return used_; }
  ItemValue& At(size_t place) { return list_[place].value; }
  ItemValue& Add(absl::string_view name) {
    ItemAttribute& attribute = used_ < list_.size() ? list_[used_] : list_.emplace_back();
    ++used_;
    attribute.name = name;
    return attribute.value;
  }
  // As to a dict: an attribute of the label that is called so gives up its value, not its place.
  template <typename Value>
  void Set(absl::string_view name, Value value) {
    for (size_t i = 0; i < used_; ++i) {
      if (list_[i].name != name) continue;
      list_[i].value = value;
      return;
    }
    Add(name) = value;
  }
  void SetTrack(int32_t track, bool is_keyframe) {
    Set("track_id", int64_t{track});
    Set("keyframe", is_keyframe);
  }
  // What is behind it was of another list.
  void Finish() { list_.resize(used_); }

 private:
  std::vector<ItemAttribute>& list_;
  size_t used_ = 0;
};

// Those of the label, with defaults; then those that it does not specify, as text: CVAT's own data
// have none such.
void AddAttributes(const std::vector<AttributeSpec>& specs, const std::vector<Attribute>& own,
                   AttributeList& list);

}  // namespace annofs

// The texts of a Supervisely point cloud project as CVAT exports it (reference/cvat.md §9.4). Keys:
// UUIDs of task, frame and object. Immutable, thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/item.h"
#include "formats/point_cloud_export.h"

namespace annofs {

// The keys of one item.
class SlyKeys {
 public:
  SlyKeys(absl::string_view task, absl::string_view item) : task_(task), item_(item) {}

  std::string Item() const { return Of("item"); }
  std::string UserTag() const { return Of("user"); }
  std::string LabelsTag() const { return Of("labels"); }
  std::string Figure(size_t number) const;
  // Of an attribute of the object on this item.
  std::string ObjectTag(int64_t object, size_t attribute) const;

 private:
  std::string Of(absl::string_view what) const;
  const std::string task_, item_;
};

class SlyProject {
 public:
  static absl::StatusOr<std::shared_ptr<const SlyProject>> Of(const Dataset& data,
                                                              const PointClouds& clouds);

  SlyKeys KeysOf(uint32_t task, absl::string_view item_id) const {
    return SlyKeys(tasks_[task], item_id);
  }
  std::string ObjectKey(int64_t object) const;
  // Members of key_id_map.json, each on a line of its own: of the order of the tracks.
  std::string ObjectEntries() const;
  std::string RenderMeta(const DatasetInfo& info) const;
  std::string RenderItem(const DatasetInfo& info, const Item& item) const;

 private:
  // A tag of meta.json.
  struct Tag {
    std::string name;
    bool is_number = false;
    absl::string_view applicable = "objectsOnly";
    bool is_user = false, is_labels = false;  // an item's own, told with its value
  };

  SlyProject() = default;
  Tag& Register(absl::string_view name);
  void AddItemTag(absl::string_view name, bool is_user);

  std::vector<std::string> tasks_;  // what stands for a task in keys
  uint32_t first_task_ = 0;         // of the first item
  std::vector<int64_t> objects_;    // as they come
  std::vector<Tag> tags_;
  absl::flat_hash_map<std::string, size_t> tag_numbers_;  // by name
};

}  // namespace annofs

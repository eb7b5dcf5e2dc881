// The labels of CVAT's server, which shapes name by number (reference/cvat.md §1.4, §6). Not thread
// safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "formats/json_shapes.h"
#include "formats/model.h"
#include "formats/reader.h"

namespace annofs {

// Whose labels are wanted. A label says its project or its task; one that says neither is wanted.
struct RestLabelOwners {
  bool all = true;
  absl::flat_hash_set<int64_t> tasks, projects;
};

class RestLabels : public JsonNames {
 public:
  // `source`: what problems name.
  RestLabels(std::string source, DatasetSink& sink) : source_(std::move(source)), sink_(sink) {}

  // One label of the list; its sublabels are inside it, or labels of their own with a parent_id.
  void Add(JsonValue label, const RestLabelOwners& owners);
  // After the last one: pushes them in the order of their numbers, sublabels after their skeleton.
  // Labels of one (parent, name) are one: several projects may have them. Of their attributes that
  // are alike in name too, with all values; that they differ becomes a problem.
  void Push();
  // Labels are missing: of what names them not each is a problem, Finish() says how many.
  void SetIncomplete() { is_incomplete_ = true; }
  // After the last shape.
  void Finish();
  bool empty() const { return entries_.empty() && by_id_.empty(); }

  // kNotFound: an unknown one of an incomplete list.
  absl::StatusOr<uint32_t> LabelOf(JsonValue item, int32_t parent, const Problem& where) override;
  std::vector<Attribute> AttributesOf(JsonValue item, const Problem& where) override;

 private:
  struct Entry {
    int64_t id = -1;
    int64_t parent = -1;  // its number
    Label label;
  };
  struct Known {
    uint32_t label = 0;   // the sink's
    int32_t parent = -1;  // the sink's
  };
  // What Unite() knows of a label: attributes by name, and the values of some.
  struct United {
    absl::flat_hash_map<std::string, size_t> specs;
    absl::flat_hash_map<size_t, absl::flat_hash_set<std::string>> values;
  };
  void AddEntry(JsonValue label, int64_t parent);
  void CheckParents();
  void NameInTemplates();
  void Unite(Label& label, const Label& other, United& united);
  void Report(std::string reason);

  const std::string source_;
  DatasetSink& sink_;
  std::vector<Entry> entries_;  // until Push
  absl::flat_hash_map<int64_t, Known> by_id_;
  absl::flat_hash_map<int64_t, std::string> attributes_;  // name by number of the attribute
  bool is_incomplete_ = false;
  bool is_full_ = false;
  // Of an incomplete list.
  uint64_t unknown_labels_ = 0, unknown_attributes_ = 0;
  std::string first_unknown_;  // where
};

}  // namespace annofs

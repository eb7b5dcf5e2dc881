#include "formats/datumaro_labels.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "formats/json_labels.h"
#include "formats/skeleton_svg.h"

namespace annofs {
namespace {

std::vector<std::string> Texts(JsonValue list) {
  std::vector<std::string> texts;
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) texts.push_back(JsonText(list[i]));
  return texts;
}

// CVAT counts keypoints from 1, Datumaro's own files from 0: then one of them is 0.
std::vector<std::pair<int64_t, int64_t>> Joints(JsonValue list) {
  std::vector<std::pair<int64_t, int64_t>> joints;
  int64_t first = 1;
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
    const std::optional<int64_t> from = list[i][size_t{0}].AsInt(), to = list[i][1].AsInt();
    if (!from || !to || *from < 0 || *to < 0) continue;
    joints.emplace_back(*from, *to);
    first = std::min({first, *from, *to});
  }
  for (auto& [from, to] : joints) {
    from -= first;
    to -= first;
  }
  return joints;
}

}  // namespace

void DatumaroLabels::Report(int64_t position, std::string reason) {
  sink_.AddProblem({.source = source_,
                    .position = absl::StrCat("label ", position),
                    .reason = std::move(reason)});
}

void DatumaroLabels::Add(JsonValue categories) {
  if (!entries_.empty()) return;  // the member is there twice
  const JsonValue labels = categories["label"]["labels"];
  Parse(labels);
  FindParents(labels);
  ParseSkeletons(categories["points"]["items"]);
  for (Entry& entry : entries_) Push(entry);
  AddChildren();
  for (Entry& entry : entries_) {
    if (entry.is_skeleton && entry.is_pushed) FindKeypoints(entry);
  }
}

void DatumaroLabels::Parse(JsonValue labels) {
  for (size_t i = 0; labels.is_array() && i < labels.size(); ++i) {
    Entry entry{.name = std::string(labels[i].StringOr("name", "")),
                .attributes = Texts(labels[i]["attributes"])};
    if (entry.name.empty()) Report(int64_t(i), "left out: it has no name");
    entries_.push_back(std::move(entry));
  }
}

// A parent is a label that has none itself: so there are no circles.
void DatumaroLabels::FindParents(JsonValue labels) {
  absl::flat_hash_map<absl::string_view, size_t> tops;
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (labels[i].StringOr("parent", "").empty()) tops.try_emplace(entries_[i].name, i);
  }
  for (size_t i = 0; i < entries_.size(); ++i) {
    const absl::string_view parent = labels[i].StringOr("parent", "");
    if (parent.empty()) continue;
    const auto found = tops.find(parent);
    if (found == tops.end()) {
      Report(int64_t(i), absl::StrCat("its parent '", parent.substr(0, 64),
                                      "' is no label of a skeleton: read as a label of its own"));
      continue;
    }
    entries_[i].parent = int64_t(found->second);
    entries_[found->second].is_skeleton = true;
  }
}

void DatumaroLabels::ParseSkeletons(JsonValue items) {
  for (size_t i = 0; items.is_array() && i < items.size(); ++i) {
    const int64_t label = items[i].IntOr("label_id", -1);
    if (label < 0 || size_t(label) >= entries_.size() || !entries_[size_t(label)].is_skeleton) {
      continue;
    }
    Entry& entry = entries_[size_t(label)];
    entry.keypoints = Texts(items[i]["labels"]);
    entry.svg = DrawSkeleton(entry.keypoints, Joints(items[i]["joints"]));
  }
}

void DatumaroLabels::Push(Entry& entry) {
  if (entry.is_tried || entry.name.empty()) return;
  entry.is_tried = true;
  Label label{.name = entry.name, .svg = entry.svg};
  if (entry.is_skeleton) label.type = "skeleton";
  if (entry.parent >= 0) {
    Entry& parent = entries_[size_t(entry.parent)];
    Push(parent);
    if (!parent.is_pushed) return;
    label.parent = int32_t(parent.pushed.label);
    label.type = "points";
  }
  // Nothing but their names is told.
  for (const std::string& name : entry.attributes) {
    label.attributes.push_back({.name = name, .input_type = "text"});
  }
  const std::optional<uint32_t> pushed = union_.Add(std::move(label), source_);
  entry.is_pushed = pushed.has_value();
  entry.pushed.label = pushed.value_or(0);
}

// Of skeletons that do not name their keypoints: the labels below them.
void DatumaroLabels::AddChildren() {
  for (Entry& entry : entries_) entry.names_keypoints = !entry.keypoints.empty();
  for (const Entry& entry : entries_) {
    if (entry.parent < 0) continue;
    Entry& parent = entries_[size_t(entry.parent)];
    if (!parent.names_keypoints) parent.keypoints.push_back(entry.name);
  }
}

void DatumaroLabels::FindKeypoints(Entry& entry) {
  for (const std::string& name : entry.keypoints) {
    const int32_t parent = int32_t(entry.pushed.label);
    const std::optional<uint32_t> keypoint =
        union_.Add({.name = name, .type = "points", .parent = parent}, source_);
    if (!keypoint) return;
    entry.pushed.keypoints.push_back(*keypoint);
  }
}

const DatumaroLabel* DatumaroLabels::Find(JsonValue label_id) const {
  const std::optional<int64_t> position = label_id.AsInt();
  if (!position || *position < 0 || size_t(*position) >= entries_.size()) return nullptr;
  const Entry& entry = entries_[size_t(*position)];
  return entry.is_pushed ? &entry.pushed : nullptr;
}

}  // namespace annofs

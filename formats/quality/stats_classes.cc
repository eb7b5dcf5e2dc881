#include "formats/quality/stats_classes.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "formats/label_colors.h"

namespace annofs {
namespace {

// A skeleton's part by both names, since two skeletons may share it.
std::string FullName(const std::vector<Label>& labels, const Label& label) {
  if (label.parent < 0 || size_t(label.parent) >= labels.size()) return label.name;
  return absl::StrCat(labels[size_t(label.parent)].name, "/", label.name);
}

}  // namespace

ClassCounter::ClassCounter(const DatasetInfo& info, size_t parts, ValueRoom& room)
    : info_(info), room_(room), classes_(info.labels.size()), working_(info.labels.size()) {
  for (size_t i = 0; i < classes_.size(); ++i) {
    const Label& label = info.labels[i];
    ClassStats& one = classes_[i];
    one.name = FullName(info.labels, label);
    one.color = HexColorOf(label);
    one.is_part = label.parent >= 0;
    one.by_part.resize(parts);
    for (const AttributeSpec& spec : label.attributes) {
      if (attributes_ == kMaxAttributes) break;
      if (!working_[i].attributes.emplace(spec.name, one.attributes.size()).second) continue;
      ++attributes_;
      one.attributes.push_back({.name = spec.name, .input_type = spec.input_type});
    }
    working_[i].specified = one.attributes.size();
  }
}

void ClassCounter::CountFrame(Rank rank, const Frame& frame, const FrameShapes& all,
                              PartMask parts) {
  for (const Shape& tag : all.tags) CountOne(rank, frame, tag, parts);
  for (const Shape& shape : all.shapes) CountOne(rank, frame, shape, parts);
  for (const Shape& shape : all.outside) {
    if (shape.label < classes_.size()) ++classes_[shape.label].flags.outside;
  }
}

void ClassCounter::SeenOn(Rank rank, uint32_t label) {
  if (std::exchange(working_[label].last_frame, int64_t{rank}) != int64_t{rank})
    ++classes_[label].frames;
}

void ClassCounter::CountOne(Rank rank, const Frame& frame, const Shape& shape, PartMask parts) {
  if (shape.label >= classes_.size()) return;
  ClassStats& one = classes_[shape.label];
  SeenOn(rank, shape.label);
  ++one.by_type[size_t(shape.type)];
  for (size_t i = 0; i < one.by_part.size(); ++i) one.by_part[i] += parts >> i & 1;
  one.flags.Add(shape);
  sources_.Add(shape.source, room_);
  CountAttributes(shape);
  for (const Shape& element : shape.elements) CountElement(rank, element);
  if (IsPointCloud(info_, frame)) return;
  if (const std::optional<Box> box = CountedBox(shape)) {
    if (!one.boxes) one.boxes = std::make_unique<BoxStats>();
    one.boxes->Add(*box, frame.width, frame.height);
  }
}

void ClassCounter::CountElement(Rank rank, const Shape& element) {
  if (element.label >= classes_.size()) return;
  ClassStats& one = classes_[element.label];
  SeenOn(rank, element.label);
  ++one.by_type[size_t(element.type)];
  one.flags.Add(element);
  CountAttributes(element);
}

void ClassCounter::CountAttributes(const Shape& shape) {
  ClassStats& one = classes_[shape.label];
  Working& working = working_[shape.label];
  for (const Attribute& attribute : shape.attributes) {
    auto found = working.attributes.find(attribute.name);
    if (found == working.attributes.end()) {
      if (attributes_ == kMaxAttributes) {
        ++attributes_left_out_;
        continue;
      }
      ++attributes_;
      found = working.attributes.emplace(attribute.name, one.attributes.size()).first;
      one.attributes.push_back({.name = attribute.name});
    }
    one.attributes[found->second].values.Add(attribute.value, room_);
  }
}

void ClassCounter::MoveTo(DatasetStats& stats) {
  for (size_t i = 0; i < classes_.size(); ++i) {
    ClassStats& one = classes_[i];
    std::sort(one.attributes.begin() + ptrdiff_t(working_[i].specified), one.attributes.end(),
              [](const AttributeStats& a, const AttributeStats& b) { return a.name < b.name; });
    if (one.is_part) continue;
    for (size_t type = 0; type < kShapeTypeCount; ++type) stats.by_type[type] += one.by_type[type];
    stats.flags.AddAll(one.flags);
    if (one.boxes) stats.boxes.AddAll(*one.boxes);
  }
  stats.classes = std::move(classes_);
  stats.sources = std::move(sources_);
  stats.attributes_left_out = attributes_left_out_;
}

}  // namespace annofs

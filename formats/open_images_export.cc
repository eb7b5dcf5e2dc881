#include "formats/open_images_export.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "formats/drawable.h"
#include "formats/export_names.h"
#include "formats/item_transforms.h"

namespace annofs {
namespace {

// What no name of a file may have.
constexpr absl::string_view kNoName("/\\\0", 3);

bool IsSegment(ItemType type) {
  return type == ItemType::kPolygon || type == ItemType::kEllipse || type == ItemType::kMask;
}

struct InGroup {
  int32_t group = 0;
  size_t index = 0;
};

// By group, stable; those of group 0 are single.
std::vector<std::vector<size_t>> Instances(std::vector<InGroup> segments) {
  std::stable_sort(segments.begin(), segments.end(),
                   [](const InGroup& a, const InGroup& b) { return a.group < b.group; });
  std::vector<std::vector<size_t>> instances;
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool is_same =
        i > 0 && segments[i].group != 0 && segments[i].group == segments[i - 1].group;
    if (!is_same) instances.emplace_back();
    instances.back().push_back(segments[i].index);
  }
  return instances;
}

void SortByGroup(const Item& item, std::vector<size_t>& indexes) {
  std::stable_sort(indexes.begin(), indexes.end(), [&item](size_t a, size_t b) {
    return item.annotations[a].group < item.annotations[b].group;
  });
}

// An id from an attribute; nothing if there is none, or one that CVAT's export fails on.
std::optional<std::string> OwnBoxId(const ItemAnnotation& mask) {
  const ItemValue* value = mask.Find(kBoxId);
  const std::string* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  if (text == nullptr || text->empty() || *text == "." || *text == "..") return std::nullopt;
  if (absl::string_view(*text).find_first_of(kNoName) != absl::string_view::npos)
    return std::nullopt;
  return *text;
}

}  // namespace

OpenImagesItem OpenImagesOf(Item item) {
  RotatedBoxesToPolygons(item);
  OpenImagesItem from{.item = std::move(item)};
  const std::vector<ItemAnnotation>& all = from.item.annotations;
  std::vector<InGroup> segments;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].type == ItemType::kLabel) from.tags.push_back(i);
    if (all[i].type == ItemType::kBbox) from.boxes.push_back(i);
    if (IsSegment(all[i].type)) segments.push_back({all[i].group, i});
  }
  SortByGroup(from.item, from.tags);
  SortByGroup(from.item, from.boxes);
  if (!CanBeDrawn({.width = from.item.width, .height = from.item.height})) return from;
  absl::flat_hash_map<int32_t, size_t> box_of;
  for (size_t box : from.boxes) box_of.try_emplace(all[box].group, box);
  for (std::vector<size_t>& members : Instances(std::move(segments))) {
    if (from.masks.size() == kMostOpenImagesMasks) break;
    const int32_t group = all[members[0]].group;
    const auto box = box_of.find(group);
    const bool has_box = group != 0 && box != box_of.end();
    from.masks.push_back({.members = std::move(members),
                          .box = has_box ? std::optional(box->second) : std::nullopt});
  }
  return from;
}

std::vector<const ItemAnnotation*> OpenImagesBoxes(const Item& item) {
  std::vector<const ItemAnnotation*> boxes;
  bool has_groups = false;
  for (const ItemAnnotation& annotation : item.annotations) {
    if (annotation.type != ItemType::kBbox || annotation.rotation != 0) continue;
    boxes.push_back(&annotation);
    has_groups |= annotation.group != 0;
  }
  if (!has_groups) return boxes;
  std::stable_sort(
      boxes.begin(), boxes.end(),
      [](const ItemAnnotation* a, const ItemAnnotation* b) { return a->group < b->group; });
  return boxes;
}

std::vector<std::vector<size_t>> OpenImagesMasks(const Frame& frame, const FrameShapes& all) {
  if (!CanBeDrawn(frame)) return {};
  std::vector<InGroup> segments, turned;
  for (size_t i = 0; i < all.shapes.size(); ++i) {
    const Shape& shape = all.shapes[i];
    if (shape.outside) continue;
    if (shape.type == ShapeType::kPolygon || shape.type == ShapeType::kEllipse) {
      segments.push_back({shape.group, i});
    } else if (shape.type == ShapeType::kMask) {
      if (WhyNotDrawable(frame, shape).empty()) segments.push_back({shape.group, i});
    } else if (shape.type == ShapeType::kRectangle && shape.rotation != 0) {
      turned.push_back({shape.group, i});
    }
  }
  segments.insert(segments.end(), turned.begin(), turned.end());
  return Instances(std::move(segments));
}

ItemAnnotation DrawMask(const OpenImagesItem& from, const OpenImagesMask& mask) {
  Item part{.width = from.item.width, .height = from.item.height};
  for (size_t member : mask.members) part.annotations.push_back(from.item.annotations[member]);
  ItemAnnotation first = part.annotations[0];
  PolygonsToMasks(part);
  EllipsesToMasks(part);
  MergeInstances(part);
  if (!part.annotations.empty()) return std::move(part.annotations[0]);
  first.type = ItemType::kMask;
  first.mask = {
      .height = part.height, .width = part.width, .runs = {uint64_t{part.height} * part.width}};
  return first;
}

ItemAnnotation DescribeMask(const OpenImagesItem& from, const OpenImagesMask& mask) {
  if (mask.members.size() > 1) return DrawMask(from, mask);
  const ItemAnnotation& only = from.item.annotations[mask.members[0]];
  return {.type = ItemType::kMask, .label = only.label, .attributes = only.attributes};
}

std::vector<std::string> BoxIds(const OpenImagesItem& from) {
  const auto has_own = [&from](size_t member) {
    return from.item.annotations[member].Find(kBoxId) != nullptr;
  };
  std::vector<std::optional<std::string>> own(from.masks.size());
  absl::flat_hash_set<std::string> taken;
  for (size_t i = 0; i < from.masks.size(); ++i) {
    const std::vector<size_t>& members = from.masks[i].members;
    if (std::none_of(members.begin(), members.end(), has_own)) continue;
    own[i] = OwnBoxId(DescribeMask(from, from.masks[i]));
    if (own[i]) taken.insert(*own[i]);
  }
  std::vector<std::string> ids;
  uint64_t next = 0;
  for (std::optional<std::string>& id : own) {
    while (!id) {
      std::string number = absl::StrCat(absl::Hex(next++, absl::kZeroPad8));
      if (!taken.contains(number)) id = std::move(number);
    }
    ids.push_back(*std::move(id));
  }
  return ids;
}

std::string OpenImagesMaskName(absl::string_view id, absl::string_view label,
                               absl::string_view box_id) {
  return absl::StrCat(Slug(id), "_", Slug(label), "_", box_id, ".png");
}

}  // namespace annofs

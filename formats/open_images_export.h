// What CVAT's Open Images export makes of an item (reference/cvat.md §9.4; Datumaro: open_images,
// after Rot → P2M → Ell → Merge): tags, boxes, and masks, each with a number. Masks are numbered
// and called without drawing them; only those of a group are drawn, to find which of their members
// is the largest. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/item.h"

namespace annofs {

inline constexpr absl::string_view kBoxId = "box_id";  // the attribute

// Masks of an image beyond these are left out.
inline constexpr size_t kMostOpenImagesMasks = 10'000;

struct OpenImagesMask {
  std::vector<size_t> members;  // indexes into OpenImagesItem::item.annotations
  std::optional<size_t> box;    // the first box of the same group
};

struct OpenImagesItem {
  Item item;  // turned boxes are polygons at the end
  // In the order of Datumaro's rows: by group, stable.
  std::vector<size_t> tags, boxes;
  std::vector<OpenImagesMask> masks;
};
OpenImagesItem OpenImagesOf(Item item);
// The boxes alone, of an item as it is.
std::vector<const ItemAnnotation*> OpenImagesBoxes(const Item& item);

// The same masks as lists of indexes into FrameShapes::shapes, without an item.
std::vector<std::vector<size_t>> OpenImagesMasks(const Frame& frame, const FrameShapes& all);

// One mask, drawn. Of a group it is the union, with label and attributes of its largest member.
ItemAnnotation DrawMask(const OpenImagesItem& from, const OpenImagesMask& mask);
// The same, but drawn only where that tells label and attributes.
ItemAnnotation DescribeMask(const OpenImagesItem& from, const OpenImagesMask& mask);

// BoxID of each mask: its attribute box_id, else the next number, in 8 hex digits, that no
// attribute has. A box_id that can be no part of a file's name (CVAT's export fails) is not taken.
std::vector<std::string> BoxIds(const OpenImagesItem& from);

// `<slug of id>_<slug of label>_<BoxID>.png`; may be no good name of a file.
std::string OpenImagesMaskName(absl::string_view id, absl::string_view label,
                               absl::string_view box_id);

}  // namespace annofs

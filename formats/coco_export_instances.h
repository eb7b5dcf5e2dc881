// Objects of COCO's annotation files (reference/cvat.md §9.4; Datumaro: _InstancesExporter): boxes,
// polygons and masks of an item, those of a group as one. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "formats/item.h"
#include "formats/rle.h"

namespace annofs {

// The annotations of one object: one alone, or all of a group, in the item's order.
using CocoParts = absl::Span<const ItemAnnotation* const>;

// Calls `fn` for the objects in their order in the file: by group, those without a group first.
void ForEachCocoObject(const Item& item, absl::FunctionRef<void(CocoParts)> fn);
// Whether the annotation may be a part of an object: box, polygon, mask.
bool IsCocoPart(const ItemAnnotation& annotation);

struct CocoObject {
  const ItemAnnotation* leader = nullptr;  // gives category and attributes
  std::vector<std::vector<double>> polygons;
  bool is_crowd = false;  // `mask` is the segmentation; else `polygons`
  CocoMask mask;
  std::array<double, 4> bbox = {};
  double area = 0;
};
// The leader is the part of the largest area. Where it says is_crowd, or says nothing and there is
// a mask of its label, the object is the mask of everything, else polygons.
// On an image whose size is not known (CVAT has none) or absurd polygons stay polygons; the canvas
// on which their area is taken then ends where the box does.
CocoObject CocoObjectOf(const Item& item, CocoParts parts);

// {"id":…,"attributes":{…}, without the closing brace: keypoints may follow.
void AppendCocoObject(const CocoObject& object, uint64_t id, uint64_t image, std::string& out);

}  // namespace annofs

// What PASCAL VOC 1.1 and Segmentation mask 1.1 share, and the annotation file of the former
// (reference/cvat.md §9.4; Datumaro: VocConverter). Pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "formats/item.h"
#include "formats/mask_export.h"

namespace annofs {

// Annotations/<id>.xml: boxes; polygons have no place in it.
std::string VocAnnotationText(const DatasetInfo& info, const Item& item);

// True if the item has a mask, or an ellipse that becomes one.
bool IsSegmented(const Item& item);

// Makes the item of a frame as the format has it: its masks are what the pictures show.
using MakeItem = absl::StatusOr<Item> (*)(const Dataset& data, Rank rank);

// SegmentationClass/ and SegmentationObject/ of frames with masks.
void AddVocPictures(const RankSet& masks, MakeItem make, std::shared_ptr<const LabelMap> map,
                    Layout& tree);
// ImageSets/Segmentation/<S>.txt: frames with masks, and frames without any annotation; absent
// where there are neither.
void AddVocSegmentationList(const ExportSubset& subset, const RankSet& masks,
                            const RankSet& unannotated, Layout& tree);
// ImageSets/Main/<S>.txt, and where a frame has a tag <label>_<S>.txt for each entry of the label
// map. kResourceExhausted if those were too many.
absl::Status AddVocMainLists(const Dataset& data, const std::vector<ExportSubset>& subsets,
                             const LabelMap& map, Layout& tree);

}  // namespace annofs

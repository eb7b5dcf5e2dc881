// What the name and the head of a COCO file say of it. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/json_head.h"

namespace annofs {

bool IsCoco(const JsonHead& head);

// "annotations/person_keypoints_train.json": kind "person_keypoints", part "train".
// "train/_annotations.coco.json" (Roboflow): kind "", part "train". "val.json": kind "", part
// "val". Any other name: neither.
struct CocoFileName {
  std::string kind, part;
  std::string Subset() const { return part == "default" ? "" : part; }
};
CocoFileName ParseCocoFileName(absl::string_view path);

// Of kinds that describe the same images the one that is read: the smallest rank.
int CocoKindRank(absl::string_view kind);

// Do files of that kind say what is in the images themselves: instances, person_keypoints?
bool IsMainCocoKind(absl::string_view kind);
// Have files of that kind no annotations that can be shown: captions, image_info, panoptic?
bool IsBareCocoKind(absl::string_view kind);

// Where a zip may have the image `file_name` of a file `path` of it, likely ones first.
std::vector<std::string> CocoImagePaths(absl::string_view path, absl::string_view part,
                                        absl::string_view file_name);

}  // namespace annofs

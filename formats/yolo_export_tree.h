// Trees of CVAT's YOLO 1.1 and Ultralytics exports (reference/cvat.md §9.4; Datumaro:
// YoloExporter): subsets, lists of images, label files. Pure.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/layout.h"
#include "formats/yolo_export_lines.h"

namespace annofs {

struct YoloSubset {
  std::string name;            // in the tree: safe, unique, no reserved word
  std::vector<RankSet> parts;  // its frames in the order of its list, each part in CVAT's order
  RankSet frames;              // all of them
};

struct YoloSubsets {
  std::vector<YoloSubset> list;
  // Those that are called otherwise in the tree, as comments "# …\n" of the file that lists them.
  std::string renamed;
};

// The subsets in the order of Datumaro's exporter: named ones, then `train` for frames of none; if
// a subset is called so, these are the end of it. One called `Train` is another, as in CVAT, and
// both keep their names. `reserved`: words that mean something else in the tree, where CVAT's
// export fails; such a subset gets `-` and 8 hex digits.
absl::StatusOr<YoloSubsets> YoloSubsetsOf(const Dataset& data,
                                          const std::vector<absl::string_view>& reserved);

// Patterns of the images and of the files beside them: a subset of several parts has its names from
// the whole dataset.
inline absl::string_view ItemPathPattern(const YoloSubset& subset) {
  return subset.parts.size() > 1 ? "{path}" : "{item_path}";
}
inline absl::string_view SidecarPattern(const YoloSubset& subset) {
  return subset.parts.size() > 1 ? "{sidecar}" : "{item}";
}

// What UniqueItemNamesOf() calls the file, without a look at the frame where its own path tells.
absl::StatusOr<std::string> ImageFileName(const Dataset& data, Rank rank);

// One line per image of the subset: "data/", `directory`, "/", its file.
Segments YoloImageList(const YoloSubset& subset, absl::string_view directory);

// A whole Ultralytics tree of label files: data.yaml, <S>.txt, images/<S>/, labels/<S>/; a label
// file for each frame with lines only. `extra`: entries of data.yaml besides its usual ones, key
// and text.
absl::Status DescribeUltralytics(const Dataset& data, std::shared_ptr<const YoloLines> lines,
                                 std::vector<std::pair<std::string, std::string>> extra,
                                 Layout& tree);

}  // namespace annofs

// Folders of images by class as CVAT's Ultralytics YOLO Classification export has them
// (reference/cvat.md §9.4; Datumaro: YoloUltralyticsClassificationExporter): an image is called by
// its base name; where the folder has that already, by the first of `.0`, `.1`, … behind it that is
// free.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "formats/yolo_export_tree.h"

namespace annofs {

// What one folder holds.
struct ClassFolderContent {
  std::vector<RankSet> parts;    // one after the other, each in CVAT's order of frames
  std::vector<uint32_t> labels;  // a frame is here once for each of its tags of these; or once
  bool may_repeat = false;       // a frame may have several of these tags
};

// The names in one folder. Immutable, thread safe. Memory grows with the names that had to change.
class ClassFolder {
 public:
  // Of more equal tags on one image only so many have a copy.
  static constexpr uint32_t kMostCopies = 16;

  // Looks at each frame once, where names can repeat: frames in several directories, or may_repeat.
  static absl::StatusOr<ClassFolder> Make(const Dataset& data, const ClassFolderContent& content);

  // The file of a copy of a frame, from number 0 on.
  absl::StatusOr<std::string> NameOf(const Dataset& data, Rank rank, uint32_t copy) const;
  // The same where the frame's names are at hand.
  absl::StatusOr<std::string> NameOf(const Dataset& data, Rank rank, const FrameNames& names,
                                     uint32_t copy) const;
  // The frames that have a copy of that number, by number.
  const std::vector<RankSet>& copies() const { return copies_; }
  // True if every file is called as the frame's own path ends, and no two are called the same.
  bool are_base_names() const { return are_base_names_; }

 private:
  struct Changed {
    Rank rank = 0;
    uint32_t copy = 0, number = 0;
  };

  bool are_base_names_ = false;
  std::vector<Changed> changed_;  // by rank, then copy
  std::vector<RankSet> copies_;
};

}  // namespace annofs

// The images inside an export zip of CVAT, by the frames' names (reference/cvat.md §2): 32 bytes
// each, however long the names. Immutable after its making.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/model.h"
#include "formats/zip_directory.h"

namespace annofs {

class CvatXmlMedia {
 public:
  CvatXmlMedia() = default;
  // Its entries below images/ that are stored.
  explicit CvatXmlMedia(const ZipDirectory& zip);

  // images/<name>; in a project images/<subset>/<name>, with "default" where a task has none.
  // `subset`: empty outside of projects. Frames of a video are PNG files whose names do not say so.
  std::optional<InnerMedia> Find(absl::string_view subset, absl::string_view name) const;

 private:
  struct Image {
    uint64_t hash = 0;  // of the path below images/
    InnerMedia media;
  };
  std::optional<InnerMedia> FindPath(absl::string_view path) const;

  std::vector<Image> images_;  // by hash; of equal ones the last entry of the zip first
};

}  // namespace annofs

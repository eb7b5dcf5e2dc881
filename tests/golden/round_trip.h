// An export, read again by annofs itself.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "formats/writer.h"
#include "tests/golden/compare_trees.h"
#include "tests/golden/golden_case.h"

namespace annofs::testing {

// The display name of a format, and the readers one of which must take its exports.
struct ReadBack {
  absl::string_view format;
  std::vector<absl::string_view> readers;
};
const std::vector<ReadBack>& FormatsWithReader();

struct Again {
  std::string reader;  // that knew the zip, the richest of them
  std::unique_ptr<Dataset> data;
};

// The tree as a stored zip under the name that CVAT gives it, its images (ImageOfSize) as PNGs of
// their size; read by whoever knows it. Sizes of images that are not in the zip are those of
// `before`. Errors: nobody knows it, or the reading fails.
absl::StatusOr<Again> ReadExport(const FileTree& tree, absl::string_view format,
                                 const Dataset& before, Images images);

}  // namespace annofs::testing

// The cases of fixtures/golden: what CVAT exported, and the inputs that it was given
// (fixtures/MANIFEST.md). Not thread safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "tests/golden/compare_trees.h"

namespace annofs::testing {

// A display name of CVAT's registry (reference/cvat.md §9.0).
struct ExportFormat {
  std::string name;
  bool is_3d = false;
};
const std::vector<ExportFormat>& ExportFormats();

struct GoldenCase {
  std::string name;
  std::string short_name;  // for a table's head
  bool is_3d = false;
  std::string task;  // of a job: the case of its task
};
const std::vector<GoldenCase>& GoldenCases();

// The input as our readers read it; read once. kNone: the images are in no bucket, as when the
// golden trees were made. nullptr, and the test fails, where it cannot be read without problems.
enum class Images { kNone, kAll };
const Dataset* GoldenInput(const GoldenCase& which, Images images = Images::kNone);

// A bucket that has every image; its key is the image's size: "400x300".
absl::StatusOr<std::optional<Media>> ImageOfSize(const Frame& frame);

// CVAT's own tree; nothing where there is none.
std::optional<FileTree> GoldenTree(const GoldenCase& which, absl::string_view format);

// The formats in which CVAT itself fails with that input, as EXPORT_ERRORS.json has them.
std::vector<std::string> FormatsThatFail(const GoldenCase& which);

}  // namespace annofs::testing

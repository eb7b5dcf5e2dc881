// What a run of golden_test found, as a table: formats down, cases across. Not thread safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace annofs::testing {

enum class GoldenResult {
  kSame,
  kDiffers,
  kNoGolden,  // CVAT's own tree was not made, or CVAT fails; ours is made without an error
  kNoWriter,
};

void Remember(absl::string_view which, absl::string_view format, GoldenResult result);

// Empty where fewer than two were remembered.
std::string ResultTable();

}  // namespace annofs::testing

// What differs, as a failing test tells it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/writer.h"
#include "tests/golden/difference.h"

namespace annofs::testing {

// At most 20 of each file, and of eight files; then how many there are in all.
std::string Told(const std::vector<Difference>& differences);

// The writer of an export format by its display name; nullptr if there is none.
std::unique_ptr<Writer> CvatWriter(absl::string_view format);

}  // namespace annofs::testing

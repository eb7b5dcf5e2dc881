// The tree of Datumaro 1.0 and Datumaro 3D 1.0 (reference/cvat.md §9.4; Datumaro:
// DatumaroExporter): a file for each subset, and the images or point clouds in one flat directory
// for each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "formats/layout.h"

namespace annofs {

enum class DatumaroMedia : uint8_t { kImages = 2, kPointClouds = 6 };  // the format's own numbers

absl::Status DescribeDatumaro(const Dataset& data, DatumaroMedia media, Layout& tree);

// The labels that are skeletons: those that say so, and those that have parts. Ascending.
std::vector<uint32_t> SkeletonLabels(const DatasetInfo& info);

// The member "categories".
std::string DatumaroCategories(const DatasetInfo& info);

}  // namespace annofs

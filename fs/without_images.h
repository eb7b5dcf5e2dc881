// A dataset whose frames have no images: what CVAT exports without "save images" is described from
// (reference/cvat.md §9.2 step 6). Thread safe.
#pragma once

#include <cstdint>
#include <memory>

#include "fs/dataset_index.h"

namespace annofs {

enum class Images : uint8_t { kShown, kLeftOut };

// Everything else is that of `data`; the id is another one.
std::shared_ptr<const IndexedDataset> WithoutImages(std::shared_ptr<const IndexedDataset> data);

}  // namespace annofs

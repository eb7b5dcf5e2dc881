// A dataset with what is said of it beside its index: its name, the options of its views, sources
// that are not read, and problems of its plan. Stateless.
#pragma once

#include <memory>

#include "fs/dataset_index.h"
#include "fs/dataset_plan.h"

namespace annofs {

// Everything else is that of `data`. The id is another one, of all that is said, unless that is
// nothing new: then the answer is `data`. `plan` is kept.
std::shared_ptr<const IndexedDataset> WithTold(std::shared_ptr<const IndexedDataset> data,
                                               std::shared_ptr<const DatasetPlan> plan);

}  // namespace annofs

// What the indexes of planned datasets are called by: hashes of what they are made from. Pure.
#pragma once

#include "fs/dataset_plan.h"

namespace annofs {

// Of the annotation index of a source. `store`: ObjectStore::identity(). `media`: where its images
// are looked for first, since some formats leave it to the images how large they are.
IndexVersion IndexVersionOf(absl::string_view store, const FoundSource& source,
                            absl::string_view media);

// Of the index that is made of the plan's sources: of all that CopyDatasets() reads, and of nothing
// else. What only changes the views makes no other index.
IndexVersion DerivedVersionOf(const DatasetPlan& plan);

// Of the dataset: DatasetEntry::version.
std::string EntryVersionOf(const DatasetPlan& plan);

}  // namespace annofs

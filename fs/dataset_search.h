// Which datasets a bucket shows: those that its configuration names, and those that are found
// beside them (design/product.md §4). Stateless.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "formats/reader.h"
#include "fs/configuration.h"
#include "fs/dataset_plan.h"

namespace annofs {

struct FoundDataset {
  DatasetEntry entry;
  std::shared_ptr<const DatasetPlan> plan;
};

struct FoundDatasets {
  std::vector<FoundDataset> datasets;  // in byte order of names
  std::vector<std::string> notes;      // where the search did not look
};

struct DatasetSearch {
  Catalog& catalog;
  ObjectReader& reader;
  const std::vector<std::unique_ptr<Reader>>& readers;
  std::string store;                     // ObjectStore::identity(): part of every version
  std::vector<std::string> annotations;  // see Discover
};

// A configured dataset is of the sources that it names, else of that of the dataset which is found
// by its name; if there are none it is there all the same, and says so. A source that one names is
// no dataset of its own. The names of configured datasets come first: another one that is called
// so gets a hash.
absl::StatusOr<FoundDatasets> SearchDatasets(const DatasetSearch& search,
                                             const LoadedConfiguration& loaded,
                                             const CallContext& context);

}  // namespace annofs

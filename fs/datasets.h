// The datasets of a bucket: found when first asked for, and again when it changes (--follow).
// Thread safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "fs/configuration.h"
#include "fs/dataset_version.h"

namespace annofs {

// What a search has found.
struct DatasetList {
  std::vector<std::shared_ptr<DatasetVersion>> datasets;  // in byte order of names
  std::vector<std::string> notes;                         // where the search did not look
  LoadedConfiguration::From configured = LoadedConfiguration::From::kNowhere;
  uint64_t revision = 0;  // another list is another number, later ones greater
};

class Datasets {
 public:
  virtual ~Datasets() = default;
  // Searches the bucket at the first call (slow lane; fast lane: WouldBlock()); an error leaves it
  // to be tried again.
  virtual absl::StatusOr<std::shared_ptr<const DatasetList>> List(const CallContext& context) = 0;
  // What is known without a search: nullptr before the first one has ended.
  virtual std::shared_ptr<const DatasetList> Known() const = 0;

  // The catalog shows other names from now on. Versions stay as they are until Refresh().
  virtual void CatalogChanged() = 0;
  // Where that has happened since the last search: searches again, and matches the images of open
  // datasets again. Versions that are the same stay; a new one whose predecessor was open is built
  // before the list changes, in one step. After an error the list is as before, and the next call
  // tries again. While the configuration is wrong, which is no error, no search is made. One call
  // at a time.
  virtual absl::Status Refresh(const CallContext& context) = 0;

  // Reads the configuration now, so that one that is wrong is told before anything is shown:
  // kInvalidArgument.
  virtual absl::Status CheckConfiguration(const CallContext& context) = 0;
  // What was wrong with the configuration when it was last read; "" if nothing was.
  virtual std::string ConfigurationError() const = 0;
};

struct DatasetsOptions {
  std::string source;                              // ObjectStore::identity(): part of every version
  std::vector<std::string> annotations;            // see Discover
  std::optional<ConfigurationText> configuration;  // else the bucket's
  absl::Duration build_timeout = absl::Hours(4);
  Images images = Images::kShown;
};

// Everything given outlives the result, and the result outlives its versions. Builds run on a
// thread of its own, one after the other; it is joined at the end.
std::unique_ptr<Datasets> NewDatasets(Lmdb& lmdb, Catalog& catalog, ObjectReader& reader,
                                      const DatasetsOptions& options);

}  // namespace annofs

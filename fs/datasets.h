// The datasets of a bucket: found when first asked for, each one's index built when first opened.
// Thread safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "formats/reader.h"
#include "fs/dataset_index.h"

namespace annofs {

// A dataset before it is opened: what discovery knows.
struct DatasetEntry {
  std::string name;     // of its directory; unique, safe
  std::string version;  // hash of source versions: names the dataset's directory node
  absl::Time modified;  // newest of its sources
};

class Datasets {
 public:
  virtual ~Datasets() = default;
  // All, in byte order of names. Searches the bucket at the first call (slow lane; fast lane:
  // WouldBlock()); an error leaves it to be tried again.
  virtual absl::StatusOr<std::vector<DatasetEntry>> List(const CallContext& context) = 0;
  // The dataset of that name (kNotFound), its index built or reused. Waits for a build up to the
  // deadline; the build goes on. A broken source gives a dataset with what could be read and its
  // problems. kUnavailable, kPermissionDenied…: the store failed; tried again at the next call.
  virtual absl::StatusOr<std::shared_ptr<const IndexedDataset>> Open(
      absl::string_view name, const CallContext& context) = 0;
  // Where the search did not look; empty before it ran.
  virtual std::vector<std::string> Notes() const = 0;
};

struct DatasetsOptions {
  std::string source;                    // ObjectStore::name(): part of every version
  std::vector<std::string> annotations;  // see Discover
  absl::Duration build_timeout = absl::Hours(4);
};

// Everything given outlives the result. Builds run on threads of its own, at most two, joined at
// its end.
std::unique_ptr<Datasets> NewDatasets(Lmdb& lmdb, Catalog& catalog, ObjectReader& reader,
                                      const DatasetsOptions& options);

}  // namespace annofs

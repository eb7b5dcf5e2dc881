// Where the configuration of a bucket's datasets comes from (design/product.md §4): the file that
// --config names, else the object annofs.json in the bucket's root.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "formats/dataset_config.h"

namespace annofs {

inline constexpr absl::string_view kConfigurationName = "annofs.json";

// What --config names.
struct ConfigurationText {
  std::string text;
  std::string file;  // in messages
};

struct LoadedConfiguration {
  enum class From { kNowhere, kBucket, kFile } from = From::kNowhere;
  Configuration configuration;
  absl::Time modified = absl::UnixEpoch();  // of the bucket's object; a file's does not count
};

// What a person reads of it: "annofs.json in the bucket", "--config"; "" for none.
absl::string_view DescribeOrigin(LoadedConfiguration::From from);

// Thread safe.
class ConfigurationLoader {
 public:
  // Both outlive it. With `given` the bucket is not asked.
  ConfigurationLoader(Catalog& catalog, ObjectReader& reader,
                      std::optional<ConfigurationText> given);

  // The configuration of now; reads an object once for each of its versions. kInvalidArgument:
  // what is wrong with its content, and where; all other errors are the store's.
  absl::StatusOr<std::shared_ptr<const LoadedConfiguration>> Load(const CallContext& context);

 private:
  using Loaded = absl::StatusOr<std::shared_ptr<const LoadedConfiguration>>;
  Loaded LoadObject(const Row& row, const CallContext& context);

  Catalog& catalog_;
  ObjectReader& reader_;
  const std::optional<ConfigurationText> given_;

  absl::Mutex mutex_;
  // Of the object last read: its version, and what came of it.
  std::optional<std::string> version_ ABSL_GUARDED_BY(mutex_);
  Loaded last_ ABSL_GUARDED_BY(mutex_);
};

// Of each of the configuration's lists, its globs. `objects`: of each that is an object, which one;
// nothing: it is none, or there is none. REQUIRES: objects of at most kMaxListBytes. Errors are the
// store's, never of the content.
absl::StatusOr<std::vector<std::vector<std::string>>> ReadPartLists(
    ObjectReader& reader, const std::vector<PartList>& lists,
    const std::vector<std::optional<ObjectVersion>>& objects, const CallContext& context);

inline constexpr uint64_t kMaxListBytes = uint64_t{64} << 20;

}  // namespace annofs

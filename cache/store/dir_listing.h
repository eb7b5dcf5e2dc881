// Pages of names over a real directory tree. Thread safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "cache/store/beneath.h"
#include "cache/store/object_store.h"

namespace annofs {

// Names of directories that were just read. The pages of one large directory are asked one after
// the other: the first reads it, the others are served from here.
class EntryCache {
 public:
  using Entries = std::shared_ptr<const std::vector<DirectoryEntry>>;
  enum class Use { kFresh, kCached };

  // The entries of `directory`; kFresh reads them in any case.
  absl::StatusOr<Entries> Read(int root, const std::string& directory, Use use);

 private:
  absl::Mutex mutex_;
  std::string directory_ ABSL_GUARDED_BY(mutex_);
  Entries entries_ ABSL_GUARDED_BY(mutex_);  // null: none yet
};

// One page, as ObjectStore::List. Keys are paths below `root`. A directory without anything to show
// is the directory marker "a/b/", so that it is listed as B2 lists one. A directory that cannot be
// read is logged and shown empty.
absl::StatusOr<ListPage> ListDirectory(int root, const ListRequest& request, EntryCache& cache,
                                       const CallContext& context);

}  // namespace annofs

// How much to fetch at a time: what was asked for, and more and more of it while a version is read
// from front to back. Remembers the last fetch of some hundred versions. Thread safe.
#pragma once

#include <cstdint>
#include <list>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "cache/block_format.h"
#include "cache/store/object_store.h"

namespace annofs {

class ReadAhead {
 public:
  // `longest`: bytes of a fetch at most.
  explicit ReadAhead(uint64_t longest) : longest_(longest) {}

  // The bytes to fetch from run.offset on: twice the last fetch of that version if this run begins
  // where that one ended, else run.length.
  uint64_t Lengthen(const BlockKey& version, ByteRange run);
  // True if the last fetch of that version ended in this range, so that a run may be lengthened.
  bool EndedIn(const BlockKey& version, ByteRange range) const;

 private:
  struct Fetch {
    BlockKey version;
    ByteRange bytes;
  };
  static constexpr size_t kVersions = 256;

  const uint64_t longest_;
  mutable absl::Mutex mutex_;
  std::list<Fetch> order_ ABSL_GUARDED_BY(mutex_);  // last used first
  absl::flat_hash_map<BlockKey, std::list<Fetch>::iterator, BlockKeyHash> last_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs

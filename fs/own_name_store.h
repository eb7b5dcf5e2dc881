// The division of families whose files are called by their content (formats/own_names.h), kept
// beside their sizes: made once per recipe by a pass over the frames, for all families of a
// directory together, in bounded memory, then asked by every lookup without being loaded. A full
// disk must not hide labels: what cannot be stored is held in memory. Thread safe.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "cache/lmdb.h"
#include "formats/own_names.h"
#include "fs/shared_jobs.h"
#include "fs/size_store.h"
#include "fs/views.h"

namespace annofs {

class OwnNameStore {
 public:
  // Both outlive it.
  OwnNameStore(Lmdb& lmdb, SizeStore& sizes) : lmdb_(lmdb), sizes_(sizes) {}

  // See OwnNames. Fast lane: WouldBlock() where the family is not divided yet.
  absl::StatusOr<std::vector<Rank>> Keepers(const View& view, uint32_t family, uint64_t hash,
                                            const CallContext& context);
  absl::StatusOr<RankSet> Renamed(const View& view, uint32_t family, const CallContext& context);

 private:
  // Of a directory that could not be stored.
  struct Unstored {
    std::shared_ptr<const View> view;
    std::unique_ptr<OwnNames> names;
  };
  using UnstoredNames = std::shared_ptr<const Unstored>;
  // nullptr: it is stored.
  using Jobs = SharedJobs<UnstoredNames>;

  static constexpr uint64_t kMostKnownBytes = 16 << 20;  // of renamed_
  static constexpr size_t kMostUnstored = 4;             // directories

  absl::StatusOr<UnstoredNames> Divide(const View& view, uint32_t place,
                                       const CallContext& context);
  UnstoredNames FindUnstored(const View& view, uint32_t family);
  absl::StatusOr<bool> ReadRenamed(uint32_t slot, RankSet& renamed);
  void Keep(uint32_t slot, const RankSet& renamed);

  Lmdb& lmdb_;
  SizeStore& sizes_;
  absl::Mutex mutex_;
  absl::flat_hash_map<uint32_t, RankSet> renamed_ ABSL_GUARDED_BY(mutex_);  // by slot
  uint64_t known_bytes_ ABSL_GUARDED_BY(mutex_) = 0;                        // at most
  // By slot of the directory, newest last.
  std::deque<std::pair<uint32_t, UnstoredNames>> unstored_ ABSL_GUARDED_BY(mutex_);
  Jobs dividing_;  // by slot of the directory; ends before what it uses
};

// The names of one view, for one call.
class ViewOwnNames : public OwnNames {
 public:
  // Both outlive it.
  ViewOwnNames(OwnNameStore& store, const View& view, const CallContext& context)
      : store_(store), view_(view), context_(context) {}
  absl::StatusOr<std::vector<Rank>> Keepers(uint32_t family, uint64_t hash) const override {
    return store_.Keepers(view_, family, hash, context_);
  }
  absl::StatusOr<RankSet> Renamed(uint32_t family) const override {
    return store_.Renamed(view_, family, context_);
  }

 private:
  OwnNameStore& store_;
  const View& view_;
  const CallContext context_;
};

}  // namespace annofs

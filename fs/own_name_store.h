// The division of families whose files are called by their content (formats/own_names.h), kept
// beside their sizes: made once per recipe by a pass over the family's frames, in bounded memory,
// then asked by every lookup without being loaded. Thread safe.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "cache/lmdb.h"
#include "formats/own_names.h"
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
  absl::StatusOr<std::string> Divide(const View& view, uint32_t family, const CallContext& context);

  static constexpr size_t kMostKnown = 64;  // families, an eighth of a byte per frame each

  Lmdb& lmdb_;
  SizeStore& sizes_;
  absl::Mutex mutex_;
  absl::flat_hash_map<uint32_t, RankSet> renamed_ ABSL_GUARDED_BY(mutex_);  // by slot
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

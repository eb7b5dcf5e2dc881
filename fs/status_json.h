// .annofs/status.json: what a mount shows, how it does, and what it has cost. Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "cache/base/counters.h"
#include "cache/block_cache.h"
#include "cache/catalog.h"
#include "cache/store/prices.h"

namespace annofs {

struct MountStatus {
  std::string source;
  SnapshotInfo snapshot;
  std::optional<SnapshotInfo> index;  // shown, or followed from
  CatalogOptions::Names names = CatalogOptions::Names::kFresh;
  absl::Duration follow;  // 0: frozen
  BlockCacheInfo blocks;
  std::optional<Estimate> estimate;
};

// {"version", "source", "snapshot": N, "names": {"kind": "lazy|index|past|offline|snapshot",
//  "since" | "completed" (index), "age_seconds" (index, also one that is followed from), "at"
//  (past), "follow_seconds"}, "cache": {…}, "counters": {…}, "estimate"}. Times are RFC 3339 in
//  UTC. "since": when the snapshot was begun.
std::string StatusJson(const MountStatus& status, const Counters& counters, absl::Time now);

}  // namespace annofs

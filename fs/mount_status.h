// What a mount tells of itself, at one moment: status.json, stats.json and the metrics are written
// from it, and from nothing else. Values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/readings.h"
#include "cache/block_cache.h"
#include "cache/catalog.h"
#include "cache/store/prices.h"
#include "fs/daily_cap.h"
#include "fs/dataset_build.h"

namespace annofs {

struct FollowStatus {
  absl::Time refreshed = absl::InfinitePast();  // the last time that worked
  absl::Time failed = absl::InfinitePast();     // the last time that did not
  std::string error;                            // of the last time; "" if that worked
};

struct DatasetsStatus {
  size_t found = 0, open = 0;
  struct Building {
    std::string name;
    BuildProgress progress;
  };
  std::vector<Building> building;
};

// Bytes. How much of each share is taken is told by the gauges "memory.SHARE".
struct MemoryStatus {
  uint64_t limit = 0;     // --memory
  uint64_t fetches = 0;   // its shares: see MemoryShares
  uint64_t answers = 0;   //
  uint64_t resident = 0;  // anonymous memory of the process; 0: not known
};

struct MountStatus {
  std::string source;
  SnapshotInfo snapshot;
  std::optional<SnapshotInfo> index;  // shown, or followed from
  CatalogOptions::Names names = CatalogOptions::Names::kFresh;
  absl::Duration follow;  // 0: frozen
  FollowStatus followed;
  BlockCacheInfo blocks;
  MemoryStatus memory;
  int connections = 0;  // requests at once; 0: not known
  DatasetsStatus datasets;
  Readings readings;
  std::optional<Estimate> estimate;
  std::optional<DailySpend> daily;
  std::string mountpoint;  // "": none
  std::string log_file;    // "": standard error
  std::string metrics;     // "127.0.0.1:9464", where they are served; "": nowhere
  absl::Time started = absl::InfinitePast();

  // Of blocks, as readers met them; nothing before the first read.
  std::optional<double> HitRatio() const;
  // What was fetched and waits to be written to the cache.
  uint64_t UnwrittenBytes() const;
};

// The kinds of calls that a cap of the account stops, each on its own.
inline constexpr absl::string_view kCappedKinds[] = {"list", "get"};

// A cap of the account is reached: since then calls of that kind are refused.
struct CapStop {
  absl::Time refused;  // the last one
  absl::Time lifted;   // 00:00 UTC after that; earlier if somebody raises the cap
};
// Nothing where none was refused, one has succeeded since, or that day is over.
std::optional<CapStop> CapOf(const MountStatus& status, absl::string_view kind, absl::Time now);

// RssAnon of /proc/self/status; 0: not known.
uint64_t ResidentAnonymousBytes();

}  // namespace annofs

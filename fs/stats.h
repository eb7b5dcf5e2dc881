// .annofs/stats.json: what a mount was asked, what it has asked of its store, how long that took,
// and what that costs. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "cache/base/json.h"
#include "cache/base/readings.h"
#include "cache/store/prices.h"
#include "fs/mount_status.h"

namespace annofs {

// Hits and misses are of blocks, as readers met them.
// {"transactions": {"a", "b", "c"}, "bytes", "requests": {"list", "get", …}, "errors",
//  "cache": {"hits", "misses"},
//  "http": {"requests": {"get", …}, "answers": {"200", …}, "no_answer", "throttled", "retries"},
//  "operations": {"read", …}, "waited", "read_bytes", "errors_by_errno": {"EIO", …},
//  "latency": {"fuse": {"read": {"count", "mean", "p50", "p90", "p99"}, …}, "store", "http"},
//  and "memory", "queues", "datasets", "capped", "daily", "estimate" as in status.json}
// Times of "latency" are seconds; quantiles are estimates (HistogramNumbers::Quantile).
std::string StatsJson(const MountStatus& status, absl::Time now);

// The member "latency" of the object that is open.
void WriteLatency(const Readings& readings, JsonWriter& json);
// The member "estimate" of the object that is open: {"currency", "amount", "table_date", "note"},
// or null where no price is known.
void WriteEstimate(const std::optional<Estimate>& estimate, JsonWriter& json);

}  // namespace annofs

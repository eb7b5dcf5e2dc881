// .annofs/stats.json: what a mount has asked of its store, and what that costs. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "cache/base/counters.h"
#include "cache/base/json.h"
#include "cache/store/prices.h"

namespace annofs {

// Hits and misses are of blocks, as readers met them.
// {"transactions": {"a", "b", "c"}, "bytes", "requests": {"list", "get", …}, "errors",
//  "cache": {"hits", "misses"}, "estimate"}
std::string StatsJson(const Counters& counters, const std::optional<Estimate>& estimate);

// The member "estimate" of the object that is open: {"currency", "amount", "table_date", "note"},
// or null where no price is known.
void WriteEstimate(const std::optional<Estimate>& estimate, JsonWriter& json);

}  // namespace annofs

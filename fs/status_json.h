// .annofs/status.json: what a mount shows, how it does, and what it has cost. Pure.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "cache/base/json.h"
#include "fs/mount_status.h"

namespace annofs {

// {"version", "source", "mountpoint", "log", "metrics", "started", "snapshot": N,
//  "names": {"kind": "lazy|index|past|offline|snapshot", "since" | "completed" (index),
//            "age_seconds" (index, also one that is followed from), "at" (past), "follow_seconds",
//            "refreshed", "refresh_failed", "refresh_error"},
//  "cache": {"bytes", "bound", "pinned", "hits", "misses", "hit_ratio", "writes", "dropped",
//            "damaged"},
//  "memory", "queues", "datasets", "errors_by_errno" (of requests of the kernel),
//  "latency" (fs/stats.h), "counters": {…}, "capped": {"list" | "get": {"refused", "lifted"}},
//  "daily", "estimate"}.
// Times are RFC 3339 in UTC. "since": when the snapshot was begun. What is not there is left out,
// or null.
std::string StatusJson(const MountStatus& status, absl::Time now);

// Members that stats.json has, too, of the object that is open.
// "memory": {"limit", "resident_anonymous", "fetches": {"limit", "used", "waiting"}, "answers"}
void WriteMemory(const MountStatus& status, JsonWriter& json);
// "queues": {"slow_waiting", "slow_running", "store_calls", "http_in_flight", "connections",
//  "fetches", "unwritten_bytes"}
void WriteQueues(const MountStatus& status, JsonWriter& json);
// "datasets": {"found", "open", "building": [{"name", "doing", "source_bytes", "source_size",
//  "frames", "annotations"}]}
void WriteDatasets(const MountStatus& status, JsonWriter& json);
// "errors_by_errno": {"EIO": N}
void WriteErrors(const MountStatus& status, JsonWriter& json);
// "capped", "daily" and "estimate".
void WriteCosts(const MountStatus& status, absl::Time now, JsonWriter& json);

}  // namespace annofs

// Named counters of one process: requests by kind, bytes, hits. Thread safe; a counter, once made,
// lives as long as its set and is bumped without a lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace annofs {

class Counter {
 public:
  void Add(uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

class Counters {
 public:
  // The counter of that name, made at first use. Names are dotted: "store.requests.list".
  Counter& Get(absl::string_view name);
  // 0 where there is none of that name.
  uint64_t ValueOf(absl::string_view name) const;
  // All, sorted by name.
  std::vector<std::pair<std::string, uint64_t>> Snapshot() const;

 private:
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::unique_ptr<Counter>> counters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs

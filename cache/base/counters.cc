#include "cache/base/counters.h"

#include <algorithm>

namespace annofs {

Counter& Counters::Get(absl::string_view name) {
  absl::MutexLock lock(&mutex_);
  std::unique_ptr<Counter>& counter = counters_[name];
  if (counter == nullptr) counter = std::make_unique<Counter>();
  return *counter;
}

std::vector<std::pair<std::string, uint64_t>> Counters::Snapshot() const {
  std::vector<std::pair<std::string, uint64_t>> all;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [name, counter] : counters_) all.emplace_back(name, counter->value());
  }
  std::sort(all.begin(), all.end());
  return all;
}

uint64_t Counters::ValueOf(absl::string_view name) const {
  absl::MutexLock lock(&mutex_);
  const auto found = counters_.find(name);
  return found == counters_.end() ? 0 : found->second->value();
}

}  // namespace annofs

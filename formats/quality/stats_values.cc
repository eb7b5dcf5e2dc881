#include "formats/quality/stats_values.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/utf8.h"

namespace annofs {
namespace {

// Another text than any that is short enough: it is longer.
std::string LongKey(absl::string_view value) {
  return absl::StrCat(Utf8Prefix(value, ValueCounts::kMaxBytes - 3), "…",
                      absl::Hex(Hash64(value), absl::kZeroPad16));
}

}  // namespace

void ValueCounts::Add(absl::string_view value, ValueRoom& room, uint64_t times) {
  if (value.size() <= kMaxBytes) {
    AddKey(value, room, times);
  } else {
    AddKey(LongKey(value), room, times);
  }
}

void ValueCounts::AddKey(absl::string_view key, ValueRoom& room, uint64_t times) {
  total_ += times;
  if (auto found = values_.find(key); found != values_.end()) {
    found->second += times;
  } else if (values_.size() < kMaxValues && room.values > 0) {
    --room.values;
    values_.emplace(key, times);
  } else {
    uncounted_ += times;
  }
}

void ValueCounts::AddAll(const ValueCounts& other, ValueRoom& room) {
  for (const auto& [key, count] : other.values_) AddKey(key, room, count);
  total_ += other.uncounted_;
  uncounted_ += other.uncounted_;
}

ValueCounts::Top ValueCounts::MostFrequent(size_t number) const {
  std::vector<const std::pair<const std::string, uint64_t>*> order;
  order.reserve(values_.size());
  for (const auto& value : values_) order.push_back(&value);
  const size_t shown = std::min(number, order.size());
  std::partial_sort(order.begin(), order.begin() + ptrdiff_t(shown), order.end(),
                    [](const auto* a, const auto* b) {
                      if (a->second != b->second) return a->second > b->second;
                      return a->first < b->first;
                    });
  Top top{.others = total_};
  for (size_t i = 0; i < shown; ++i) {
    top.values.push_back({order[i]->first, order[i]->second});
    top.others -= order[i]->second;
  }
  return top;
}

void NumberCounts::AddAll(const NumberCounts& other) {
  for (const auto& [number, times] : other.counts_) counts_[number] += times;
}

uint64_t NumberCounts::total() const {
  uint64_t total = 0;
  for (const auto& [number, times] : counts_) total += times;
  return total;
}

double NumberCounts::Mean() const {
  const uint64_t all = total();
  if (all == 0) return 0;
  double sum = 0;
  for (const auto& [number, times] : counts_) sum += double(number) * double(times);
  return sum / double(all);
}

uint64_t NumberCounts::Median() const {
  const uint64_t all = total();
  uint64_t seen = 0;
  for (const auto& [number, times] : counts_) {
    seen += times;
    if (2 * seen >= all) return number;
  }
  return 0;
}

}  // namespace annofs

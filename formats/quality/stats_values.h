// How often each of many texts occurs, in bounded memory. Not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace annofs {

// Different texts that several ValueCounts may still take up together.
struct ValueRoom {
  size_t values = 262144;
};

// The first different texts are counted each for itself; what comes when they are too many, or when
// there is no room, is counted together. A text of more than kMaxBytes is told from others by a
// hash, and shown cut.
class ValueCounts {
 public:
  static constexpr size_t kMaxValues = 65536;
  static constexpr size_t kMaxBytes = 255;

  void Add(absl::string_view value, ValueRoom& room, uint64_t times = 1);
  void AddAll(const ValueCounts& other, ValueRoom& room);

  uint64_t total() const { return total_; }
  size_t different() const { return values_.size(); }
  // How often others occurred than those that are counted.
  uint64_t uncounted() const { return uncounted_; }

  struct Value {
    std::string text;
    uint64_t count = 0;
    friend bool operator==(const Value&, const Value&) = default;
  };
  // The most frequent ones, of equal counts in byte order; all others, counted or not, together.
  struct Top {
    std::vector<Value> values;
    uint64_t others = 0;
  };
  Top MostFrequent(size_t number) const;

 private:
  void AddKey(absl::string_view key, ValueRoom& room, uint64_t times);

  absl::flat_hash_map<std::string, uint64_t> values_;
  uint64_t total_ = 0;
  uint64_t uncounted_ = 0;
};

// How often each number occurs: objects on a frame, frames of a track. So many different ones make
// a sum of half their square, which bounds the map.
class NumberCounts {
 public:
  void Add(uint64_t number, uint64_t times = 1) { counts_[number] += times; }
  void AddAll(const NumberCounts& other);

  const std::map<uint64_t, uint64_t>& counts() const { return counts_; }
  uint64_t total() const;  // numbers
  double Mean() const;     // 0 of none; so the others
  uint64_t Median() const;
  uint64_t Largest() const { return counts_.empty() ? 0 : counts_.rbegin()->first; }

 private:
  std::map<uint64_t, uint64_t> counts_;
};

}  // namespace annofs

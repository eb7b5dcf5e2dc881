// A set of rows in little memory: a bit for each row near one that is in it; 10 million rows of one
// bucket are about 1.3 MiB. Not thread safe.
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"

namespace annofs {

class RowSet {
 public:
  // False if it was in the set.
  bool Insert(uint64_t row) {
    std::unique_ptr<Part>& part = parts_[row / kPartRows];
    if (part == nullptr) part = std::make_unique<Part>();
    const bool is_new = !part->test(row % kPartRows);
    part->set(row % kPartRows);
    return is_new;
  }
  // In no order.
  void ForEach(absl::FunctionRef<void(uint64_t row)> fn) const {
    for (const auto& [number, part] : parts_) {
      for (size_t i = 0; i < kPartRows; ++i) {
        if (part->test(i)) fn(number * kPartRows + i);
      }
    }
  }

 private:
  static constexpr uint64_t kPartRows = 4096;
  using Part = std::bitset<kPartRows>;
  absl::flat_hash_map<uint64_t, std::unique_ptr<Part>> parts_;
};

}  // namespace annofs

// Names of frames that training tools break on (reference/training-tools.md §1). Where views make
// names safe (all trees for trainers, unless the dataset keeps its own), these matter for
// by-frame/, cvat/, and the bucket itself. Not thread safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "tools/doctor/report.h"

namespace annofs::doctor {

// What may be wrong with a name by itself.
enum class NameTrouble : uint8_t {
  kSpace,
  kDotInStem,
  kBracket,
  kPercent,
  kShell,
  kNotAscii,
  kLeadingDash,
  kUpperExtension,
  kImagesTwice,
};
inline constexpr size_t kNameTroubles = 9;

// As bits, by the enumeration's order. `name`: a path with '/'.
uint32_t TroublesOf(absl::string_view name);

class NameChecks {
 public:
  // Names of one `dataset` are compared with each other.
  void Add(uint64_t dataset, absl::string_view name);
  // `of`: how many there are in all.
  AreaReport Take(uint64_t of);

 private:
  struct Kind {
    uint64_t count = 0;
    std::vector<std::string> some;
  };
  static void Count(absl::string_view name, Kind& kind);

  uint64_t looked_at_ = 0;
  std::array<Kind, kNameTroubles> troubles_;
  Kind same_but_case_;
  // Hashes: names may be long, and there are many.
  absl::flat_hash_map<size_t, size_t> by_lower_case_;
};

}  // namespace annofs::doctor

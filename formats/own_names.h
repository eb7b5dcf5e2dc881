// Names that a frame's content makes (Layout::Named): which frames keep theirs, what the others get
// instead, and who is meant by a name. Of equal names in a family that of the least rank is kept,
// of those that the directory declares (places, single files) none; the others get `-` and 8 hex
// digits, the rank, before their extension: 16 where that is another's name. Families of one
// directory are not told apart: their writer gives them other endings.
//
// Equal names are told by hashes of 64 bits: names that share one get a suffix that they would not
// need, and are unique all the same.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/layout.h"

namespace annofs {

// How the families of one layout are divided; what DivideOwnNames() gave for each. Thread safe.
class OwnNames {
 public:
  virtual ~OwnNames() = default;
  // The frames that keep a name with that Hash64(), and maybe others.
  virtual absl::StatusOr<std::vector<Rank>> Keepers(uint32_t family, uint64_t hash) const = 0;
  // Those that do not keep theirs.
  virtual absl::StatusOr<RankSet> Renamed(uint32_t family) const = 0;
};

// REQUIRES of all: the family is of style kOwn, the frame is of the family.

// The name of a frame's file, unique in its family. No pass over the frames.
absl::StatusOr<std::string> OwnNameOf(const Layout& layout, const Dataset& data,
                                      const OwnNames& names, uint32_t family, Rank rank);
// The frame whose file is called so. No pass over the frames.
absl::StatusOr<std::optional<Rank>> FindOwnName(const Layout& layout, const Dataset& data,
                                                const OwnNames& names, uint32_t family,
                                                absl::string_view name);

// Names that are held in memory at once, 16 bytes each.
inline constexpr size_t kMostNamesAtOnce = 1 << 22;

// Gives every frame that keeps its name with the name's Hash64(), by ascending hash, and answers
// the others. Goes over the family's frames once for each `at_once` of them.
absl::StatusOr<RankSet> DivideOwnNames(
    const Layout& layout, const Dataset& data, uint32_t family,
    absl::FunctionRef<absl::Status(uint64_t hash, Rank rank)> keeper,
    size_t at_once = kMostNamesAtOnce);

// In memory, 16 bytes a frame, made at the first question about a family: for tests, and for
// layouts without such families. All given outlive it.
std::unique_ptr<OwnNames> NewMemoryOwnNames(const Layout& layout, const Dataset& data);

}  // namespace annofs

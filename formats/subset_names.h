// Names of frames as CVAT's exports of projects have them (reference/cvat.md §9.2): unique in their
// subset, while FrameNames are unique in the dataset. Of frames of one name the first of a subset,
// in CVAT's order, keeps it, the next are called name_1, name_2 … before the extension. What
// FrameNames call them stays where that is taken, where a name is not safe as it is, has an
// extension that images rarely have, or is shared by more than kMaxEqualNames frames. Pure, thread
// safe. Frames whose path is their name cost nothing; others some dozens of lookups.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs {

inline constexpr uint32_t kMaxEqualNames = 32;

// The path of the frame among those of its subset; nothing where `path`, FrameNames::path, is it.
absl::StatusOr<std::optional<std::string>> PathInSubset(const Dataset& data, Rank rank,
                                                        absl::string_view path);
// The names with that path. The stem is as it was.
absl::StatusOr<FrameNames> NamesInSubset(const Dataset& data, Rank rank, FrameNames names);

// All frames that have that path or sidecar in their subset and not in the dataset, and maybe
// others.
absl::StatusOr<std::vector<Rank>> FindPathInSubsets(const Dataset& data, absl::string_view path);
absl::StatusOr<std::vector<Rank>> FindSidecarInSubsets(const Dataset& data,
                                                       absl::string_view sidecar);

}  // namespace annofs

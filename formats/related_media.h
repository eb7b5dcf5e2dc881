// The context images of a frame, as exports number them (reference/cvat.md §9.4; Datumaro's
// converters of point clouds sort them by path). Pure, thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "formats/dataset.h"
#include "formats/layout.h"

namespace annofs {

// A rig has some ten cameras. Of a frame that has more, those behind so many are shown nowhere.
inline constexpr uint32_t kMostRelated = 64;

// The numbers in Frame::related of a frame's context images: in byte order of their names, each
// name once, at most kMostRelated.
std::vector<uint32_t> RelatedInOrder(const Frame& frame);
// True if some are left out there.
bool HasTooManyRelated(const Frame& frame);

// For each number that a frame of `frames` has a context image of: 0, 1, … and these frames.
absl::Status ForEachRelated(const Dataset& data, const RankSet& frames,
                            absl::FunctionRef<void(uint32_t number, RankSet frames)> fn);
// A frame's context image of that number among those found. kInternal: it has not so many.
absl::StatusOr<RelatedMedia> RelatedAt(const Dataset& data, Rank rank, uint32_t number);

// What is shown as a file of a family of media; nothing if the frame has none.
absl::StatusOr<std::optional<Media>> MediaOf(const Dataset& data, const Family& family, Rank rank);

}  // namespace annofs

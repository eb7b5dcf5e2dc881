// Flat names of images, where '/' becomes '_' (Datumaro 1.0): "a/b.jpg" and "a_b.jpg" share one.
// Which of several has it is told by looking other frames up, without a pass over them. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs {

// A path as one name.
std::string FlatName(absl::string_view path);

// The name that the image of a frame has in a family of flat names (Layout::Named) over `frames`:
// its FlatName(), or what it gets instead where an earlier rank of them has that already. `path`:
// Item::file_name. Paths that meet it are looked for in at most kMostFlatLookups directories.
inline constexpr int kMostFlatLookups = 256;
absl::StatusOr<std::string> FlatNameAmong(const Dataset& data, const RankSet& frames, Rank rank,
                                          absl::string_view path);

}  // namespace annofs

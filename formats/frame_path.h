// Where a frame's file stands in a described view; the other way round than formats/layout_walk.h
// finds it. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "formats/layout.h"
#include "formats/own_names.h"

namespace annofs {

// The path from the view's root of a family's file or directory of a frame. kNotFound: the family
// does not have the frame.
absl::StatusOr<std::string> FramePath(const Layout& layout, const Dataset& data,
                                      const OwnNames& names, uint32_t family, Rank rank);

}  // namespace annofs

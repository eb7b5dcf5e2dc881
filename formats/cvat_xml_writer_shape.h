// Shapes and tags as elements of a CVAT XML, each of a line break and its lines (reference/cvat.md
// §2.2, §3.1; CVAT: dump_as_cvat_annotation, dump_as_cvat_interpolation). All append; pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

// "" if the shape has the numbers that its type wants, else why it cannot be written.
absl::string_view WhyNotInCvatXml(const Shape& shape);

// A shape of an <image>, or a tag. REQUIRES of all: WhyNotInCvatXml() is "".
void AppendImageShape(const DatasetInfo& info, const Shape& shape, std::string& out);
void AppendImageTag(const DatasetInfo& info, const Shape& tag, std::string& out);

// A shape of a <track> on the frame with that number; its elements: those that are keyframes or
// not outside. A skeleton without any is nothing.
void AppendTrackShape(const DatasetInfo& info, const Shape& shape, uint64_t frame,
                      std::string& out);

// What CVAT makes of a shape that is of no track: the shape of a track, a keyframe (as are its
// elements), or the one that is outside behind it.
enum class StaticPart { kShape, kEnd };
void AppendStaticShape(const DatasetInfo& info, const Shape& shape, StaticPart part, uint64_t frame,
                       std::string& out);

}  // namespace annofs

// Which names are of media that CVAT takes as frames: images and point clouds. Pure.
#pragma once

#include "absl/strings/string_view.h"

namespace annofs {

// By its extension, whatever its case.
bool IsMediaName(absl::string_view name);

// "a/b.tar.jpg" -> "a/b.tar"; a name that is not of media stays as it is.
absl::string_view MediaStem(absl::string_view name);

// A frame's name that stands for an image of any extension: it has none of an image's (YOLO, images
// of a video), or is CVAT's own name for a frame of a video, "frame_000012.PNG" (reference/cvat.md
// §13.7).
bool MayHaveAnyExtension(absl::string_view frame_name);

}  // namespace annofs

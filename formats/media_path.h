// What a frame's image is called, in trees and in the texts that name it. Frames of a video and of
// YOLO have names without an extension: their images are shown with that of the bucket's object.
// Pure, thread safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs {

// FrameNames::path where it ends as images do (formats/media_names.h). Else the path with the
// extension of the frame's media, or of a video's frame that has none: ".PNG", as CVAT calls it. As
// it is where nothing tells, or where a frame or a directory is called so: every frame's is unique.
absl::StatusOr<std::string> MediaPath(const Dataset& data, Rank rank, const FrameNames& names);
// The same where the frame is at hand.
absl::StatusOr<std::string> MediaPath(const Dataset& data, Rank rank, const Frame& frame,
                                      const FrameNames& names);

// The flat file name: the stem and, where `path`, the media's, ends in a plain extension (at most
// 16 ASCII letters and digits), that extension, unless the stem has it already: one with dots does,
// where the extension is none of media (StemStyle::kOriginal). Unique as the stems are.
std::string MediaName(const FrameNames& names, absl::string_view path);

}  // namespace annofs

// Which names views give to the files of a frame, told by the name alone: "a.txt", "gt_a.txt",
// "a_gtFine_color.png", "a_mask_3.png" … are of a frame "a.jpg". A directory of frames that is
// called so may meet them. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

// ".json" and ".tsv": of every frame, in the people's views.
bool LooksLikeSidecar(absl::string_view name);
// Those, ".txt" and ".xml": what views put beside images. No image is called so.
bool LooksLikeText(absl::string_view name);
// Any other file that a view makes for a frame, or an image whose name a view changes.
bool LooksLikeViewFile(absl::string_view name);
// What stands for the frame in such a name (FrameNames::sidecar() without its directory): all that
// it may be, a few texts.
std::vector<std::string> FramesOfViewFile(absl::string_view name);

}  // namespace annofs

// The markers of a JPEG up to its frame header. Pure; never reads outside of what it is given.
#pragma once

#include "absl/strings/string_view.h"
#include "formats/image_header.h"

namespace annofs {

// REQUIRES: `head` starts with the two bytes of SOI. As ProbeImage().
ImageProbe ProbeJpeg(absl::string_view head);

}  // namespace annofs

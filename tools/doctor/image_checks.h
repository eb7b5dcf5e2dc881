// Images that trainers drop or see otherwise than the annotations do: what their first and last
// bytes say (reference/training-tools.md §1.1, §1.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "formats/image_header.h"
#include "formats/model.h"
#include "tools/doctor/report.h"

namespace annofs::doctor {

struct ImageFacts {
  Frame frame;
  absl::Status read;     // why its bytes could not be had
  bool is_jpeg = false;  // it begins as one
  bool has_end = true;   // its last two bytes are FF D9
  std::optional<ImageHeader> header;
};

// What the head and the end of its bytes say. `read`: see ReadImageHeader().
ImageFacts LookAtImage(Frame frame, uint64_t size, ImageBytes read);

AreaReport CheckImages(const std::vector<ImageFacts>& images, uint64_t of);

// At most `most` numbers below `count`, ascending: the first quarter of them are 0, 1, 2, …, the
// others lie evenly in the rest, the last one among them.
std::vector<uint32_t> SampleOf(uint32_t count, uint32_t most);

}  // namespace annofs::doctor

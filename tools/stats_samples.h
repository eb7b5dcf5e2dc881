// Collects the frames that a report's page shows, with their images.
#pragma once

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "fs/filesystem.h"
#include "tools/stats_report.h"

namespace annofs {

inline constexpr size_t kMaxSamples = 24;           // frames of a page
inline constexpr size_t kMaxSampleImages = 12;      // of these, with their image
inline constexpr uint64_t kMaxImageBytes = 300000;  // of one image: larger ones are left out

// "image/jpeg", "image/png", "image/webp": what all browsers show, told by its first bytes. Empty:
// anything else.
absl::string_view MimeOf(absl::string_view image);

// Reads an image of the dataset; the reason where it cannot.
using ImageReader = absl::FunctionRef<absl::StatusOr<std::string>(const FrameNames&)>;

// At most `frames` of the dataset (ChooseSamples), those with an image first, of which there are at
// most `images`. An image that cannot be read is said to be so, and no error.
absl::StatusOr<std::vector<SampleFrame>> CollectSamples(const Dataset& data, size_t frames,
                                                        size_t images, ImageReader read);

// Reads the image of a frame through the dataset's views ("views/street"), or from the bucket where
// those do not show it.
absl::StatusOr<std::string> ReadSampleImage(Filesystem& tree, absl::string_view views,
                                            const Dataset& data, const FrameNames& names,
                                            const CallContext& context);

}  // namespace annofs

// Frames between two shapes of a track of a CVAT XML (reference/cvat.md §3.1): deleted ones where
// the file has the shapes between keyframes, all of them; to be filled where it has keyframes only,
// as other tools write it. Which of both it is shows at the first shape that is no keyframe,
// wherever in the file that stands: gaps wait for it. Not thread safe.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "formats/cvat_xml_video_frames.h"
#include "formats/reader.h"

namespace annofs {

// From one shape of the file to the next, in another than the frame behind.
struct CvatXmlGap {
  CvatXmlVideoFrames* frames = nullptr;
  int32_t track = 0;
  int64_t from = 0, until = 0;  // the frames of the shapes; `left` is visible
  Shape left, right;
};

class CvatXmlGaps {
 public:
  explicit CvatXmlGaps(DatasetSink& sink) : sink_(sink) {}

  // A shape that is no keyframe was seen.
  absl::Status SetDense();
  // What waits is bounded: a file that has nothing but keyframes for so long has no others.
  absl::Status Add(CvatXmlGap gap);
  // At the end of the file; before its frames are finished.
  absl::Status Finish();

 private:
  absl::Status FillAll();
  absl::Status Fill(const CvatXmlGap& gap);

  DatasetSink& sink_;
  bool is_dense_ = false, is_known_ = false;
  std::vector<CvatXmlGap> waiting_;
  uint64_t waiting_bytes_ = 0;
};

}  // namespace annofs

// The frames of one task of a file of tracks (reference/cvat.md §3). Such a file lists no frames:
// all of <meta>'s range are frames of the dataset, and where it says none, those that occur and
// what lies between. Frames are called by the numbers of the file here, and named so, as CVAT names
// their images. Not thread safe.
//
// What a deleted frame is the file does not say either (§3.1), but it shows: where a file has the
// shapes between keyframes, a frame without one inside a track was left out by CVAT.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "formats/cvat_xml_media.h"
#include "formats/cvat_xml_tasks.h"
#include "formats/numbered_frames.h"
#include "formats/reader.h"

namespace annofs {

class CvatXmlVideoFrames {
 public:
  // All outlive this. `source`: of the problems. `range_left`: of kMaxNumberedFrames, what the
  // ranges of all tasks of the file may have; where <meta> claims more, the frames that occur are
  // shown.
  CvatXmlVideoFrames(CvatXmlTasks& tasks, uint32_t task, const CvatXmlMedia& media,
                     std::string source, DatasetSink& sink, uint64_t& range_left);

  // Frames are step() apart; divided by it they all leave phase().
  int64_t step() const { return step_; }
  int64_t phase() const;
  bool Has(int64_t frame) const { return tasks_.NumberOf(task_, frame).has_value(); }
  // The last one of the range; -1 if the file does not say.
  int64_t last() const;
  static std::string NameOf(int64_t frame);

  // Of all: REQUIRES: Has(frame).
  bool IsAdded(int64_t frame) const { return IndexOrNone(frame) != kNone; }
  // Its index in the sink; added there at its first use.
  absl::StatusOr<uint32_t> IndexOf(int64_t frame);
  // A keyframe on which a track is outside, for the sink. It adds no frame: CVAT ends what is no
  // track on the frame behind it (reference/cvat.md §3.1), which may be a deleted one. It waits for
  // the frame, and is gone if there is none in the end.
  absl::Status AddOutside(int64_t frame, Shape shape);
  // A track is visible around these and has no shape on them: deleted, if no other track has one.
  void PassOver(int64_t first, int64_t last);

  // Adds the frames that no shape is on, if the range is not too long. `range_left`: as of the
  // constructor, for one that <meta> does not give.
  absl::Status Finish(uint64_t& range_left);

 private:
  static constexpr uint32_t kNone = 0xffffffff;
  uint32_t IndexOrNone(int64_t frame) const;
  void Remember(int64_t frame, uint32_t index);
  absl::Status PushWaiting(int64_t frame, uint32_t index);
  absl::Status AddRange(int64_t first, int64_t last);
  std::vector<std::pair<int64_t, int64_t>> PassedOver() const;
  bool TakeRange(int64_t first, int64_t last, uint64_t& left) const;
  void Report(int64_t frame, std::string reason);

  CvatXmlTasks& tasks_;
  const uint32_t task_;
  const CvatXmlMedia& media_;
  const std::string source_;
  DatasetSink& sink_;
  const int64_t step_;
  const int64_t first_;   // of the range
  const bool is_listed_;  // the range is known, and not too long for what is left
  uint64_t added_ = 0;
  // Where the range is listed by step from first_ on, up to the last one added: tracks go through
  // it in order, and a table of hashes would miss the processor's cache on every shape.
  std::vector<uint32_t> listed_;
  absl::flat_hash_map<int64_t, uint32_t> others_;
  absl::flat_hash_set<std::pair<int64_t, int64_t>> passed_over_;
  absl::flat_hash_map<int64_t, std::vector<Shape>> waiting_;  // outside, by frame
  uint64_t waiting_bytes_ = 0;
};

}  // namespace annofs

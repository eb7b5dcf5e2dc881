// One <track> of a CVAT XML, shape by shape into the sink (reference/cvat.md §3). The shapes of
// the file are what counts; frames between two of them, the first one visible, are filled as CVAT
// would (§4), since other tools write keyframes only. Behind the last shape nothing is added.
// Holds one shape at a time, and what a check of the span since the last keyframe needs. Not thread
// safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "formats/cvat_xml_gap.h"
#include "formats/cvat_xml_nested_track.h"
#include "formats/cvat_xml_span.h"
#include "formats/cvat_xml_video_frames.h"
#include "formats/problem_tally.h"
#include "formats/reader.h"

namespace annofs {

// What the tracks of a file share.
struct CvatXmlTracks {
  explicit CvatXmlTracks(DatasetSink& sink) : gaps(sink) {}

  CvatXmlGaps gaps;
  // What may be shown beyond the file's own shapes: a few bytes of text can stand for a shape on
  // every frame.
  uint64_t bytes_left = uint64_t{8} << 30;
  ProblemTally too_much;
};

class CvatXmlTrack {
 public:
  struct Info {
    int32_t number = 0;  // in its task, in the file's order
    uint32_t label = 0;
    int32_t group = 0;
    std::string source;
    Problem where;  // of the <track>
  };

  // All but `info` outlive this.
  CvatXmlTrack(Info info, CvatXmlTracks& tracks, CvatXmlVideoFrames& frames, DatasetSink& sink);

  const Info& info() const { return info_; }
  // The next shape of the file; `line`: its place.
  absl::Status Add(int64_t frame, Shape shape, uint64_t line);
  // The element of a skeleton of old files, which has a track of its own inside.
  void StartNested(uint32_t label);
  void AddNested(int64_t frame, Shape shape, uint64_t line);
  absl::Status Finish();

 private:
  // The element of a skeleton with that label.
  struct Element {
    uint32_t label = 0;
    std::optional<Shape> outside;  // it is outside since then: not written again until it is back
    CvatXmlSpanCheck check;
  };

  bool Takes(int64_t frame, const Shape& shape, uint64_t line);
  void LeaveOut(ProblemTally& tally, uint64_t line, absl::string_view reason) const;
  void Complete(Shape& shape) const;
  void CheckElements(int64_t frame, Shape& shape);
  Element* FindElement(uint32_t label);
  absl::Status Fill(int64_t until, const Shape& next);
  absl::Status Push(int64_t frame, Shape shape);
  bool Charge(uint64_t bytes);
  absl::Status FinishNested();
  void ReportDifferences();
  int64_t Steps(int64_t frame) const { return frame / frames_.step(); }

  const Info info_;
  CvatXmlTracks& tracks_;
  CvatXmlVideoFrames& frames_;
  DatasetSink& sink_;
  const int64_t last_step_;    // of the task's frames; -1 if not known
  int64_t frame_ = -1;         // of last_
  std::optional<Shape> last_;  // not yet in the sink
  CvatXmlSpanCheck check_;
  std::vector<Element> elements_;
  std::unique_ptr<CvatXmlNestedTrack> nested_;
  ProblemTally out_of_range_, backwards_, other_type_, too_long_;
};

}  // namespace annofs

// The tags, shapes and tracks of one task or job of CVAT's server, pushed to the sink (reference/
// cvat.md §6). Those of a task are merged already (§4.6). Not thread safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "cache/base/json.h"
#include "formats/interpolation.h"
#include "formats/json_shapes.h"
#include "formats/left_out_count.h"
#include "formats/rest_frames.h"
#include "formats/rest_task.h"
#include "formats/shape_budget.h"

namespace annofs {

class RestObjects {
 public:
  // `source` and `place` ("" or "task 12 ") are what problems name. All outlive it.
  RestObjects(std::string source, std::string place, JsonNames& names, const RestTask& task,
              const RestMeta& meta, const RestFrames& frames, ShapeBudget& budget,
              DatasetSink& sink);

  // `list`: "tags", "shapes" or "tracks"; `index`: the item's number in it. What is wrong with an
  // item becomes a problem; an error is the sink's, or the tracks fill too much.
  absl::Status Read(absl::string_view list, absl::string_view index, JsonValue item);
  // After the last item.
  void Finish();

 private:
  absl::Status Push(FramedShape framed);
  absl::Status ReadTrack(JsonValue item);
  absl::Status PushTracked(int64_t frame, int32_t number, Shape shape);
  void Report(std::string reason);
  void ReportLeftOut(const absl::Status& status);

  const std::string source_, place_;
  const RestFrames& frames_;
  ShapeBudget& budget_;
  DatasetSink& sink_;
  JsonShapes shapes_;
  LeftOutCount left_out_;
  TrackFrames track_frames_;
  Problem where_;  // of the present item
  int32_t tracks_ = 0;
  uint64_t without_frame_ = 0;  // of an incomplete list of frames
  Problem first_without_frame_;
};

}  // namespace annofs

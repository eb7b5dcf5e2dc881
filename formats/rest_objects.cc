#include "formats/rest_objects.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"

namespace annofs {

RestObjects::RestObjects(std::string source, std::string place, JsonNames& names,
                         const RestTask& task, const RestMeta& meta, const RestFrames& frames,
                         ShapeBudget& budget, DatasetSink& sink)
    : source_(std::move(source)),
      place_(std::move(place)),
      frames_(frames),
      budget_(budget),
      sink_(sink),
      shapes_(names, sink),
      left_out_(meta.deleted),
      track_frames_{.end = frames.end(), .left_out = meta.deleted, .is_3d = task.task.is_3d} {}

void RestObjects::Report(std::string reason) {
  Problem problem = where_;
  problem.reason = std::move(reason);
  sink_.AddProblem(std::move(problem));
}

absl::Status RestObjects::Read(absl::string_view list, absl::string_view index, JsonValue item) {
  const absl::string_view kind = list == "tags" ? "tag" : list == "shapes" ? "shape" : "track";
  where_ = {.source = source_, .position = absl::StrCat(place_, kind, " ", index)};
  shapes_.SetWhere(where_);
  if (kind == "track") return ReadTrack(item);
  absl::StatusOr<FramedShape> framed =
      kind == "tag" ? shapes_.ParseTag(item) : shapes_.ParseShape(item);
  if (framed.ok()) return Push(*std::move(framed));
  ReportLeftOut(framed.status());
  return absl::OkStatus();
}

// Labels that are missing altogether are counted by their list.
void RestObjects::ReportLeftOut(const absl::Status& status) {
  if (!absl::IsNotFound(status)) Report(absl::StrCat("left out: ", status.message()));
}

void RestObjects::Finish() {
  left_out_.Report({.source = source_, .position = std::string(absl::StripSuffix(place_, " "))},
                   sink_);
  if (without_frame_ == 0) return;
  first_without_frame_.reason =
      absl::StrCat("left out: its frame is not known; so are ", without_frame_, " in all");
  sink_.AddProblem(first_without_frame_);
}

absl::Status RestObjects::Push(FramedShape framed) {
  switch (frames_.StateOf(framed.frame)) {
    case RestFrames::State::kShown:
      return sink_.AddShape(frames_.NumberOf(framed.frame), std::move(framed.shape));
    case RestFrames::State::kLeftOut:
      left_out_.AddShape(framed.frame);
      return absl::OkStatus();
    case RestFrames::State::kUnknown:
      break;
  }
  if (frames_.is_incomplete()) {
    if (without_frame_++ == 0) first_without_frame_ = where_;
    return absl::OkStatus();
  }
  Report(absl::StrCat("left out: there is no frame ", framed.frame));
  return absl::OkStatus();
}

absl::Status RestObjects::ReadTrack(JsonValue item) {
  const int32_t number = tracks_++;  // §4.5: tracks that show nothing count too
  absl::StatusOr<Track> track = shapes_.ParseTrack(item);
  if (!track.ok()) {
    ReportLeftOut(track.status());
    return absl::OkStatus();
  }
  left_out_.AddKeyframesOf(*track);
  std::vector<std::string> problems;
  const absl::Status status = ResolveTrack(
      *std::move(track), track_frames_,
      [&](int64_t frame, Shape shape) { return PushTracked(frame, number, std::move(shape)); },
      problems);
  for (std::string& problem : problems) Report(std::move(problem));
  return status;
}

absl::Status RestObjects::PushTracked(int64_t frame, int32_t number, Shape shape) {
  if (frames_.StateOf(frame) != RestFrames::State::kShown) return absl::OkStatus();
  RETURN_IF_ERROR(budget_.Take(shape));
  shape.track = number;
  return sink_.AddShape(frames_.NumberOf(frame), std::move(shape));
}

}  // namespace annofs

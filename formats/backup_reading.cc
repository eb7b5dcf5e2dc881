#include "formats/backup_reading.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "formats/backup_frames.h"
#include "formats/backup_jobs.h"
#include "formats/content_error.h"
#include "formats/interpolation.h"
#include "formats/job_merge.h"
#include "formats/json_shapes.h"
#include "formats/left_out_count.h"

namespace annofs {
namespace {

constexpr absl::string_view kAnnotations = "annotations.json";

// What is special about the last frame of a task (§4.1) is not to be said of the last one known.
int64_t EndOf(const BackupFrames& frames) { return frames.size() + (frames.is_cut() ? 1 : 0); }

struct Place {
  enum class Kind { kTag, kShape, kTrack, kJob } kind = Kind::kTag;
  size_t job = 0, index = 0;
};

Place PlaceOf(const JsonItem& item) {
  Place place;
  place.kind = item.path.size() == 2      ? Place::Kind::kJob
               : item.path[1] == "tags"   ? Place::Kind::kTag
               : item.path[1] == "shapes" ? Place::Kind::kShape
                                          : Place::Kind::kTrack;
  // What is no number is not a list: such a text is no CVAT's.
  if (!absl::SimpleAtoi(item.path[0], &place.job)) place.job = SIZE_MAX;
  if (item.path.size() < 3 || !absl::SimpleAtoi(item.path[2], &place.index)) {
    place.index = SIZE_MAX;
  }
  return place;
}

class AnnotationReading {
 public:
  AnnotationReading(const BackupTask& task, const BackupFrames& frames, const BackupFolder& folder,
                    LabelTable& labels, DatasetSink& sink, uint64_t& tracked_bytes_left)
      : task_(task),
        frames_(frames),
        folder_(folder),
        sink_(sink),
        shapes_(labels, sink),
        tracked_bytes_left_(tracked_bytes_left),
        is_there_(task.jobs.size()),
        left_out_(task.deleted_frames),
        track_frames_(
            {.end = EndOf(frames), .left_out = task.deleted_frames, .is_3d = task.task.is_3d}),
        jobs_(task.TakenJobs()),
        merge_(Starts(), std::min(task.Overlap(), frames.size()), task.task.is_3d, MergeOutput()) {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(std::unique_ptr<ChunkSource> text, folder_.Open(kAnnotations));
    const std::vector<std::string> patterns = {"*/version", "*/tags/*", "*/shapes/*", "*/tracks/*"};
    const absl::Status status =
        StreamJson(*text, patterns, [this](const JsonItem& item) { return ReadItem(item); });
    if (!status.ok()) {
      if (!IsContentError(status)) return status;
      sink_.AddProblem(ContentProblem(folder_.PathOf(kAnnotations), status));
    }
    // What was read before a fault in the text is complete.
    while (merge_.left() > 0) RETURN_IF_ERROR(FinishJob());
    ReportNameless();
    left_out_.Report({.source = folder_.PathOf(kAnnotations)}, sink_);
    if (status.ok()) ReportMissingJobs();
    return absl::OkStatus();
  }

 private:
  std::vector<int64_t> Starts() const {
    std::vector<int64_t> starts;
    for (size_t job : jobs_) starts.push_back(task_.jobs[job].start);
    // A task without jobs is one.
    if (task_.jobs.empty()) starts.push_back(0);
    return starts;
  }

  JobMerge::Output MergeOutput() {
    return {.shape =
                [this](int64_t frame, Shape shape) {
                  return sink_.AddShape(frames_.NumberOf(frame), std::move(shape));
                },
            .track = [this](int32_t number,
                            JobTrack track) { return PushTrack(number, std::move(track)); },
            .problem =
                [this](std::string reason) {
                  sink_.AddProblem({.source = folder_.PathOf(kAnnotations),
                                    .position = absl::StrCat("job ", present_job()),
                                    .reason = std::move(reason)});
                }};
  }

  // Of the taken ones; 0 of a task without jobs.
  size_t present_job() const { return jobs_.empty() ? 0 : jobs_[present_]; }

  absl::Status FinishJob() {
    RETURN_IF_ERROR(merge_.FinishJob());
    if (present_ + 1 < jobs_.size()) ++present_;
    return absl::OkStatus();
  }

  Problem Where(const Place& place) const {
    constexpr std::array<absl::string_view, 3> kNames = {" tag ", " shape ", " track "};
    return {.source = folder_.PathOf(kAnnotations),
            .position = absl::StrCat("job ", place.job, kNames[size_t(place.kind)], place.index)};
  }

  void Report(const Place& place, std::string reason) {
    Problem problem = Where(place);
    problem.reason = std::move(reason);
    sink_.AddProblem(std::move(problem));
  }

  absl::Status ReadItem(const JsonItem& item) {
    const Place place = PlaceOf(item);
    if (place.job < is_there_.size()) is_there_[place.job] = true;
    if (place.kind == Place::Kind::kJob) return absl::OkStatus();
    if (!Takes(place)) return absl::OkStatus();
    while (!task_.jobs.empty() && present_job() < place.job) RETURN_IF_ERROR(FinishJob());
    shapes_.SetWhere(Where(place));
    if (!item.damage.empty()) Report(place, std::string(item.damage));
    if (!item.damage.empty() && item.value.is_null()) {  // nothing is left of it
      if (place.kind == Place::Kind::kTrack) merge_.SkipTrack();
      return absl::OkStatus();
    }
    if (place.kind == Place::Kind::kTrack) return ReadTrack(place, item.value);
    absl::StatusOr<FramedShape> framed = place.kind == Place::Kind::kTag
                                             ? shapes_.ParseTag(item.value)
                                             : shapes_.ParseShape(item.value);
    if (framed.ok()) return AddShape(place, *std::move(framed));
    Report(place, absl::StrCat("left out: ", framed.status().message()));
    return absl::OkStatus();
  }

  bool Takes(const Place& place) {
    if (task_.jobs.empty()) return true;
    if (place.job >= task_.jobs.size()) {
      if (unknown_jobs_.insert(place.job).second) {
        Report(place, "left out: task.json has no such job");
      }
      return false;
    }
    if (!task_.Takes(place.job)) return false;
    if (place.job >= present_job()) return true;
    Report(place, "left out: the jobs do not stand in their order");
    return false;
  }

  absl::Status AddShape(const Place& place, FramedShape framed) {
    switch (frames_.StateOf(framed.frame)) {
      case BackupFrames::State::kShown:
        return merge_.AddShape(framed.frame, std::move(framed.shape));
      case BackupFrames::State::kLeftOut:
        left_out_.AddShape(framed.frame);
        return absl::OkStatus();
      case BackupFrames::State::kUnknown:
        break;
    }
    if (frames_.is_cut() && framed.frame >= frames_.size()) {
      ++nameless_;
      return absl::OkStatus();
    }
    Report(place, absl::StrCat("left out: the task has no frame ", framed.frame));
    return absl::OkStatus();
  }

  // Each job has an object of its own, with a version at least (§5.1).
  void ReportMissingJobs() {
    const auto count = std::count(is_there_.begin(), is_there_.end(), true);
    if (size_t(count) == is_there_.size()) return;
    sink_.AddProblem({.severity = Problem::Severity::kError,
                      .source = folder_.PathOf(kAnnotations),
                      .reason = absl::StrCat("annotations.json has ", count, " of ",
                                             is_there_.size(), " jobs")});
  }

  void ReportNameless() {
    if (nameless_ == 0) return;
    sink_.AddProblem({.severity = Problem::Severity::kError,
                      .source = folder_.PathOf(kAnnotations),
                      .reason = absl::StrCat(nameless_,
                                             " annotations left out: nothing says the names of "
                                             "their frames, from frame ",
                                             frames_.size(), " on")});
  }

  absl::Status ReadTrack(const Place& place, JsonValue json) {
    absl::StatusOr<Track> track = shapes_.ParseTrack(json);
    if (track.ok()) {
      if (frames_.size() == 0) ++nameless_;
      left_out_.AddKeyframesOf(*track);
      return merge_.AddTrack({.job = place.job, .index = place.index, .track = *std::move(track)});
    }
    merge_.SkipTrack();
    Report(place, absl::StrCat("left out: ", track.status().message()));
    return absl::OkStatus();
  }

  absl::Status PushTrack(int32_t number, JobTrack track) {
    const Place place{.kind = Place::Kind::kTrack, .job = track.job, .index = track.index};
    if (is_full_) return absl::OkStatus();
    std::vector<std::string> problems;
    const absl::Status status = ResolveTrack(
        std::move(track.track), track_frames_,
        [&](int64_t frame, Shape shape) { return PushTracked(frame, number, std::move(shape)); },
        problems);
    for (std::string& problem : problems) Report(place, std::move(problem));
    if (!is_full_) return status;
    Report(place, absl::StrCat(
                      "left out, and all tracks behind it: the tracks of the backup fill too much "
                      "(more than ",
                      kMaxTrackedBytes >> 30, " GiB) on their frames"));
    return absl::OkStatus();
  }

  absl::Status PushTracked(int64_t frame, int32_t number, Shape shape) {
    if (frames_.StateOf(frame) != BackupFrames::State::kShown) return absl::OkStatus();
    const uint64_t bytes = BytesOf(shape);
    if (bytes > tracked_bytes_left_) {
      is_full_ = true;
      return absl::ResourceExhaustedError("too many tracked shapes");
    }
    tracked_bytes_left_ -= bytes;
    shape.track = number;
    return sink_.AddShape(frames_.NumberOf(frame), std::move(shape));
  }

  const BackupTask& task_;
  const BackupFrames& frames_;
  const BackupFolder& folder_;
  DatasetSink& sink_;
  JsonShapes shapes_;
  uint64_t& tracked_bytes_left_;
  std::set<size_t> unknown_jobs_;
  std::vector<bool> is_there_;  // by job: annotations.json has it
  uint64_t nameless_ = 0;       // annotations of frames without a name
  LeftOutCount left_out_;
  const TrackFrames track_frames_;
  bool is_full_ = false;
  const std::vector<size_t> jobs_;  // those that are taken
  size_t present_ = 0;              // of them
  JobMerge merge_;
};

}  // namespace

absl::Status ReadBackupTask(const BackupTask& task, uint32_t task_number,
                            const BackupFolder& folder, LabelTable& labels, DatasetSink& sink,
                            BackupBounds& left) {
  BackupFrames frames(task, task_number, folder, sink, left.numbered_frames);
  RETURN_IF_ERROR(frames.Read());
  RETURN_IF_ERROR(PushBackupJobs(task, task_number, frames, folder, sink));
  return AnnotationReading(task, frames, folder, labels, sink, left.tracked_bytes).Run();
}

}  // namespace annofs

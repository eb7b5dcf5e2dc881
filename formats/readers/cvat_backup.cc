// CVAT's task backups (reference/cvat.md §5): task.json, annotations.json and data/manifest.jsonl
// in a zip, with the media (full) or without (lightweight: they stay in the bucket).
#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "formats/backup_frames.h"
#include "formats/backup_task.h"
#include "formats/interpolation.h"
#include "formats/json_shapes.h"
#include "formats/label_table.h"
#include "formats/manifest.h"
#include "formats/reader.h"
#include "formats/track.h"
#include "formats/zip_directory.h"

namespace annofs {
namespace {

constexpr absl::string_view kTask = "task.json";
constexpr absl::string_view kProject = "project.json";
constexpr absl::string_view kAnnotations = "annotations.json";
constexpr absl::string_view kManifest = "data/manifest.jsonl";
constexpr uint64_t kMaxTaskBytes = uint64_t{64} << 20;
constexpr uint64_t kHeadBytes = 4;
// A few bytes of a track can stand for a shape on every frame.
constexpr uint64_t kMaxTrackedBytes = uint64_t{8} << 30;

uint64_t SizeInMemory(const Shape& shape) {
  uint64_t bytes = sizeof(Shape) + shape.points.size() * sizeof(double) +
                   shape.attributes.size() * sizeof(Attribute);
  for (const Shape& element : shape.elements) bytes += SizeInMemory(element);
  return bytes;
}

absl::StatusOr<bool> IsZip(Source& source) {
  ASSIGN_OR_RETURN(const std::string head,
                   source.Read(0, std::min<uint64_t>(source.size(), kHeadBytes)));
  return LooksLikeZip(source.name(), head);
}

absl::StatusOr<const ZipEntry*> Require(const ZipDirectory& zip, absl::string_view name) {
  const ZipEntry* entry = zip.Find(name);
  if (entry != nullptr) return entry;
  return absl::InvalidArgumentError(absl::StrCat("the backup has no ", name));
}

absl::StatusOr<JsonDocument> ReadJson(const ZipDirectory& zip, absl::string_view name) {
  ASSIGN_OR_RETURN(const ZipEntry* entry, Require(zip, name));
  absl::StatusOr<std::string> text = zip.ReadAll(*entry, kMaxTaskBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<JsonDocument> document = JsonDocument::Parse(*text);
  if (!document.ok()) return Annotate(document.status(), name);
  return document;
}

bool IsTaskBackup(const ZipDirectory& zip) {
  return zip.Find(kTask) != nullptr &&
         (zip.Find(kAnnotations) != nullptr || zip.Find(kManifest) != nullptr);
}

// Reads one backup into a sink.
class BackupReading {
 public:
  BackupReading(const ZipDirectory& zip, absl::string_view key, DatasetSink& sink)
      : zip_(zip), key_(key), sink_(sink), labels_(sink), shapes_(labels_, sink) {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(const JsonDocument document, ReadJson(zip_, kTask));
    if (!document.root().is_object()) return absl::InvalidArgumentError("task.json: no object");
    task_ = ParseBackupTask(document.root());
    frames_.emplace(task_, PathOf(kManifest), labels_, sink_);
    const absl::Status frames = ReadFrames();
    frames_->Finish();
    RETURN_IF_ERROR(frames);
    track_frames_ = {
        .end = frames_->size(), .left_out = task_.deleted_frames, .is_3d = frames_->is_3d()};
    ReportOverlaps();
    return ReadAnnotations();
  }

 private:
  enum class Kind { kTag, kShape, kTrack };
  struct Place {
    size_t job = 0;
    Kind kind = Kind::kTag;
    size_t index = 0;
  };

  std::string PathOf(absl::string_view entry) const { return absl::StrCat(key_, "!", entry); }

  absl::Status ReadFrames() {
    ASSIGN_OR_RETURN(const ZipEntry* entry, Require(zip_, kManifest));
    ASSIGN_OR_RETURN(std::unique_ptr<ChunkSource> text, zip_.Open(*entry));
    return Annotate(ReadManifest(*text, *frames_), kManifest);
  }

  absl::Status ReadAnnotations() {
    ASSIGN_OR_RETURN(const ZipEntry* entry, Require(zip_, kAnnotations));
    ASSIGN_OR_RETURN(std::unique_ptr<ChunkSource> text, zip_.Open(*entry));
    const std::vector<std::string> patterns = {"*/tags/*", "*/shapes/*", "*/tracks/*"};
    return Annotate(
        StreamJson(*text, patterns, [this](const JsonItem& item) { return ReadItem(item); }),
        kAnnotations);
  }

  static Place PlaceOf(const JsonItem& item) {
    Place place;
    place.kind = item.path[1] == "tags"     ? Kind::kTag
                 : item.path[1] == "shapes" ? Kind::kShape
                                            : Kind::kTrack;
    // What is no number is not a list: such a text is no CVAT's.
    if (!absl::SimpleAtoi(item.path[0], &place.job)) place.job = SIZE_MAX;
    if (!absl::SimpleAtoi(item.path[2], &place.index)) place.index = SIZE_MAX;
    return place;
  }

  Problem Where(const Place& place) const {
    constexpr std::array<absl::string_view, 3> kNames = {" tag ", " shape ", " track "};
    return {.source = PathOf(kAnnotations),
            .position = absl::StrCat("job ", place.job, kNames[size_t(place.kind)], place.index)};
  }

  absl::Status ReadItem(const JsonItem& item) {
    const Place place = PlaceOf(item);
    if (!Takes(place)) return absl::OkStatus();
    shapes_.SetWhere(Where(place));
    if (place.kind == Kind::kTrack) return ReadTrack(place, item.value);
    absl::StatusOr<FramedShape> framed =
        place.kind == Kind::kTag ? shapes_.ParseTag(item.value) : shapes_.ParseShape(item.value);
    if (framed.ok()) return Push(place, *std::move(framed));
    Report(place, absl::StrCat("left out: ", framed.status().message()));
    return absl::OkStatus();
  }

  bool Takes(const Place& place) {
    if (task_.Takes(place.job)) return true;
    const bool is_unknown = !task_.jobs.empty() && place.job >= task_.jobs.size();
    if (is_unknown && unknown_jobs_.insert(place.job).second) {
      Report(place, "left out: task.json has no such job");
    }
    return false;
  }

  void Report(const Place& place, std::string reason) {
    Problem problem = Where(place);
    problem.reason = std::move(reason);
    sink_.AddProblem(std::move(problem));
  }

  absl::Status Push(const Place& place, FramedShape framed) {
    switch (frames_->StateOf(framed.frame)) {
      case BackupFrames::State::kShown:
        return sink_.AddShape(frames_->NumberOf(framed.frame), std::move(framed.shape));
      case BackupFrames::State::kLeftOut:
        return absl::OkStatus();
      case BackupFrames::State::kUnknown:
        break;
    }
    Report(place, absl::StrCat("left out: the task has no frame ", framed.frame));
    return absl::OkStatus();
  }

  absl::Status ReadTrack(const Place& place, JsonValue json) {
    const int32_t number = tracks_++;  // §4.5: tracks that show nothing count too
    absl::StatusOr<Track> track = shapes_.ParseTrack(json);
    if (!track.ok()) {
      Report(place, absl::StrCat("left out: ", track.status().message()));
      return absl::OkStatus();
    }
    if (std::optional<size_t> next = task_.NextTaken(place.job)) {
      CloseTrack(*track, task_.jobs[*next].start + task_.Overlap());
    }
    std::vector<std::string> problems;
    const absl::Status status = ResolveTrack(
        *track, track_frames_,
        [&](int64_t frame, Shape shape) { return PushTracked(frame, number, std::move(shape)); },
        problems);
    for (std::string& problem : problems) Report(place, std::move(problem));
    return status;
  }

  // Outside shapes are no shapes of a frame (§9.2 step 3).
  absl::Status PushTracked(int64_t frame, int32_t number, Shape shape) {
    if (shape.outside || frames_->StateOf(frame) != BackupFrames::State::kShown) {
      return absl::OkStatus();
    }
    const uint64_t bytes = SizeInMemory(shape);
    if (bytes > tracked_bytes_left_) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the tracks fill more than ", kMaxTrackedBytes >> 30, " GiB on their frames"));
    }
    tracked_bytes_left_ -= bytes;
    shape.track = number;
    return sink_.AddShape(frames_->NumberOf(frame), std::move(shape));
  }

  // Two jobs that share frames have their objects there twice; CVAT unites those that are alike.
  void ReportOverlaps() {
    const int64_t overlap = task_.Overlap();
    if (overlap == 0) return;
    std::optional<size_t> last;
    for (size_t job = 0; job < task_.jobs.size(); ++job) {
      if (task_.jobs[job].kind != BackupJob::Kind::kAnnotation) continue;
      if (last) {
        sink_.AddProblem({.source = PathOf(kAnnotations),
                          .position = absl::StrCat("job ", *last, ", job ", job),
                          .reason = absl::StrCat("the jobs share ", overlap,
                                                 " frames: what is annotated in both is not united "
                                                 "and may be shown twice there")});
      }
      last = job;
    }
  }

  const ZipDirectory& zip_;
  const std::string key_;
  DatasetSink& sink_;
  LabelTable labels_;
  JsonShapes shapes_;
  BackupTask task_;
  std::optional<BackupFrames> frames_;
  std::set<size_t> unknown_jobs_;
  TrackFrames track_frames_;
  int32_t tracks_ = 0;
  uint64_t tracked_bytes_left_ = kMaxTrackedBytes;
};

class CvatBackup : public Reader {
 public:
  ReaderInfo Info() const override {
    return {
        .name = "cvat_backup", .summary = "CVAT task backup, full or lightweight", .richness = 90};
  }

  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    ASSIGN_OR_RETURN(const bool is_zip, IsZip(source));
    if (!is_zip) return std::optional<ProbeResult>();
    ASSIGN_OR_RETURN(const ZipDirectory zip, ZipDirectory::Read(source));
    if (!IsTaskBackup(zip) && zip.Find(kProject) == nullptr) return std::optional<ProbeResult>();
    ASSIGN_OR_RETURN(const JsonDocument document,
                     ReadJson(zip, IsTaskBackup(zip) ? kTask : kProject));
    // Other programs have a project.json too.
    if (!document.root()["labels"].is_array()) return std::optional<ProbeResult>();
    return std::optional<ProbeResult>(
        ProbeResult{.name = std::string(document.root().StringOr("name", ""))});
  }

  absl::Status Read(Source& source, DatasetSink& sink) const override {
    ASSIGN_OR_RETURN(const ZipDirectory zip, ZipDirectory::Read(source));
    if (!IsTaskBackup(zip) && zip.Find(kProject) != nullptr) {
      return absl::UnimplementedError(
          "project backups are not read by this version: back up its tasks one by one");
    }
    return BackupReading(zip, source.name(), sink).Run();
  }
};

}  // namespace

std::unique_ptr<Reader> NewCvatBackupReader() { return std::make_unique<CvatBackup>(); }

}  // namespace annofs

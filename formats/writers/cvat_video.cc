// CVAT for video 1.1 (reference/cvat.md §3): annotations.xml, a <track> for each track with its
// shapes frame by frame, those between keyframes too, and for each other shape one of its own
// frame; and the images. Tags are lost.
#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "cache/base/status.h"
#include "formats/box.h"
#include "formats/cvat_export.h"
#include "formats/cvat_xml_writer_frames.h"
#include "formats/cvat_xml_writer_meta.h"
#include "formats/cvat_xml_writer_shape.h"
#include "formats/cvat_xml_writer_tasks.h"
#include "formats/cvat_xml_writer_text.h"
#include "formats/track_batches.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kTag = "the format has no tags";

// In the order of the file: task by task, in a task by their numbers.
absl::StatusOr<std::vector<TrackAt>> ListTracks(const Dataset& data,
                                                const CvatXmlWriterTasks& tasks) {
  std::vector<uint32_t> place(std::max<size_t>(data.info().tasks.size(), 1), UINT32_MAX);
  for (uint32_t i = 0; i < tasks.order().size(); ++i) place[tasks.order()[i]] = i;
  std::vector<TrackAt> tracks;
  for (FrameTerm::Kind kind : {FrameTerm::Kind::kTrack, FrameTerm::Kind::kOutside}) {
    RETURN_IF_ERROR(data.Terms(FrameTerm::FirstOf(kind), [&](const FrameTerm& term) {
      const bool is_listed = term.number < place.size() && place[term.number] != UINT32_MAX;
      if (is_listed) {
        tracks.push_back({.task = term.number, .label = term.label, .track = term.track});
      }
      return true;
    }));
  }
  auto key = [&place](const TrackAt& at) { return std::tuple(place[at.task], at.track, at.label); };
  std::sort(tracks.begin(), tracks.end(),
            [&](const TrackAt& a, const TrackAt& b) { return key(a) < key(b); });
  tracks.erase(std::unique(tracks.begin(), tracks.end(),
                           [&](const TrackAt& a, const TrackAt& b) { return key(a) == key(b); }),
               tracks.end());
  return tracks;
}

// The file without its head.
class VideoXml {
 public:
  VideoXml(CvatXmlWriterTasksPtr tasks, std::vector<TrackAt> tracks)
      : tasks_(std::move(tasks)), tracks_(std::move(tracks)) {}

  absl::StatusOr<std::optional<RankSet>> FramesOf(const Dataset& data, uint32_t track) const {
    if (track >= tracks_.tracks().size()) return std::optional<RankSet>();
    ASSIGN_OR_RETURN(RankSet frames, tracks_.FramesOf(data, track));
    return std::optional<RankSet>(std::move(frames));
  }

  absl::Status AppendTracked(const Dataset& data, const SegmentAt& at, std::string& out) const {
    ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(at.rank));
    ASSIGN_OR_RETURN(const FrameShapes own, tracks_.Get(data, at.run, at.rank));
    bool is_open = !at.begins_run;
    for (const std::vector<Shape>* list : {&own.shapes, &own.outside}) {
      for (const Shape& shape : *list) {
        if (!std::exchange(is_open, true)) Open(data, frame, shape, at.run, out);
        if (!WhyNotInCvatXml(shape).empty()) continue;
        AppendTrackShape(data.info(), shape, tasks_->NumberOf(frame), out);
      }
    }
    if (at.ends_run) AppendXmlClose(1, "track", out);
    return absl::OkStatus();
  }

  absl::Status AppendStatic(const Dataset& data, const SegmentAt& at, Running& running,
                            std::string& out) const {
    if (running.n[0] == 0) tracks_.Clear();  // the tracks are through
    ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(at.rank));
    ASSIGN_OR_RETURN(const FrameShapes all, data.Shapes(at.rank));
    auto append = [&](const Shape& shape) {
      if (shape.track >= 0 || !WhyNotInCvatXml(shape).empty()) return;
      AppendOwnTrack(data, frame, shape, tracks_.tracks().size() + running.n[0]++, out);
    };
    if (all.source_order.empty()) {
      for (const Shape& shape : all.shapes) append(shape);
    } else {
      for (uint32_t shape : all.source_order) append(all.shapes[shape]);
    }
    return absl::OkStatus();
  }

 private:
  void Open(const Dataset& data, const Frame& frame, const Shape& shape, uint64_t id,
            std::string& out) const {
    AppendXmlIndent(1, out);
    out += "<track";
    AppendXmlAttribute("id", int64_t(id), out);
    AppendXmlAttribute("label", data.info().labels[shape.label].name, out);
    AppendXmlAttribute("source", shape.source, out);
    if (tasks_->is_project()) {
      AppendXmlAttribute("task_id", (*tasks_)[frame.task].id, out);
      AppendXmlAttribute("subset", CvatXmlSubset(frame.subset), out);
    }
    if (shape.group != 0) AppendXmlAttribute("group_id", shape.group, out);
    out.push_back('>');
  }

  // It ends on the next frame, if that comes before the last one of the task: in a project CVAT
  // compares a number with the subset's offset to one without.
  void AppendOwnTrack(const Dataset& data, const Frame& frame, const Shape& shape, uint64_t id,
                      std::string& out) const {
    const CvatXmlWriterTasks::One& task = (*tasks_)[frame.task];
    const uint64_t number = tasks_->NumberOf(frame);
    Open(data, frame, shape, id, out);
    AppendStaticShape(data.info(), shape, StaticPart::kShape, number, out);
    if (number + task.step < task.stop) {
      AppendStaticShape(data.info(), shape, StaticPart::kEnd, number + task.step, out);
    }
    AppendXmlClose(1, "track", out);
  }

  const CvatXmlWriterTasksPtr tasks_;
  mutable TrackBatches tracks_;
};

class CvatVideo : public Writer {
 public:
  WriterInfo Info() const override {
    std::vector<ShapeType> keeps = AllShapeTypes();
    std::erase(keeps, ShapeType::kTag);
    return {.name = "cvat/CVAT for video 1.1",
            .summary = "CVAT's own XML by tracks: annotations.xml, images/",
            .keeps = std::move(keeps)};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const CvatXmlWriterTasksPtr tasks, CvatXmlWriterTasks::Of(data));
    ASSIGN_OR_RETURN(std::vector<TrackAt> tracks, ListTracks(data, *tasks));
    const auto body = std::make_shared<const VideoXml>(tasks, std::move(tracks));
    Section tracked;
    ASSIGN_OR_RETURN(tracked.before, RenderCvatXmlHead(data, *tasks));
    tracked.runs = [body](const Dataset& data, uint32_t run) { return body->FramesOf(data, run); };
    tracked.segment = [body](const Dataset& data, const SegmentAt& at, Running&, std::string& out) {
      return body->AppendTracked(data, at, out);
    };
    ASSIGN_OR_RETURN(Section statics, CvatXmlSection(data, tasks));
    statics.segment = [body](const Dataset& data, const SegmentAt& at, Running& running,
                             std::string& out) {
      return body->AppendStatic(data, at, running, out);
    };
    Segments xml{.tail = std::string(kCvatXmlTail)};
    xml.sections.push_back(std::move(tracked));
    xml.sections.push_back(std::move(statics));
    tree.Segmented("annotations.xml", std::move(xml));
    return AddCvatXmlImages(data, *tasks, tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    const bool is_cloud = IsPointCloud(data.info(), frame);
    std::vector<absl::string_view> why(all.tags.size(), is_cloud ? kNotForPointClouds : kTag);
    for (const Shape& shape : all.shapes) {
      why.push_back(is_cloud ? kNotForPointClouds : WhyNotInCvatXml(shape));
    }
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatVideoWriter() { return std::make_unique<CvatVideo>(); }

}  // namespace annofs

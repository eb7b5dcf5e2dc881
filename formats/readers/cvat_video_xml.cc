// CVAT for video 1.1 (reference/cvat.md §3): an XML object, or annotations.xml in an export zip.
// Dense files, as CVAT writes them, and sparse ones of other tools.
#include <algorithm>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/xml.h"
#include "formats/cvat_xml_document.h"
#include "formats/cvat_xml_meta.h"
#include "formats/cvat_xml_shapes.h"
#include "formats/cvat_xml_tasks.h"
#include "formats/cvat_xml_track.h"
#include "formats/cvat_xml_video_frames.h"
#include "formats/label_table.h"
#include "formats/problem_tally.h"
#include "formats/reader.h"

namespace annofs {
namespace {

class Handler : public XmlHandler {
 public:
  Handler(const CvatXmlDocument& document, DatasetSink& sink)
      : document_(document), sink_(sink), labels_(sink), shapes_(labels_, sink), tracks_(sink) {
    shapes_.SetSource(document.name);
  }

  absl::Status Start(absl::string_view element, const XmlAttributes& attributes,
                     XmlPosition position) override {
    ++depth_;
    if (depth_ == 2) {
      StartPart(element, attributes, position);
    } else if (part_ == Part::kMeta && depth_ > 2) {
      meta_.Start(element);
    } else if (part_ == Part::kTrack && depth_ > 2) {
      StartInTrack(element, attributes, position);
    }
    return absl::OkStatus();
  }

  absl::Status End(absl::string_view, absl::string_view text, XmlPosition position) override {
    const size_t ended = depth_--;
    if (part_ == Part::kMeta && ended > 2) meta_.End(text);
    if (part_ != Part::kTrack || ended < 2) return absl::OkStatus();
    if (ended > 2) return EndInTrack(ended, text, position);
    part_ = Part::kOther;
    return FinishTrack();
  }

  absl::Status TextTooLong(size_t limit, XmlPosition position) override {
    shapes_.ReportCut(limit, position);
    return absl::OkStatus();
  }

  // What is left when all is read; a track that a broken file cuts is shown as far as it goes.
  absl::Status Finish() {
    FinishMeta();
    RETURN_IF_ERROR(FinishTrack());
    RETURN_IF_ERROR(tracks_.gaps.Finish());
    for (CvatXmlVideoFrames& frames : frames_) RETURN_IF_ERROR(frames.Finish(range_left_));
    for (ProblemTally* tally :
         {&unknown_tasks_, &without_label_, &without_frame_, &images_, &tracks_.too_much}) {
      tally->Flush(sink_);
    }
    return absl::OkStatus();
  }

 private:
  // A child of the root.
  enum class Part { kOther, kMeta, kTrack };

  void StartPart(absl::string_view element, const XmlAttributes& attributes, XmlPosition position) {
    part_ = element == "meta" && !tasks_ ? Part::kMeta : Part::kOther;
    if (element == "meta" && tasks_) {
      shapes_.Report(position, "<meta> after the first track is not read");
    }
    if (element == "image") Count(images_, position, "images in a file of tracks are not read");
    if (element == "track") StartTrack(attributes, position);
  }

  void FinishMeta() {
    if (tasks_) return;
    std::vector<std::string> problems;
    labels_.Add(meta_.TakeLabels(problems));
    tasks_.emplace(meta_, sink_);
    for (uint32_t task = 0; task < tasks_->size(); ++task) {
      frames_.emplace_back(*tasks_, task, document_.media, document_.name, sink_, range_left_);
      const CvatXmlTask& about = (*tasks_)[task];
      if (tasks_->HasRange(task) && !about.task.is_video) {
        problems.push_back(absl::StrCat(
            "task '", about.task.name,
            "' is of images, whose names a file of tracks does not say: they are numbered"));
      }
    }
    numbers_.resize(tasks_->size());
    for (std::string& problem : problems) {
      sink_.AddProblem(
          {.source = document_.name, .position = "meta", .reason = std::move(problem)});
    }
  }

  void Count(ProblemTally& tally, XmlPosition position, absl::string_view reason) {
    tally.Add([&] {
      Problem problem = shapes_.Where(position);
      problem.reason = std::string(reason);
      return problem;
    });
  }

  void StartTrack(const XmlAttributes& attributes, XmlPosition position) {
    FinishMeta();
    const std::optional<uint32_t> task =
        tasks_->Find(NumberAttribute(attributes, "task_id"), attributes.Get("subset"));
    if (!task) {
      return Count(unknown_tasks_, position,
                   "a track left out: it is of a task that <meta> does not have");
    }
    const int32_t number = numbers_[*task]++;  // those that cannot be read count too
    const std::optional<uint32_t> label = shapes_.FindLabel(-1, attributes.Get("label"), position);
    if (!label) {
      return Count(without_label_, position,
                   absl::StrCat("track ", number, ": left out: it has no label"));
    }
    const int64_t group = NumberAttribute(attributes, "group_id").value_or(0);
    part_ = Part::kTrack;
    track_ = std::make_unique<CvatXmlTrack>(
        CvatXmlTrack::Info{
            .number = number,
            .label = *label,
            .group = group <= std::numeric_limits<int32_t>::max() ? int32_t(group) : 0,
            .source = std::string(attributes.Get("source")),
            .where = shapes_.Where(position)},
        tracks_, frames_[*task], sink_);
  }

  void StartInTrack(absl::string_view element, const XmlAttributes& attributes,
                    XmlPosition position) {
    if (is_skipped_) return;
    if (depth_ == 3 && element == "track") return StartNested(attributes, position);
    shapes_.Start(element, attributes, position,
                  nested_label_ ? nested_label_ : track_->info().label);
  }

  void StartNested(const XmlAttributes& attributes, XmlPosition position) {
    nested_label_ =
        shapes_.FindLabel(int32_t(track_->info().label), attributes.Get("label"), position);
    is_skipped_ = !nested_label_;
    if (is_skipped_) {
      return Count(without_label_, position, "an element's track left out: it has no label");
    }
    track_->StartNested(*nested_label_);
  }

  absl::Status EndInTrack(size_t ended, absl::string_view text, XmlPosition position) {
    if (ended == 3 && (is_skipped_ || shapes_.is_idle())) {  // </track> inside <track>
      is_skipped_ = false;
      nested_label_.reset();
      return absl::OkStatus();
    }
    if (is_skipped_) return absl::OkStatus();
    std::optional<CvatXmlShapes::Finished> finished = shapes_.End(text, position);
    if (!finished) return absl::OkStatus();
    if (!finished->frame) {
      Count(without_frame_, position, "a shape left out: it does not say on which frame it is");
      return absl::OkStatus();
    }
    if (!nested_label_) {
      return track_->Add(*finished->frame, std::move(finished->shape), position.line);
    }
    track_->AddNested(*finished->frame, std::move(finished->shape), position.line);
    return absl::OkStatus();
  }

  absl::Status FinishTrack() {
    if (!track_) return absl::OkStatus();
    const std::unique_ptr<CvatXmlTrack> track = std::move(track_);
    return track->Finish();
  }

  const CvatXmlDocument& document_;
  DatasetSink& sink_;
  LabelTable labels_;
  CvatXmlMeta meta_;
  CvatXmlShapes shapes_;
  std::optional<CvatXmlTasks> tasks_;      // once <meta> is over
  std::deque<CvatXmlVideoFrames> frames_;  // by task
  uint64_t range_left_ = kMaxNumberedFrames;
  std::vector<int32_t> numbers_;  // of the next track, by task
  CvatXmlTracks tracks_;
  size_t depth_ = 0;
  Part part_ = Part::kOther;
  std::unique_ptr<CvatXmlTrack> track_;
  std::optional<uint32_t> nested_label_;  // of the track inside the track
  bool is_skipped_ = false;               // it is not read
  ProblemTally unknown_tasks_, without_label_, without_frame_, images_;
};

class CvatVideoXml : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "cvat_video_xml",
            .summary = "CVAT for video 1.1: annotations.xml, plain or in an export zip",
            .richness = 60};
  }

  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeCvatXml(source, CvatXmlKind::kVideo);
  }

  absl::Status Read(Source& source, DatasetSink& sink) const override {
    ASSIGN_OR_RETURN(const std::optional<CvatXmlDocument> document, OpenCvatXml(source));
    if (!document) return absl::InvalidArgumentError("no CVAT XML in it");
    Handler handler(*document, sink);
    const absl::Status status = ParseXml(*document->text, handler);
    const absl::Status finished = handler.Finish();
    return status.ok() ? finished : status;
  }
};

}  // namespace

std::unique_ptr<Reader> NewCvatVideoXmlReader() { return std::make_unique<CvatVideoXml>(); }

}  // namespace annofs

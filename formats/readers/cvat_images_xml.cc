// CVAT for images 1.1 (reference/cvat.md §2): an XML object, or annotations.xml in an export zip.
// Tolerant: any order of images, missing attributes, other producers' files.
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/xml.h"
#include "formats/cvat_xml_document.h"
#include "formats/cvat_xml_meta.h"
#include "formats/cvat_xml_seen.h"
#include "formats/cvat_xml_shapes.h"
#include "formats/cvat_xml_tasks.h"
#include "formats/label_table.h"
#include "formats/problem_tally.h"
#include "formats/reader.h"

namespace annofs {
namespace {

constexpr int64_t kMaxId = int64_t{1} << 62;  // no frame's number; sums of two do not overflow

class Handler : public XmlHandler {
 public:
  Handler(const CvatXmlDocument& document, DatasetSink& sink)
      : document_(document), sink_(sink), labels_(sink), shapes_(labels_, sink) {
    shapes_.SetSource(document.name);
  }

  absl::Status Start(absl::string_view element, const XmlAttributes& attributes,
                     XmlPosition position) override {
    ++depth_;
    if (depth_ == 2) return StartPart(element, attributes, position);
    if (depth_ < 2) return absl::OkStatus();
    if (part_ == Part::kMeta) meta_.Start(element);
    if (part_ == Part::kImage) shapes_.Start(element, attributes, position, std::nullopt);
    return absl::OkStatus();
  }

  absl::Status End(absl::string_view, absl::string_view text, XmlPosition position) override {
    const size_t ended = depth_--;
    if (ended < 3) return absl::OkStatus();
    if (part_ == Part::kMeta) meta_.End(text);
    if (part_ != Part::kImage) return absl::OkStatus();
    std::optional<CvatXmlShapes::Finished> finished = shapes_.End(text, position);
    if (!finished) return absl::OkStatus();
    SetStatic(finished->shape);
    return sink_.AddShape(frame_, std::move(finished->shape));
  }

  absl::Status TextTooLong(size_t limit, XmlPosition position) override {
    shapes_.ReportCut(limit, position);
    return absl::OkStatus();
  }

  // What is left to tell when all is read.
  void Finish() {
    FinishMeta();
    for (ProblemTally* tally : {&without_size_, &unknown_tasks_, &out_of_range_, &tracks_}) {
      tally->Flush(sink_);
    }
  }

 private:
  // A child of the root.
  enum class Part { kOther, kMeta, kImage };

  absl::Status StartPart(absl::string_view element, const XmlAttributes& attributes,
                         XmlPosition position) {
    part_ = element == "meta" ? Part::kMeta : element == "image" ? Part::kImage : Part::kOther;
    if (part_ == Part::kImage) return StartImage(attributes, position);
    if (part_ == Part::kMeta && tasks_) {
      shapes_.Report(position, "<meta> after the first image is not read");
      part_ = Part::kOther;
    }
    if (element == "track") {
      Count(tracks_, position, "tracks in a file of images are not read");
    }
    return absl::OkStatus();
  }

  // What <meta> says goes to the sink before the first frame, or at the end of a file without any.
  void FinishMeta() {
    if (tasks_) return;
    std::vector<std::string> problems;
    labels_.Add(meta_.TakeLabels(problems));
    tasks_.emplace(meta_, sink_);
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

  absl::Status StartImage(const XmlAttributes& attributes, XmlPosition position) {
    FinishMeta();
    std::string name(attributes.Get("name"));
    if (name.empty()) name = absl::StrCat("image-", attributes.Get("id"));
    shapes_.SetFrame(name);
    const absl::string_view subset = attributes.Get("subset");
    const std::optional<uint32_t> task =
        tasks_->Find(NumberAttribute(attributes, "task_id"), subset);
    if (!task) Count(unknown_tasks_, position, "an image of a task that <meta> does not have");
    Frame frame{.name = std::move(name), .task = task.value_or(0)};
    SetSubset(attributes, frame);
    CheckUnique(attributes, frame, position);
    const bool in_range = SetNumber(attributes, position, frame);
    frame.width = Size(attributes, "width");
    frame.height = Size(attributes, "height");
    if (frame.width == 0 || frame.height == 0) {
      Count(without_size_, position, "the size of the image is not given");
    }
    ASSIGN_OR_RETURN(frame_, tasks_->AddFrame(std::move(frame), in_range));
    return absl::OkStatus();
  }

  // In a project the images of the zip lie by subset.
  void SetSubset(const XmlAttributes& attributes, Frame& frame) const {
    const char* own = attributes.Find("subset");
    const CvatXmlTask& task = (*tasks_)[frame.task];
    const absl::string_view name = own != nullptr ? own : absl::string_view(task.subset_name);
    if (name != "default") frame.subset = std::string(name);
    frame.inner = document_.media.Find(tasks_->MediaFolder(name), frame.name);
  }

  void CheckUnique(const XmlAttributes& attributes, const Frame& frame, XmlPosition position) {
    if (!seen_.AddName(frame.task, frame.subset, frame.name)) {
      shapes_.Report(position, "a second image of this name");
    }
    const std::optional<int64_t> id = NumberAttribute(attributes, "id");
    if (id && *id < kMaxId && !seen_.AddId(frame.task, frame.subset, *id)) {
      shapes_.Report(position, absl::StrCat("a second image with id ", *id));
    }
  }

  // True if it is a frame of the task.
  bool SetNumber(const XmlAttributes& attributes, XmlPosition position, Frame& frame) {
    const std::optional<int64_t> id = NumberAttribute(attributes, "id");
    const std::optional<uint32_t> number =
        id ? tasks_->NumberOf(frame.task, *id) : std::optional<uint32_t>();
    if (!number) {
      Count(out_of_range_, position,
            id ? absl::StrCat("id ", *id, " is no frame of the task")
               : "an image without a number as its id");
    }
    const bool fits = id && *id <= int64_t{std::numeric_limits<uint32_t>::max()};
    frame.number = number.value_or(fits ? uint32_t(*id) : 0);
    return number.has_value();
  }

  static uint32_t Size(const XmlAttributes& attributes, absl::string_view name) {
    const int64_t size = NumberAttribute(attributes, name).value_or(0);
    return size <= std::numeric_limits<int32_t>::max() ? uint32_t(size) : 0;
  }

  // The format knows no keyframes: it shows the shapes of tracks as static ones.
  static void SetStatic(Shape& shape) {
    shape.keyframe = false;
    for (Shape& element : shape.elements) element.keyframe = false;
  }

  const CvatXmlDocument& document_;
  DatasetSink& sink_;
  LabelTable labels_;
  CvatXmlMeta meta_;
  CvatXmlShapes shapes_;
  std::optional<CvatXmlTasks> tasks_;  // once <meta> is over
  CvatXmlSeen seen_;
  size_t depth_ = 0;
  Part part_ = Part::kOther;
  uint32_t frame_ = 0;
  ProblemTally without_size_, unknown_tasks_, out_of_range_, tracks_;
};

class CvatImagesXml : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "cvat_images_xml",
            .summary = "CVAT for images 1.1: annotations.xml, plain or in an export zip",
            .richness = 50};
  }

  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeCvatXml(source, CvatXmlKind::kImages);
  }

  absl::Status Read(Source& source, DatasetSink& sink) const override {
    ASSIGN_OR_RETURN(const std::optional<CvatXmlDocument> document, OpenCvatXml(source));
    if (!document) return absl::InvalidArgumentError("no CVAT XML in it");
    Handler handler(*document, sink);
    const absl::Status status = ParseXml(*document->text, handler);
    handler.Finish();
    return status;
  }
};

}  // namespace

std::unique_ptr<Reader> NewCvatImagesXmlReader() { return std::make_unique<CvatImagesXml>(); }

}  // namespace annofs

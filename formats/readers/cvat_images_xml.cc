// CVAT for images 1.1 (reference/cvat.md §2): an XML object, or annotations.xml in an export zip.
// Tolerant: any order of images, missing attributes, other producers' files.
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/xml.h"
#include "formats/cvat_xml_meta.h"
#include "formats/cvat_xml_shape.h"
#include "formats/label_table.h"
#include "formats/reader.h"
#include "formats/shape_check.h"
#include "formats/source_chunks.h"
#include "formats/zip_directory.h"

namespace annofs {
namespace {

constexpr absl::string_view kEntry = "annotations.xml";
constexpr absl::string_view kRoot = "annotations";
constexpr uint64_t kHeadBytes = 4096;

// The element names from the root on.
using Path = std::vector<std::string>;

bool IsInMeta(const Path& path) { return path.size() > 2 && path[0] == kRoot && path[1] == "meta"; }
Path BelowMeta(const Path& path) { return {path.begin() + 2, path.end()}; }

// Reads the document until it is known what it is: the first child of the root after <meta>.
class Prober : public XmlHandler {
 public:
  absl::Status Start(absl::string_view element, const XmlAttributes&, XmlPosition) override {
    path_.emplace_back(element);
    if (path_.size() == 1 && element != kRoot) return Known(Kind::kOther);
    if (path_.size() == 2 && element == "image") return Known(Kind::kImages);
    if (path_.size() == 2 && element == "track") return Known(Kind::kOther);
    if (path_.size() == 1) kind_ = Kind::kImages;  // without images or tracks
    if (IsInMeta(path_)) meta_.Start(BelowMeta(path_));
    return absl::OkStatus();
  }
  absl::Status End(absl::string_view, absl::string_view text, XmlPosition) override {
    if (IsInMeta(path_)) meta_.End(BelowMeta(path_), text);
    path_.pop_back();
    return absl::OkStatus();
  }

  bool is_known() const { return known_; }
  bool is_images() const { return kind_ == Kind::kImages; }
  const std::string& name() const { return meta_.name(); }

 private:
  enum class Kind { kOther, kImages };
  absl::Status Known(Kind kind) {
    kind_ = kind;
    known_ = true;
    return absl::CancelledError("known");
  }
  Path path_;
  CvatXmlMeta meta_;
  Kind kind_ = Kind::kOther;
  bool known_ = false;
};

class Handler : public XmlHandler {
 public:
  Handler(std::string source, DatasetSink& sink)
      : source_(std::move(source)), sink_(sink), labels_(sink) {}

  absl::Status Start(absl::string_view element, const XmlAttributes& attributes,
                     XmlPosition position) override {
    path_.emplace_back(element);
    position_ = position;
    if (IsInMeta(path_)) {
      meta_.Start(BelowMeta(path_));
    } else if (path_.size() == 2 && element == "image") {
      return StartImage(attributes);
    } else if (path_.size() == 2 && element == "track" && !std::exchange(told_tracks_, true)) {
      Report("tracks in a file of images are not read");
    } else if (path_.size() >= 3 && path_[1] == "image") {
      StartInImage(element, attributes);
    }
    return absl::OkStatus();
  }

  absl::Status End(absl::string_view element, absl::string_view text,
                   XmlPosition position) override {
    absl::Status status;
    if (IsInMeta(path_)) {
      meta_.End(BelowMeta(path_), text);
    } else if (path_.size() >= 3 && path_[1] == "image") {
      status = EndInImage(element, text);
    }
    path_.pop_back();
    position_ = position;
    return status;
  }

  // What <meta> says goes to the sink before the first frame, or at the end of a file without any.
  void FinishMeta() {
    if (std::exchange(meta_done_, true)) return;
    for (Task& task : meta_.TakeTasks(task_numbers_)) {
      subsets_.push_back(task.subset);
      sink_.AddTask(std::move(task));
    }
    labels_.Add(meta_.TakeLabels());
  }

 private:
  // A shape being read; a skeleton's element is kept inside it when it ends.
  struct Open {
    Shape shape;
    size_t depth;     // of its element
    std::string bad;  // why it cannot be read; it is left out
  };

  Problem Where() const {
    return {
        .source = source_, .position = absl::StrCat("line ", position_.line), .frame = frame_name_};
  }
  void Report(absl::string_view reason) {
    Problem problem = Where();
    problem.reason = std::string(reason);
    sink_.AddProblem(std::move(problem));
  }

  absl::Status StartImage(const XmlAttributes& attributes) {
    FinishMeta();
    frame_name_ = std::string(attributes.Get("name"));
    if (frame_name_.empty()) frame_name_ = absl::StrCat("image-", attributes.Get("id"));
    if (!names_
             .insert(absl::StrCat(attributes.Get("task_id"), "/", attributes.Get("subset"), "/",
                                  frame_name_))
             .second) {
      Report("a second image of this name");
    }
    if (!ids_.insert(absl::StrCat(attributes.Get("task_id"), "/", attributes.Get("subset"), "/",
                                  attributes.Get("id")))
             .second) {
      Report(absl::StrCat("a second image with id ", attributes.Get("id")));
    }
    Frame frame{.name = frame_name_, .task = TaskOf(attributes)};
    const char* subset = attributes.Find("subset");
    frame.subset = subset != nullptr ? std::string(subset) : subsets_[frame.task];
    if (frame.subset == "default") frame.subset.clear();  // as in <meta>
    frame.number = NumberOr0(attributes, "id");
    frame.width = NumberOr0(attributes, "width");
    frame.height = NumberOr0(attributes, "height");
    if (frame.width == 0 || frame.height == 0) Report("the size of the image is not given");
    ASSIGN_OR_RETURN(frame_, sink_.AddFrame(std::move(frame)));
    return absl::OkStatus();
  }

  uint32_t TaskOf(const XmlAttributes& attributes) const {
    auto found = task_numbers_.find(std::string(attributes.Get("task_id")));
    return found == task_numbers_.end() ? 0 : found->second;
  }

  static uint32_t NumberOr0(const XmlAttributes& attributes, absl::string_view name) {
    uint32_t number = 0;
    return absl::SimpleAtoi(attributes.Get(name), &number) ? number : 0;
  }

  void StartInImage(absl::string_view element, const XmlAttributes& attributes) {
    if (element == "attribute" && !open_.empty()) {
      open_.back().shape.attributes.push_back({.name = std::string(attributes.Get("name"))});
      return;
    }
    std::optional<ShapeType> type = ShapeTypeOfElement(element);
    if (!type) {
      Report(absl::StrCat("element <", element, "> is not known and not read"));
      return;
    }
    absl::StatusOr<Shape> shape = ParseShape(*type, attributes);
    Open open{.shape = shape.ok() ? *std::move(shape) : Shape{.type = *type},
              .depth = path_.size()};
    if (!shape.ok()) open.bad = std::string(shape.status().message());
    SetLabel(attributes.Get("label"), open);
    open_.push_back(std::move(open));
  }

  void SetLabel(absl::string_view name, Open& open) {
    bool is_element = !open_.empty();
    if (open_.size() > 1 || (is_element && open_.back().shape.type != ShapeType::kSkeleton)) {
      open.bad = "it is inside a shape that is no skeleton";
    } else if (name.empty()) {
      open.bad = "a shape without a label";
    } else if (is_element && !open_.back().bad.empty()) {
      open.bad = "an element of a skeleton that is left out";
    } else {
      open.shape.label =
          labels_.FindOrAdd(is_element ? int32_t(open_.back().shape.label) : -1, name, Where());
    }
  }

  absl::Status EndInImage(absl::string_view element, absl::string_view text) {
    if (open_.empty()) return absl::OkStatus();
    if (element == "attribute" && path_.size() == open_.back().depth + 1) {
      if (!open_.back().shape.attributes.empty())
        open_.back().shape.attributes.back().value = std::string(text);
      return absl::OkStatus();
    }
    if (path_.size() != open_.back().depth) return absl::OkStatus();
    Open ended = std::move(open_.back());
    open_.pop_back();
    return FinishShape(std::move(ended));
  }

  absl::Status FinishShape(Open ended) {
    if (!ended.bad.empty()) {
      Report(absl::StrCat(ShapeTypeName(ended.shape.type), " left out: ", ended.bad));
      return absl::OkStatus();
    }
    if (!open_.empty()) {
      open_.back().shape.elements.push_back(std::move(ended.shape));
      return absl::OkStatus();
    }
    ShapeVerdict verdict = CheckShape(ended.shape);
    if (!verdict.problem.empty())
      Report(absl::StrCat(verdict.keep ? "" : "left out: ", verdict.problem));
    return verdict.keep ? sink_.AddShape(frame_, std::move(ended.shape)) : absl::OkStatus();
  }

  const std::string source_;
  DatasetSink& sink_;
  LabelTable labels_;
  CvatXmlMeta meta_;
  bool meta_done_ = false;
  bool told_tracks_ = false;
  std::map<std::string, uint32_t> task_numbers_;
  std::vector<std::string> subsets_;   // by task
  std::set<std::string> names_, ids_;  // within their task and subset
  Path path_;
  XmlPosition position_;
  uint32_t frame_ = 0;
  std::string frame_name_;
  std::vector<Open> open_;
};

// The XML of the source: itself, or the entry of its zip. Nothing: it has none.
struct Document {
  std::string name;
  std::unique_ptr<ChunkSource> text;
};

absl::StatusOr<std::optional<Document>> OpenDocument(Source& source) {
  ASSIGN_OR_RETURN(std::string head, source.Read(0, std::min(source.size(), kHeadBytes)));
  if (!LooksLikeZip(source.name(), head)) {
    if (!absl::EndsWithIgnoreCase(source.name(), ".xml")) return std::optional<Document>();
    return std::optional<Document>(Document{std::string(source.name()), NewSourceChunks(source)});
  }
  ASSIGN_OR_RETURN(ZipDirectory zip, ZipDirectory::Read(source));
  const ZipEntry* entry = zip.Find(kEntry);
  if (entry == nullptr) return std::optional<Document>();
  ASSIGN_OR_RETURN(std::unique_ptr<ChunkSource> text, zip.Open(*entry));
  return std::optional<Document>(
      Document{absl::StrCat(source.name(), "!", kEntry), std::move(text)});
}

class CvatImagesXml : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "cvat_images_xml",
            .summary = "CVAT for images 1.1: annotations.xml, plain or in an export zip",
            .richness = 50};
  }

  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    ASSIGN_OR_RETURN(std::optional<Document> document, OpenDocument(source));
    if (!document) return std::optional<ProbeResult>();
    Prober prober;
    absl::Status status = ParseXml(*document->text, prober);
    if (!status.ok() && !prober.is_known()) return BrokenOrOther(source, prober, status);
    if (!prober.is_images()) return std::optional<ProbeResult>();
    return std::optional<ProbeResult>(ProbeResult{.name = prober.name()});
  }

  absl::Status Read(Source& source, DatasetSink& sink) const override {
    ASSIGN_OR_RETURN(std::optional<Document> document, OpenDocument(source));
    if (!document) return absl::InvalidArgumentError("no CVAT XML in it");
    Handler handler(document->name, sink);
    absl::Status status = ParseXml(*document->text, handler);
    handler.FinishMeta();
    return status;
  }

 private:
  // Malformed XML is ours if its root is, or would be by its first bytes.
  static absl::StatusOr<std::optional<ProbeResult>> BrokenOrOther(Source& source,
                                                                  const Prober& prober,
                                                                  const absl::Status& status) {
    ASSIGN_OR_RETURN(std::string head, source.Read(0, std::min(source.size(), kHeadBytes)));
    bool is_ours = prober.is_images() || absl::StrContains(head, absl::StrCat("<", kRoot, ">"));
    if (absl::IsInvalidArgument(status) && !is_ours) return std::optional<ProbeResult>();
    return status;
  }
};

}  // namespace

std::unique_ptr<Reader> NewCvatImagesXmlReader() { return std::make_unique<CvatImagesXml>(); }

}  // namespace annofs

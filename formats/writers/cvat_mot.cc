// CVAT's "MOT 1.1" (reference/cvat.md §9.4; Datumaro: mot_seq_gt): gt/gt.txt, one row for each box
// of any subset, gt/labels.txt, img1/<id><ext>.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "formats/cvat_export.h"
#include "formats/item_buffers.h"
#include "formats/label_folders_export.h"
#include "formats/python_append.h"
#include "formats/python_parse.h"
#include "formats/python_text.h"
#include "formats/shape_attribute.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kTrackIsNoNumber = "its attribute track_id is no number";
constexpr absl::string_view kVisibilityIsNoNumber = "its attribute visibility is no number";

constexpr int64_t kStatic = -1;

// What a row says besides the box. Nothing: CVAT's export fails on the box.
struct Row {
  int64_t track = kStatic;
  double visibility = 1;
};

std::optional<Row> RowOf(const ItemAnnotation& box) {
  Row row;
  if (const ItemValue* track = box.Find("track_id")) {
    const std::optional<int64_t> number = PythonIntOf(*track);
    if (!number) return std::nullopt;
    row.track = *number;
  }
  if (const ItemValue* visibility = box.Find("visibility")) {
    const std::optional<double> number = PythonFloatOf(*visibility);
    if (!number) return std::nullopt;
    row.visibility = *number;
  } else if (const ItemValue* occluded = box.Find("occluded")) {
    row.visibility = PythonTruth(*occluded) ? 0 : 1;
  }
  return row;
}

// Tracks are numbered from 1 as they first occur in the file. track_id restarts in every task:
// tracks of two tasks that share one share the number, as in CVAT. The numbers are made when the
// first tracked box is written, by one pass over the frames with boxes, and kept for as long as the
// view is described: some 20 to 40 bytes for each track, nothing for frames. Thread safe.
class TrackNumbers {
 public:
  using Numbers = absl::flat_hash_map<int64_t, uint32_t>;

  explicit TrackNumbers(RankSet frames) : frames_(std::move(frames)) {}

  // Never changed once it is made, and as long there as this.
  absl::StatusOr<const Numbers*> Get(const Dataset& data) {
    absl::MutexLock lock(&mutex_);
    if (!is_made_) RETURN_IF_ERROR(Make(data));
    return &numbers_;
  }

 private:
  absl::Status Make(const Dataset& data) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    numbers_.clear();
    Section section{.frames = frames_};
    ItemBuffers items;
    section.segment = [&](const Dataset& data, const SegmentAt& at, Running&, std::string&) {
      return items.WithItem(data, at.rank, [this](const Item& item) {
        Count(item);
        return absl::OkStatus();
      });
    };
    Segments pass;
    pass.sections.push_back(std::move(section));
    SegmentReader reader(pass, data);
    std::string nothing;
    while (true) {
      ASSIGN_OR_RETURN(bool more, reader.Next(nothing));
      if (!more) break;
    }
    is_made_ = true;
    return absl::OkStatus();
  }

  void Count(const Item& item) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    for (const ItemAnnotation& box : item.annotations) {
      if (box.type != ItemType::kBbox) continue;
      const std::optional<Row> row = RowOf(box);
      if (row && row->track != kStatic) {
        numbers_.try_emplace(row->track, uint32_t(numbers_.size() + 1));
      }
    }
  }

  const RankSet frames_;
  absl::Mutex mutex_;
  bool is_made_ ABSL_GUARDED_BY(mutex_) = false;
  Numbers numbers_ ABSL_GUARDED_BY(mutex_);
};

bool IsIgnored(const ItemAnnotation& box) {
  const ItemValue* ignored = box.Find("ignored");
  return ignored != nullptr && *ignored == ItemValue(true);
}

// The number of each track in the file, looked for when the first of an item needs it.
class TracksOfItem {
 public:
  TracksOfItem(const Dataset& data, TrackNumbers& tracks) : data_(data), tracks_(tracks) {}

  absl::StatusOr<int64_t> Of(int64_t track) {
    if (track == kStatic) return kStatic;
    if (numbers_ == nullptr) {
      ASSIGN_OR_RETURN(numbers_, tracks_.Get(data_));
    }
    const auto found = numbers_->find(track);
    if (found == numbers_->end()) return absl::InternalError("a track without a number");
    return found->second;
  }

 private:
  const Dataset& data_;
  TrackNumbers& tracks_;
  const TrackNumbers::Numbers* numbers_ = nullptr;
};

absl::Status AppendRows(const Dataset& data, const Item& item, uint64_t index,
                        TrackNumbers& numbers, std::string& out) {
  const std::string frame = PythonIntText(item.id).value_or(absl::StrCat(1 + index));
  TracksOfItem tracks(data, numbers);
  for (const ItemAnnotation& box : item.annotations) {
    if (box.type != ItemType::kBbox) continue;
    const std::optional<Row> row = RowOf(box);
    if (!row) continue;
    ASSIGN_OR_RETURN(const int64_t track, tracks.Of(row->track));
    out += frame;
    out.push_back(',');
    AppendInt(track, out);
    out.push_back(',');
    for (double part : box.points) {
      AppendRepr(part, out);
      out.push_back(',');
    }
    out += IsIgnored(box) ? "0," : "1,";
    AppendInt(int64_t{box.label} + 1, out);
    out.push_back(',');
    AppendRepr(row->visibility, out);
    out += "\r\n";
  }
  return absl::OkStatus();
}

// Every frame counts: its number is its place where its name is no number.
Segments Rows(RankSet frames, RankSet with_boxes) {
  auto tracks = std::make_shared<TrackNumbers>(with_boxes);
  Section section{.frames = std::move(frames)};
  section.segment = [tracks, with_boxes = std::move(with_boxes),
                     items = std::make_shared<ItemBuffers>()](const Dataset& data,
                                                              const SegmentAt& at, Running& running,
                                                              std::string& out) -> absl::Status {
    const uint64_t index = running.n[0]++;
    if (!with_boxes.Contains(at.rank)) return absl::OkStatus();
    return items->WithItem(data, at.rank, [&](const Item& item) {
      return AppendRows(data, item, index, *tracks, out);
    });
  };
  Segments rows;
  rows.sections.push_back(std::move(section));
  return rows;
}

class CvatMot : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/MOT 1.1",
            .summary = "CVAT's MOT export: boxes and their tracks in gt/gt.txt",
            .keeps = {ShapeType::kRectangle}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<ExportSubset> subsets, ExportSubsets(data));
    RankSet frames;
    for (const ExportSubset& subset : subsets) frames = UnionOf(frames, subset.frames);
    ASSIGN_OR_RETURN(RankSet boxes, FramesWithTypes(data, {ShapeType::kRectangle}));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    tree.Segmented("gt/gt.txt", Rows(frames, Intersect(boxes, frames)));
    tree.File("gt/labels.txt", [](const Dataset& data) -> absl::StatusOr<std::string> {
      return LabelNames(data.info());
    });
    tree.Media("img1/{path}", Intersect(frames, media));
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why = WhyDroppedByType(Info(), data.info(), frame, all);
    for (size_t i = 0; i < all.shapes.size(); ++i) {
      absl::string_view& reason = why[all.tags.size() + i];
      if (reason.empty() && !all.shapes[i].outside) reason = WhyNoRow(data.info(), all.shapes[i]);
    }
    return why;
  }

 private:
  static absl::string_view WhyNoRow(const DatasetInfo& info, const Shape& box) {
    const std::optional<ItemValue> track =
        box.track >= 0 ? std::nullopt : AttributeOf(info, box, "track_id");
    if (track && !PythonIntOf(*track)) return kTrackIsNoNumber;
    const std::optional<ItemValue> visibility = AttributeOf(info, box, "visibility");
    if (visibility && !PythonFloatOf(*visibility)) return kVisibilityIsNoNumber;
    return "";
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatMotWriter() { return std::make_unique<CvatMot>(); }

}  // namespace annofs

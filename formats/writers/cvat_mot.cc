// CVAT's "MOT 1.1" (reference/cvat.md §9.4; Datumaro: mot_seq_gt): gt/gt.txt, one row for each box
// of any subset, gt/labels.txt, img1/<id><ext>.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/cvat_export.h"
#include "formats/item_buffers.h"
#include "formats/label_folders_export.h"
#include "formats/mot_tracks.h"
#include "formats/python_append.h"
#include "formats/python_parse.h"
#include "formats/python_text.h"
#include "formats/shape_attribute.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kTrackIsNoNumber = "its attribute track_id is no number";
constexpr absl::string_view kVisibilityIsNoNumber = "its attribute visibility is no number";

bool IsIgnored(const ItemAnnotation& box) {
  const ItemValue* ignored = box.Find("ignored");
  return ignored != nullptr && *ignored == ItemValue(true);
}

absl::Status AppendRows(const Dataset& data, const Item& item, uint64_t index, MotTracks& tracks,
                        std::string& out) {
  const std::string frame = PythonIntText(item.id).value_or(absl::StrCat(1 + index));
  for (const ItemAnnotation& box : item.annotations) {
    if (box.type != ItemType::kBbox) continue;
    const std::optional<MotRow> row = MotRowOf(data.info(), box);
    if (!row) continue;
    ASSIGN_OR_RETURN(const int64_t track, tracks.NumberOf(data, row->track));
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
  auto tracks = std::make_shared<MotTracks>(with_boxes);
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
    const std::optional<ItemValue> track = box.track < 0 && SpecifiesTrackId(info.labels[box.label])
                                               ? AttributeOf(info, box, "track_id")
                                               : std::nullopt;
    if (track && !PythonIntOf(*track)) return kTrackIsNoNumber;
    const std::optional<ItemValue> visibility = AttributeOf(info, box, "visibility");
    if (visibility && !PythonFloatOf(*visibility)) return kVisibilityIsNoNumber;
    return "";
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatMotWriter() { return std::make_unique<CvatMot>(); }

}  // namespace annofs

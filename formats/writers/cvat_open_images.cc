// CVAT's "Open Images V6 1.0" (reference/cvat.md §9.4; Datumaro: open_images): tables of tags,
// boxes and masks in annotations/, masks/<S>/<slug of id>_<slug of label>_<BoxID>.png, images/<S>/.
//
// Slugs are ASCII: two masks may have one name ("a/b" and "ab"). The tables name both the same, as
// CVAT's do; of the files CVAT keeps the last, while here all are kept and the later ones get
// digits.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "formats/cvat_export.h"
#include "formats/export_names.h"
#include "formats/item_buffers.h"
#include "formats/label_folders_export.h"
#include "formats/mask_image.h"
#include "formats/open_images_export.h"
#include "formats/open_images_labels_export.h"
#include "formats/open_images_names.h"
#include "formats/python_append.h"
#include "formats/python_parse.h"
#include "formats/python_text.h"
#include "formats/shape_attribute.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kTooManyMasks = "more masks than the view gives an image";
constexpr absl::string_view kFlagIsNoNumber = "one of its five flags is no number";

constexpr absl::string_view kImageHead =
    "ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,"
    "OriginalSize,OriginalMD5,Thumbnail300KURL,Rotation\r\n";
constexpr absl::string_view kTagHead = "ImageID,Source,LabelName,Confidence\r\n";
constexpr absl::string_view kBoxHead =
    "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,"
    "IsDepiction,IsInside\r\n";
constexpr absl::string_view kMaskHead =
    "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks\r\n";
constexpr absl::string_view kMetaHead = "# <image name> <height> <width>\n\n";

constexpr absl::string_view kFlags[] = {"occluded", "truncated", "is_group_of", "is_depiction",
                                        "is_inside"};

// The item that was asked for last: the masks of a frame are called and drawn one by one, each of
// which needs the whole item. Thread safe.
class LastItem {
 public:
  absl::StatusOr<std::shared_ptr<const OpenImagesItem>> Get(const Dataset& data, Rank rank) {
    {
      absl::MutexLock lock(&mutex_);
      if (last_ && last_->item.rank == rank) return last_;
    }
    ASSIGN_OR_RETURN(Item item, ItemOf(data, rank));
    auto made = std::make_shared<const OpenImagesItem>(OpenImagesOf(std::move(item)));
    absl::MutexLock lock(&mutex_);
    last_ = made;
    return made;
  }

 private:
  absl::Mutex mutex_;
  std::shared_ptr<const OpenImagesItem> last_ ABSL_GUARDED_BY(mutex_);
};

const std::string& LabelOf(const Dataset& data, const ItemAnnotation& annotation) {
  return data.info().labels[annotation.label].name;
}

std::string Confidence(const ItemAnnotation& annotation) {
  const ItemValue* score = annotation.Find("score");
  return score == nullptr ? "1" : CsvField(PythonStr(*score));
}

absl::StatusOr<std::string> TagRows(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Item item, ItemOf(data, rank));
  const OpenImagesItem from = OpenImagesOf(std::move(item));
  std::string rows;
  for (size_t tag : from.tags) {
    const ItemAnnotation& annotation = from.item.annotations[tag];
    absl::StrAppend(&rows, CsvField(from.item.id), ",,", CsvField(LabelOf(data, annotation)), ",",
                    Confidence(annotation), "\r\n");
  }
  return rows;
}

// XMin, XMax, YMin, YMax as parts of the image.
void AppendBox(const Item& item, const ItemAnnotation& box, std::string& out) {
  const std::vector<double>& p = box.points;
  const double width = item.width, height = item.height;
  for (double part : {p[0] / width, (p[0] + p[2]) / width, p[1] / height, (p[1] + p[3]) / height}) {
    AppendRepr(part, out);
    out.push_back(',');
  }
}

// "1,-1,-1,-1,-1"; false where CVAT's export fails.
bool AppendFlags(const ItemAnnotation& box, std::string& out) {
  for (size_t i = 0; i < std::size(kFlags); ++i) {
    const ItemValue* value = box.Find(kFlags[i]);
    const std::optional<int64_t> flag = value == nullptr ? -1 : PythonIntOf(*value);
    if (!flag) return false;
    if (i > 0) out.push_back(',');
    AppendInt(*flag, out);
  }
  return true;
}

// The boxes that are not turned, by group.
void AppendBoxRows(const DatasetInfo& info, const Item& item, std::string& out) {
  if (item.width == 0 || item.height == 0) return;
  const std::string id = CsvField(item.id);
  for (const ItemAnnotation* box : OpenImagesBoxes(item)) {
    const size_t begin = out.size();
    out += id;
    out += ",,";
    out += CsvField(info.labels[box->label].name);
    out.push_back(',');
    out += Confidence(*box);
    out.push_back(',');
    AppendBox(item, *box, out);
    if (AppendFlags(*box, out)) {
      out += "\r\n";
    } else {
      out.resize(begin);
    }
  }
}

Segments BoxRows(RankSet frames) {
  Section section{.before = std::string(kBoxHead), .frames = std::move(frames)};
  section.segment = [items = std::make_shared<ItemBuffers>()](
                        const Dataset& data, const SegmentAt& at, Running&, std::string& out) {
    return items->WithItem(data, at.rank, [&](const Item& item) {
      AppendBoxRows(data.info(), item, out);
      return absl::OkStatus();
    });
  };
  Segments rows;
  rows.sections.push_back(std::move(section));
  return rows;
}

absl::StatusOr<std::string> MaskRows(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Item item, ItemOf(data, rank));
  const OpenImagesItem from = OpenImagesOf(std::move(item));
  const std::vector<std::string> ids = BoxIds(from);
  std::string rows;
  for (size_t i = 0; i < from.masks.size(); ++i) {
    const ItemAnnotation mask = DescribeMask(from, from.masks[i]);
    const std::string& label = LabelOf(data, mask);
    absl::StrAppend(&rows, CsvField(OpenImagesMaskName(from.item.id, label, ids[i])), ",",
                    CsvField(from.item.id), ",", CsvField(label), ",", CsvField(ids[i]), ",");
    if (from.masks[i].box) {
      AppendBox(from.item, from.item.annotations[*from.masks[i].box], rows);
    } else {
      rows += ",,,,";
    }
    const ItemValue* overlap = mask.Find("predicted_iou");
    absl::StrAppend(&rows, overlap == nullptr ? "" : CsvField(PythonStr(*overlap)), ",\r\n");
  }
  return rows;
}

absl::StatusOr<std::string> MetaLine(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(const ItemNames names, ItemNamesOf(data, rank, frame));
  return absl::StrCat(ShellWord(names.id), " ", frame.height, " ", frame.width, "\n");
}

// What a subset holds besides its images.
struct Contents {
  RankSet boxes;               // frames that have upright ones, and a size
  std::vector<RankSet> masks;  // by number: the frames that have so many masks and one more
  std::shared_ptr<const OpenImagesFileNames> names;
};

// True if BoxIDs of the frame's masks may be other than their numbers.
bool MayHaveBoxIds(const DatasetInfo& info, const FrameShapes& all) {
  return std::any_of(all.shapes.begin(), all.shapes.end(), [&info](const Shape& shape) {
    return !shape.outside && AttributeOf(info, shape, kBoxId).has_value();
  });
}

// One pass over the frames that have something with an area: only their shapes tell how many masks
// there are (what is grouped is one) and whether a box is turned, which makes it a mask. Memory
// grows with the masks of the fullest image, not with frames, and with box_ids up to a bound.
absl::StatusOr<Contents> ContentsOf(const Dataset& data, const RankSet& frames) {
  Contents contents;
  RankCollector boxes;
  std::vector<RankCollector> masks;
  auto names = std::make_shared<OpenImagesFileNames>();
  absl::Status status;
  frames.ForEach(0, [&](Rank rank) {
    status = [&]() -> absl::Status {
      ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
      ASSIGN_OR_RETURN(const FrameShapes all, data.Shapes(rank));
      const bool has_box =
          std::any_of(all.shapes.begin(), all.shapes.end(), [](const Shape& shape) {
            return shape.type == ShapeType::kRectangle && shape.rotation == 0 && !shape.outside;
          });
      if (has_box && frame.width > 0 && frame.height > 0) boxes.Add(rank);
      const size_t count = std::min(OpenImagesMasks(frame, all).size(), kMostOpenImagesMasks);
      if (masks.size() < count) masks.resize(count);
      for (size_t i = 0; i < count; ++i) masks[i].Add(rank);
      if (count > 0 && MayHaveBoxIds(data.info(), all)) {
        ASSIGN_OR_RETURN(Item item, ItemOf(data, rank));
        names->Add(data.info(), OpenImagesOf(std::move(item)));
      }
      return absl::OkStatus();
    }();
    return status.ok();
  });
  RETURN_IF_ERROR(status);
  contents.boxes = boxes.Take();
  for (RankCollector& collector : masks) contents.masks.push_back(collector.Take());
  names->Finish();
  contents.names = std::move(names);
  return contents;
}

void AddMasks(const Contents& contents, const std::string& directory, Layout& tree) {
  auto last = std::make_shared<LastItem>();
  const std::shared_ptr<const OpenImagesFileNames> names = contents.names;
  for (size_t number = 0; number < contents.masks.size(); ++number) {
    tree.Named(
        directory, contents.masks[number], FamilyKind::kPixels,
        [last, names, number](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
          ASSIGN_OR_RETURN(const auto from, last->Get(data, rank));
          if (number >= from->masks.size()) return absl::InternalError("a mask that is not there");
          return names->Of(data.info(), *from, number);
        },
        [last, number](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
          ASSIGN_OR_RETURN(const auto from, last->Get(data, rank));
          if (number >= from->masks.size()) return absl::InternalError("a mask that is not there");
          const ItemAnnotation mask = DrawMask(*from, from->masks[number]);
          ASSIGN_OR_RETURN(const PixelMap pixels,
                           DrawMasks({&mask.mask}, {1}, from->item.height, from->item.width));
          return PngGray8(pixels);
        });
  }
}

Segments ImageRows(const ExportSubset& subset) {
  return Lines(std::string(kImageHead), subset.frames,
               [name = CsvField(subset.name)](const Dataset& data,
                                              Rank rank) -> absl::StatusOr<std::string> {
                 ASSIGN_OR_RETURN(const ItemNames names, ItemNamesOf(data, rank));
                 return absl::StrCat(CsvField(names.id), ",", name, ",,,,,,,,,,\r\n");
               });
}

// The frames of a dataset that have something, by what it becomes.
struct Candidates {
  RankSet tags, areas;
};

absl::StatusOr<Candidates> CandidatesIn(const Dataset& data) {
  Candidates candidates;
  ASSIGN_OR_RETURN(candidates.tags, FramesWithTypes(data, {ShapeType::kTag}));
  ASSIGN_OR_RETURN(candidates.areas,
                   FramesWithTypes(data, {ShapeType::kRectangle, ShapeType::kPolygon,
                                          ShapeType::kEllipse, ShapeType::kMask}));
  return candidates;
}

// The tables of one subset and its masks; answers the frames that have boxes.
absl::StatusOr<RankSet> AddSubset(const Dataset& data, const ExportSubset& subset,
                                  const Candidates& candidates, Layout& tree) {
  ASSIGN_OR_RETURN(const Contents contents,
                   ContentsOf(data, Intersect(subset.frames, candidates.areas)));
  const std::string table = "annotations/" + subset.path;
  tree.Segmented(table + "-images-with-rotation.csv", ImageRows(subset));
  const RankSet tags = Intersect(subset.frames, candidates.tags);
  if (!tags.empty()) {
    tree.Segmented(table + "-annotations-human-imagelabels.csv",
                   Lines(std::string(kTagHead), tags, TagRows));
  }
  if (!contents.boxes.empty()) {
    tree.Segmented(table + "-annotations-bbox.csv", BoxRows(contents.boxes));
  }
  if (!contents.masks.empty()) {
    tree.Segmented(table + "-annotations-object-segmentation.csv",
                   Lines(std::string(kMaskHead), contents.masks[0], MaskRows));
    AddMasks(contents, "masks/" + subset.path, tree);
  }
  return contents.boxes;
}

// `boxes`: the frames that have boxes, by subset.
Segments MetaFile(const std::vector<RankSet>& boxes) {
  Segments file;
  for (const RankSet& frames : boxes) {
    Segments lines =
        Lines(file.sections.empty() ? std::string(kMetaHead) : std::string(), frames, MetaLine);
    file.sections.push_back(std::move(lines.sections[0]));
  }
  return file;
}

class CvatOpenImages : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/Open Images V6 1.0",
            .summary = "CVAT's Open Images export: tables of tags, boxes and masks, masks as PNG",
            .keeps = {ShapeType::kTag, ShapeType::kRectangle, ShapeType::kPolygon,
                      ShapeType::kEllipse, ShapeType::kMask}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<ExportSubset> subsets, ExportSubsets(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const Candidates candidates, CandidatesIn(data));
    tree.File("annotations/class-descriptions.csv",
              [](const Dataset& data) -> absl::StatusOr<std::string> {
                return OpenImagesClasses(data.info());
              });
    tree.File("annotations/bbox_labels_600_hierarchy.json",
              [](const Dataset& data) -> absl::StatusOr<std::string> {
                return OpenImagesHierarchy(data.info());
              });
    std::vector<RankSet> boxes;
    bool has_boxes = false;
    for (const ExportSubset& subset : subsets) {
      ASSIGN_OR_RETURN(RankSet with_boxes, AddSubset(data, subset, candidates, tree));
      has_boxes |= !with_boxes.empty();
      boxes.push_back(std::move(with_boxes));
      tree.Media("images/" + subset.path + "/{item_path}", Intersect(subset.frames, media));
    }
    if (has_boxes) tree.Segmented("annotations/images.meta", MetaFile(boxes));
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why = WhyDroppedByType(Info(), data.info(), frame, all);
    for (size_t i = 0; i < all.shapes.size(); ++i) {
      absl::string_view& reason = why[all.tags.size() + i];
      const Shape& shape = all.shapes[i];
      if (!reason.empty() || shape.outside) continue;
      const bool is_box = shape.type == ShapeType::kRectangle && shape.rotation == 0;
      if (!is_box) {
        reason = WhyNotDrawable(frame, shape);
      } else if (frame.width == 0 || frame.height == 0) {
        reason = kSizeNotKnown;
      } else if (!HasFlags(data.info(), shape)) {
        reason = kFlagIsNoNumber;
      }
    }
    const std::vector<std::vector<size_t>> masks = OpenImagesMasks(frame, all);
    for (size_t i = kMostOpenImagesMasks; i < masks.size(); ++i) {
      for (size_t member : masks[i]) why[all.tags.size() + member] = kTooManyMasks;
    }
    return why;
  }

 private:
  static bool HasFlags(const DatasetInfo& info, const Shape& box) {
    return std::all_of(std::begin(kFlags), std::end(kFlags), [&](absl::string_view name) {
      if (name == "occluded") return true;  // CVAT's own
      const std::optional<ItemValue> value = AttributeOf(info, box, name);
      return !value || PythonIntOf(*value);
    });
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatOpenImagesWriter() { return std::make_unique<CvatOpenImages>(); }

}  // namespace annofs

// CVAT's "VGGFace2 1.0" (reference/cvat.md §9.4; Datumaro: vgg_face2): labels.txt,
// bb_landmark/loose_landmark_<S>.csv, bb_landmark/loose_bb_<S>.csv, <S>/<label>/<id><ext> for each
// label on an image.
//
// CVAT's whole export fails where an image has more than one box or set of points. Here such an
// image has no rows, and the reports say so for all that is on it.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/cvat_export.h"
#include "formats/label_folders_export.h"
#include "formats/python_text.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kSeveral = "the image has more than one box or set of points";
constexpr absl::string_view kFivePoints = "the format has five points";
constexpr absl::string_view kFirstTag = "only the label of the first tag is written";

constexpr absl::string_view kLandmarkHead = "NAME_ID,P1X,P1Y,P2X,P2Y,P3X,P3Y,P4X,P4Y,P5X,P5Y\r\n";
constexpr absl::string_view kBoxHead = "NAME_ID,X,Y,W,H\r\n";
constexpr size_t kCoordinates = 10;

struct Face {
  std::vector<const ItemAnnotation*> boxes, landmarks, tags;
  bool is_well() const { return boxes.size() <= 1 && landmarks.size() <= 1; }
};

Face FaceOf(const Item& item) {
  Face face;
  for (const ItemAnnotation& annotation : item.annotations) {
    if (annotation.type == ItemType::kBbox) face.boxes.push_back(&annotation);
    if (annotation.type == ItemType::kPoints) face.landmarks.push_back(&annotation);
    if (annotation.type == ItemType::kLabel) face.tags.push_back(&annotation);
  }
  return face;
}

// `label/id` as a field; an id in a directory of that name has it already.
std::string NameId(absl::string_view id, absl::string_view label) {
  if (label.empty()) label = kNoLabelFolder;
  const size_t slash = id.find('/');
  const bool has_it = slash != absl::string_view::npos && id.substr(0, slash) == label;
  return CsvField(has_it ? std::string(id) : absl::StrCat(label, "/", id));
}

void AppendLandmarks(absl::string_view name_id, const std::vector<double>& points,
                     std::string& out) {
  out.append(name_id.data(), name_id.size());
  for (size_t i = 0; i < kCoordinates; ++i) {
    out.push_back(',');
    if (points.size() == kCoordinates) AppendRepr(points[i], out);
  }
  out += "\r\n";
}

absl::StatusOr<std::string> LandmarkRows(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const Item item, ItemOf(data, rank));
  const Face face = FaceOf(item);
  std::string rows;
  if (!face.is_well()) return rows;
  const auto name = [&](const ItemAnnotation& of) {
    return NameId(item.id, data.info().labels[of.label].name);
  };
  for (const ItemAnnotation* points : face.landmarks) {
    AppendLandmarks(name(*points), points->points, rows);
  }
  // Datumaro takes the first label for all of them.
  for (size_t i = 0; i < face.tags.size(); ++i) AppendLandmarks(name(*face.tags[0]), {}, rows);
  if (face.landmarks.empty() && face.boxes.empty() && face.tags.empty()) {
    AppendLandmarks(NameId(item.id, ""), {}, rows);
  }
  return rows;
}

absl::StatusOr<std::string> BoxRows(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const Item item, ItemOf(data, rank));
  const Face face = FaceOf(item);
  std::string rows;
  if (!face.is_well()) return rows;
  for (const ItemAnnotation* box : face.boxes) {
    rows += NameId(item.id, data.info().labels[box->label].name);
    for (double part : box->points) {
      rows.push_back(',');
      AppendRepr(part, rows);
    }
    rows += "\r\n";
  }
  return rows;
}

std::string LabelLines(const DatasetInfo& info) {
  std::string names;
  for (const Label& label : info.labels) {
    absl::StrAppend(&names, label.name);
    if (label.parent >= 0) absl::StrAppend(&names, " ", info.labels[size_t(label.parent)].name);
    names.push_back('\n');
  }
  return names;
}

// The frames that show the label in their items. A 2D cuboid is in no item: frames of labels that
// have some are read.
absl::StatusOr<RankSet> FramesShowing(const Dataset& data, uint32_t label, const RankSet& frames) {
  ASSIGN_OR_RETURN(RankSet with, data.WithLabel(label));
  with = Intersect(with, frames);
  const std::vector<std::array<uint64_t, kShapeTypeCount>>& counts = data.info().label_counts;
  if (label >= counts.size() || counts[label][size_t(ShapeType::kCuboid)] == 0) return with;
  return FramesWhere(data, with, [label](const Dataset& data, Rank rank) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const Item item, ItemOf(data, rank));
    return std::any_of(item.annotations.begin(), item.annotations.end(),
                       [label](const ItemAnnotation& each) { return each.label == label; });
  });
}

// `directory`: of the subset.
absl::Status AddImages(const Dataset& data, const std::string& directory, const RankSet& images,
                       Layout& tree) {
  std::vector<RankSet> by_label(data.info().labels.size());
  RankSet rest = images;
  for (uint32_t label = 0; label < by_label.size(); ++label) {
    ASSIGN_OR_RETURN(by_label[label], FramesShowing(data, label, images));
    rest = Without(rest, by_label[label]);
  }
  std::vector<NamedFrames> folders = ByName(data.info(), std::move(by_label));
  folders.push_back({std::string(kNoLabelFolder), std::move(rest)});
  LabelFolders directories(tree, "{item_path}");
  for (const NamedFrames& folder : folders) {
    RETURN_IF_ERROR(directories.AddImages(data, directory, folder));
  }
  directories.Finish(directory);
  return absl::OkStatus();
}

class CvatVggFace2 : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/VGGFace2 1.0",
            .revision = 2,
            .summary = "CVAT's VGGFace2 export: a box and five points for each image",
            .keeps = {ShapeType::kTag, ShapeType::kRectangle, ShapeType::kPoints}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<ExportSubset> subsets, ExportSubsets(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const RankSet boxes, FramesWithTypes(data, {ShapeType::kRectangle}));
    tree.File("labels.txt", [](const Dataset& data) -> absl::StatusOr<std::string> {
      return LabelLines(data.info());
    });
    std::vector<std::string> directories;
    for (const ExportSubset& subset : subsets)
      directories.push_back(tree.Directory("", subset.path));
    for (size_t i = 0; i < subsets.size(); ++i) {
      const ExportSubset& subset = subsets[i];
      tree.Segmented("bb_landmark/loose_landmark_" + subset.path + ".csv",
                     Lines(std::string(kLandmarkHead), subset.frames, LandmarkRows));
      RankSet with_box = Intersect(subset.frames, boxes);
      if (!with_box.empty()) {
        tree.Segmented("bb_landmark/loose_bb_" + subset.path + ".csv",
                       Lines(std::string(kBoxHead), std::move(with_box), BoxRows));
      }
      RETURN_IF_ERROR(AddImages(data, directories[i], Intersect(subset.frames, media), tree));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why = WhyDroppedByType(Info(), data.info(), frame, all);
    const bool is_well =
        Count(all, ShapeType::kRectangle) <= 1 && Count(all, ShapeType::kPoints) <= 1;
    for (size_t i = 0; i < all.tags.size(); ++i) {
      why[i] = !is_well ? kSeveral : all.tags[i].label != all.tags[0].label ? kFirstTag : "";
    }
    for (size_t i = 0; i < all.shapes.size(); ++i) {
      absl::string_view& reason = why[all.tags.size() + i];
      const Shape& shape = all.shapes[i];
      if (!reason.empty() || shape.outside) continue;
      if (!is_well) {
        reason = kSeveral;
      } else if (shape.type == ShapeType::kPoints && shape.points.size() != kCoordinates) {
        reason = kFivePoints;
      }
    }
    return why;
  }

 private:
  static size_t Count(const FrameShapes& all, ShapeType type) {
    return size_t(std::count_if(all.shapes.begin(), all.shapes.end(), [type](const Shape& shape) {
      return shape.type == type && !shape.outside;
    }));
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatVggFace2Writer() { return std::make_unique<CvatVggFace2>(); }

}  // namespace annofs

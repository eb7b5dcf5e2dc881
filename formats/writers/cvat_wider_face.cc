// CVAT's "WiderFace 1.0" (reference/cvat.md §9.4; Datumaro: wider_face): labels.txt,
// wider_face_split/wider_face_<S>_bbx_gt.txt, WIDER_<S>/images/<idx>--<label>/<id><ext> by the
// first tag of an image, else no_label/.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/cvat_export.h"
#include "formats/item_buffers.h"
#include "formats/label_folders_export.h"
#include "formats/python_append.h"
#include "formats/python_text.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kFirstTag = "only the first tag of an image is its folder";

constexpr absl::string_view kAttributes[] = {"blur",     "expression", "illumination",
                                             "occluded", "pose",       "invalid"};
// The label that a box has where none is written.
constexpr absl::string_view kFace = "face";

std::string FolderOf(const DatasetInfo& info, uint32_t label) {
  return absl::StrCat(label, "--", info.labels[label].name);
}

void AppendBox(const DatasetInfo& info, const ItemAnnotation& box, std::string& out) {
  for (double part : box.points) {
    AppendRepr(part, out);
    out.push_back(' ');
  }
  for (absl::string_view name : kAttributes) {
    if (const ItemValue* value = box.Find(name)) {
      AppendPythonStr(*value, out);
    } else {
      out.push_back('-');
    }
    out.push_back(' ');
  }
  const std::string& label = info.labels[box.label].name;
  if (label != kFace) out += label;
  out.push_back('\n');
}

void AppendImage(const DatasetInfo& info, const Item& item, std::string& out) {
  const auto has_type = [](ItemType type) {
    return [type](const ItemAnnotation& annotation) { return annotation.type == type; };
  };
  const auto tag = absl::c_find_if(item.annotations, has_type(ItemType::kLabel));
  if (tag == item.annotations.end()) {
    absl::StrAppend(&out, kNoLabelFolder);
  } else {
    out += FolderOf(info, tag->label);
  }
  absl::StrAppend(&out, "/", item.file_name, "\n");
  const auto boxes = absl::c_count_if(item.annotations, has_type(ItemType::kBbox));
  if (boxes == 0) return;
  absl::StrAppend(&out, boxes, "\n");
  for (const ItemAnnotation& annotation : item.annotations) {
    if (annotation.type == ItemType::kBbox) AppendBox(info, annotation, out);
  }
}

Segments ListOf(RankSet frames) {
  Section section{.frames = std::move(frames)};
  section.segment = [items = std::make_shared<ItemBuffers>()](
                        const Dataset& data, const SegmentAt& at, Running&, std::string& out) {
    return items->WithItem(data, at.rank, [&](const Item& item) {
      AppendImage(data.info(), item, out);
      return absl::OkStatus();
    });
  };
  Segments list;
  list.sections.push_back(std::move(section));
  return list;
}

absl::Status AddImages(const Dataset& data, const ExportSubset& subset, const RankSet& images,
                       Layout& tree) {
  const std::string parent = absl::StrCat("WIDER_", subset.path, "/images");
  ASSIGN_OR_RETURN(const std::vector<RankSet> by_label, FramesByFirstTag(data, images));
  LabelFolders folders(tree);
  RankSet rest = images;
  for (uint32_t label = 0; label < by_label.size(); ++label) {
    if (by_label[label].empty()) continue;
    rest = Without(rest, by_label[label]);
    tree.Media(folders.Of(parent, FolderOf(data.info(), label)) + "/{item_path}", by_label[label]);
  }
  if (!rest.empty())
    tree.Media(folders.Of(parent, kNoLabelFolder) + "/{item_path}", std::move(rest));
  return absl::OkStatus();
}

class CvatWiderFace : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/WiderFace 1.0",
            .summary = "CVAT's WiderFace export: boxes with six attributes, a folder by tag",
            .keeps = {ShapeType::kTag, ShapeType::kRectangle}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<ExportSubset> subsets, ExportSubsets(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    tree.File("labels.txt", [](const Dataset& data) -> absl::StatusOr<std::string> {
      return LabelNames(data.info());
    });
    for (const ExportSubset& subset : subsets) {
      tree.Segmented("wider_face_split/wider_face_" + subset.path + "_bbx_gt.txt",
                     ListOf(subset.frames));
      RETURN_IF_ERROR(AddImages(data, subset, Intersect(subset.frames, media), tree));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why = WhyDroppedByType(Info(), data.info(), frame, all);
    for (size_t i = 1; i < all.tags.size(); ++i) why[i] = kFirstTag;
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatWiderFaceWriter() { return std::make_unique<CvatWiderFace>(); }

}  // namespace annofs

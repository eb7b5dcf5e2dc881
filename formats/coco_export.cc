#include "formats/coco_export.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/cvat_export.h"
#include "formats/datumaro_export_json.h"
#include "formats/image_numbers.h"
#include "formats/item_buffers.h"
#include "formats/item_transforms.h"

namespace annofs {
namespace {

constexpr JsonDialect kDialect = JsonDialect::kCompact;
// What the sections count: images with numbers of their own, elements.
constexpr size_t kOwn = 0, kWritten = 1;

constexpr absl::string_view kHead =
    R"({"licenses":[{"name":"","id":0,"url":""}],)"
    R"("info":{"contributor":"","date_created":"","description":"","url":"","version":"","year":""},)"
    R"("categories":)";

bool IsEllipse(const ItemAnnotation& annotation) { return annotation.type == ItemType::kEllipse; }

absl::Status RenderImage(const Dataset& data, Rank rank, uint64_t id, std::string& out) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(ItemNames names, ItemNamesOf(data, rank, frame));
  out += "{\"id\":";
  AppendJsonInt(int64_t(id), out);
  out += ",\"width\":";
  AppendJsonInt(frame.width, out);
  out += ",\"height\":";
  AppendJsonInt(frame.height, out);
  out += ",\"file_name\":";
  AppendJsonString(kDialect, names.file_name, out);
  out += R"(,"license":0,"flickr_url":"","coco_url":"","date_captured":0})";
  return absl::OkStatus();
}

Segments FileOf(std::shared_ptr<const CocoTask> task, const RankSet& frames, uint32_t subset,
                const std::shared_ptr<ImageNumbers>& numbers) {
  Section images;
  images.before = absl::StrCat(kHead, task->categories, ",\"images\":[");
  images.frames = frames;
  images.segment = [numbers, subset](const Dataset& data, const SegmentAt& at, Running& running,
                                     std::string& out) -> absl::Status {
    ASSIGN_OR_RETURN(const uint64_t id, numbers->Next(data, subset, at.rank, running.n[kOwn]));
    if (running.n[kWritten]++ > 0) out.push_back(',');
    return RenderImage(data, at.rank, id, out);
  };
  Section annotations;
  annotations.before = "],\"annotations\":[";
  annotations.frames = frames;
  annotations.segment = [task, numbers, subset, items = std::make_shared<ItemBuffers>()](
                            const Dataset& data, const SegmentAt& at, Running& running,
                            std::string& out) -> absl::Status {
    ASSIGN_OR_RETURN(const uint64_t id, numbers->Next(data, subset, at.rank, running.n[kOwn]));
    return items->WithItem(data, at.rank, [&](Item& item) {
      if (absl::c_any_of(item.annotations, IsEllipse)) EllipsesToMasks(item);
      CocoAnnotations to(id, running.n[kWritten], out);
      task->annotations(data.info(), item, to);
      return absl::OkStatus();
    });
  };
  Segments file;
  file.sections.push_back(std::move(images));
  file.sections.push_back(std::move(annotations));
  file.tail = "]}";
  return file;
}

}  // namespace

absl::Status DescribeCoco(const Dataset& data, CocoTask task, Layout& tree) {
  ASSIGN_OR_RETURN(std::vector<ExportSubset> subsets, ExportSubsets(data));
  ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
  const auto shared = std::make_shared<const CocoTask>(std::move(task));
  std::vector<RankSet> frames;
  for (const ExportSubset& subset : subsets) frames.push_back(subset.frames);
  const auto numbers = std::make_shared<ImageNumbers>(std::move(frames));
  uint32_t number = 0;
  for (const ExportSubset& subset : subsets) {
    tree.Segmented(absl::StrCat("annotations/", shared->name, "_", subset.path, ".json"),
                   FileOf(shared, subset.frames, number++, numbers));
    tree.Media(absl::StrCat("images/", subset.path, "/{item_path}"),
               Intersect(subset.frames, media));
  }
  return absl::OkStatus();
}

void AppendCocoCategory(const DatasetInfo& info, uint32_t label, std::string& out) {
  const int32_t parent = info.labels[label].parent;
  out += "\"id\":";
  AppendJsonInt(int64_t{label} + 1, out);
  out += ",\"name\":";
  AppendJsonString(kDialect, info.labels[label].name, out);
  out += ",\"supercategory\":";
  AppendJsonString(kDialect, parent >= 0 ? info.labels[size_t(parent)].name : "", out);
}

}  // namespace annofs

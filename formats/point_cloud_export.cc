#include "formats/point_cloud_export.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/base/utf8.h"
#include "formats/box.h"
#include "formats/cvat_export.h"

namespace annofs {
namespace {

// Leaves room for what formats put behind it (".pcd.json").
constexpr size_t kMaxStem = 200;

constexpr absl::string_view kNoCloud = "the format is for point clouds only";
constexpr absl::string_view kOutside = "it is outside";

}  // namespace

absl::StatusOr<PointClouds> PointClouds::Of(const Dataset& data) {
  PointClouds clouds;
  RankCollector frames;
  uint32_t others = 0;
  const std::vector<Task>& tasks = data.info().tasks;
  for (uint32_t task = 0; task < tasks.size(); ++task) {
    clouds.others_before_.push_back(others);
    ASSIGN_OR_RETURN(const RankSet of_task, data.OfTask(task));
    if (tasks[task].is_3d) {
      frames.AddAll(of_task);
    } else {
      others += uint32_t(of_task.size());
    }
  }
  clouds.frames_ = frames.Take();
  return clouds;
}

absl::StatusOr<Rank> PointClouds::First(const Dataset& data) const {
  for (uint32_t position = 0; position < data.frame_count(); ++position) {
    ASSIGN_OR_RETURN(const Rank rank, data.InOrder(position));
    if (frames_.Contains(rank)) return rank;
  }
  return absl::InternalError("a dataset without point clouds");
}

absl::Status PointClouds::ForEachItem(const Dataset& data,
                                      absl::FunctionRef<void(const Item&)> fn) const {
  ASSIGN_OR_RETURN(const RankSet with, data.With(FrameTerm::OfType(ShapeType::kCuboid)));
  const RankSet wanted = Intersect(frames_, with);
  for (uint32_t position = 0; position < data.frame_count() && !wanted.empty(); ++position) {
    ASSIGN_OR_RETURN(const Rank rank, data.InOrder(position));
    if (!wanted.Contains(rank)) continue;
    ASSIGN_OR_RETURN(const Item item, ItemOf(data, rank));
    fn(item);
  }
  return absl::OkStatus();
}

std::string PointCloudStem(absl::string_view id) {
  std::string stem = absl::StrReplaceAll(id, {{"/", "_"}});
  if (stem.size() <= kMaxStem) return stem;
  return absl::StrCat(Utf8Prefix(stem, kMaxStem - 9), "-", Hash8Hex(id));
}

absl::StatusOr<std::string> PointCloudStem(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const ItemNames names, ItemNamesOf(data, rank));
  return PointCloudStem(names.id);
}

absl::Status AddPointClouds(const Dataset& data, const PointClouds& clouds,
                            absl::string_view directory, Layout& tree) {
  ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
  tree.Named(directory, Intersect(clouds.frames(), media), FamilyKind::kMedia,
             [](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
               ASSIGN_OR_RETURN(const std::string stem, PointCloudStem(data, rank));
               ASSIGN_OR_RETURN(const std::optional<Media> media, data.GetMedia(rank));
               const bool is_bin = media && Extension(media->key) == ".bin";
               return absl::StrCat(stem, is_bin ? ".bin" : ".pcd");
             });
  return absl::OkStatus();
}

std::vector<absl::string_view> WhyNoCuboid(const DatasetInfo& info, const Frame& frame,
                                           const FrameShapes& all) {
  const bool is_cloud = IsPointCloud(info, frame);
  std::vector<absl::string_view> why(all.tags.size(), is_cloud ? kTypeNotInFormat : kNoCloud);
  for (const Shape& shape : all.shapes) {
    why.push_back(!is_cloud                          ? kNoCloud
                  : shape.type != ShapeType::kCuboid ? kTypeNotInFormat
                  : shape.outside                    ? kOutside
                                                     : "");
  }
  return why;
}

}  // namespace annofs

// Kitti Raw Format 1.0 (reference/cvat.md §9.4): tracklet_labels.xml, an archive of boost; the
// names of frames by number; the clouds; their context images, a directory for each camera. CVAT
// takes the track away from each cuboid before: every
// one is a tracklet of one frame, and the last comes first (CVAT: RemoveTrackingInformation,
// Datumaro: KittiRawConverter).
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/cvat_xml_writer_text.h"
#include "formats/item.h"
#include "formats/point_cloud_export.h"
#include "formats/python_text.h"
#include "formats/related_media.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kHead =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
    "<!DOCTYPE boost_serialization>\n"
    "<boost_serialization version=\"9\" signature=\"serialization::archive\">\n"
    "<tracklets version=\"0\" tracking_level=\"0\" class_id=\"0\">";
constexpr absl::string_view kTail = "\n</tracklets>\n</boost_serialization>";

using PointCloudsPtr = std::shared_ptr<const PointClouds>;

void AppendNumber(int level, absl::string_view name, double value, std::string& out) {
  std::string text;
  AppendRepr(value, text);
  AppendXmlLeaf(level, name, text, out);
}

// The first element of a kind has the archive's headers.
void AppendOpen(int level, absl::string_view name, absl::string_view header, bool is_first,
                std::string& out) {
  AppendXmlIndent(level, out);
  absl::StrAppend(&out, "<", name, is_first ? header : "", ">");
}

bool IsKeyframe(const ItemAnnotation& cuboid) {
  const ItemValue* keyframe = cuboid.Find("keyframe");
  return keyframe != nullptr && *keyframe == ItemValue(true);
}

bool IsOccluded(const ItemAnnotation& cuboid) {
  const ItemValue* occluded = cuboid.Find("occluded");
  return occluded != nullptr && *occluded == ItemValue(true);
}

void AppendPose(const ItemAnnotation& cuboid, bool is_first, std::string& out) {
  AppendOpen(3, "item", " version=\"1\" tracking_level=\"0\" class_id=\"3\"", is_first, out);
  constexpr absl::string_view kNames[] = {"tx", "ty", "tz", "rx", "ry", "rz"};
  for (size_t i = 0; i < 6; ++i) AppendNumber(4, kNames[i], cuboid.points[i], out);
  AppendXmlLeaf(4, "state", "2", out);
  AppendXmlLeaf(4, "occlusion", IsOccluded(cuboid) ? "1" : "0", out);
  AppendXmlLeaf(4, "occlusion_kf", IsKeyframe(cuboid) ? "1" : "0", out);
  AppendXmlLeaf(4, "truncation", "0", out);
  for (absl::string_view name :
       {"amt_occlusion", "amt_border_l", "amt_border_r", "amt_occlusion_kf", "amt_border_kf"}) {
    AppendXmlLeaf(4, name, "-1", out);
  }
  AppendXmlClose(3, "item", out);
}

void AppendTracklet(const DatasetInfo& info, const ItemAnnotation& cuboid, uint32_t frame,
                    bool is_first, std::string& out) {
  AppendOpen(1, "item", " version=\"1\" tracking_level=\"0\" class_id=\"1\"", is_first, out);
  AppendXmlLeaf(2, "objectType", info.labels[cuboid.label].name, out);
  AppendNumber(2, "h", cuboid.points[7], out);
  AppendNumber(2, "w", cuboid.points[6], out);
  AppendNumber(2, "l", cuboid.points[8], out);
  AppendXmlLeaf(2, "first_frame", absl::StrCat(frame), out);
  AppendOpen(2, "poses", " version=\"0\" tracking_level=\"0\" class_id=\"2\"", is_first, out);
  AppendXmlLeaf(3, "count", "1", out);
  AppendXmlLeaf(3, "item_version", "0", out);
  AppendPose(cuboid, is_first, out);
  AppendXmlClose(2, "poses", out);
  AppendXmlLeaf(2, "finished", "1", out);
  AppendXmlClose(1, "item", out);
}

// The frames from the last to the first: each is a run of its own.
absl::StatusOr<std::optional<RankSet>> FromBehind(const Dataset& data, const PointClouds& clouds,
                                                  uint32_t run) {
  if (run >= data.frame_count()) return std::optional<RankSet>();
  ASSIGN_OR_RETURN(const Rank rank, data.InOrder(data.frame_count() - 1 - run));
  if (!clouds.frames().Contains(rank)) return std::optional(RankSet());
  return std::optional(RankSet::Of({rank}));
}

absl::StatusOr<Segments> Tracklets(const Dataset& data, const PointCloudsPtr& clouds) {
  uint64_t count = 0;
  RETURN_IF_ERROR(clouds->ForEachItem(data, [&count](const Item& item) {
    count += uint64_t(
        std::count_if(item.annotations.begin(), item.annotations.end(),
                      [](const ItemAnnotation& one) { return one.type == ItemType::kCuboid3d; }));
  }));
  Section section{.before = std::string(kHead)};
  AppendXmlLeaf(1, "count", absl::StrCat(count), section.before);
  AppendXmlLeaf(1, "item_version", "1", section.before);
  section.runs = [clouds](const Dataset& data, uint32_t run) {
    return FromBehind(data, *clouds, run);
  };
  section.segment = [clouds](const Dataset& data, const SegmentAt& at, Running& running,
                             std::string& out) -> absl::Status {
    ASSIGN_OR_RETURN(const Item item, ItemOf(data, at.rank));
    const uint32_t frame = clouds->IndexOf(at.position, item.task);
    for (auto cuboid = item.annotations.rbegin(); cuboid != item.annotations.rend(); ++cuboid) {
      if (cuboid->type != ItemType::kCuboid3d) continue;
      AppendTracklet(data.info(), *cuboid, frame, running.n[0]++ == 0, out);
    }
    return absl::OkStatus();
  };
  Segments segments{.tail = std::string(kTail)};
  segments.sections.push_back(std::move(section));
  return segments;
}

Segments FrameList(const PointCloudsPtr& clouds) {
  Section section{.frames = clouds->frames()};
  section.segment = [clouds](const Dataset& data, const SegmentAt& at, Running&,
                             std::string& out) -> absl::Status {
    ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(at.rank));
    ASSIGN_OR_RETURN(const std::string stem, PointCloudStem(data, at.rank));
    absl::StrAppend(&out, clouds->IndexOf(at.position, frame.task), " ", stem, "\n");
    return absl::OkStatus();
  };
  Segments segments;
  segments.sections.push_back(std::move(section));
  return segments;
}

// A camera is what stands at its place in a frame's order: a frame without one moves the others up.
absl::Status AddCameras(const Dataset& data, const RankSet& frames, Layout& tree) {
  return ForEachRelated(data, frames, [&tree](uint32_t number, RankSet of_camera) {
    tree.Related(absl::StrFormat("image_%02d/data", number), number, std::move(of_camera),
                 [number](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
                   ASSIGN_OR_RETURN(const std::string stem, PointCloudStem(data, rank));
                   ASSIGN_OR_RETURN(const RelatedMedia image, RelatedAt(data, rank, number));
                   return SafeName(absl::StrCat(stem, Extension(image.name)));
                 });
  });
}

class CvatKittiRaw : public Writer {
 public:
  WriterInfo Info() const override {
    return {
        .name = "cvat/Kitti Raw Format 1.0",
        .revision = 2,
        .summary = "KITTI raw: tracklet_labels.xml, frame_list.txt, velodyne_points/, image_00/",
        .keeps = {ShapeType::kCuboid},
        .is_3d = true};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(PointClouds found, PointClouds::Of(data));
    const auto clouds = std::make_shared<const PointClouds>(std::move(found));
    ASSIGN_OR_RETURN(Segments tracklets, Tracklets(data, clouds));
    tree.Segmented("tracklet_labels.xml", std::move(tracklets));
    tree.Segmented("frame_list.txt", FrameList(clouds));
    RETURN_IF_ERROR(AddPointClouds(data, *clouds, "velodyne_points/data", tree));
    return AddCameras(data, clouds->frames(), tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyNoCuboid(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatKittiRawWriter() { return std::make_unique<CvatKittiRaw>(); }

}  // namespace annofs

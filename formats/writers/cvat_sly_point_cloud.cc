// Sly Point Cloud Format 1.0 (reference/cvat.md §9.4; Datumaro: SuperviselyPointCloudConverter): a
// JSON for each cloud, meta.json, key_id_map.json, the clouds. CVAT's keys are random; here each is
// a UUID of what it is the key of. An object is told by a number of CVAT's: the track's, of static
// cuboids one behind those of the frame's tracks, so static cuboids of several frames share their
// keys, as do tracks of one number in several tasks. Context images lie in a directory of each
// cloud, each with a JSON that says nothing but its name.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/item.h"
#include "formats/point_cloud_export.h"
#include "formats/related_media.h"
#include "formats/sly_context.h"
#include "formats/sly_project.h"
#include "formats/writer.h"

namespace annofs {
namespace {

using PointCloudsPtr = std::shared_ptr<const PointClouds>;
using SlyProjectPtr = std::shared_ptr<const SlyProject>;

void AppendEntry(absl::string_view key, int64_t id, Running& running, std::string& out) {
  absl::StrAppend(&out, running.n[0]++ == 0 ? "\n" : ",\n", "    \"", key, "\": ", id);
}

// Every item has two tags: the user and the labels.
Section TagsOfMap(const PointCloudsPtr& clouds, const SlyProjectPtr& project) {
  Section section{.before = "{\n  \"tags\": {", .frames = clouds->frames()};
  section.segment = [clouds, project](const Dataset& data, const SegmentAt& at, Running& running,
                                      std::string& out) -> absl::Status {
    ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(at.rank));
    ASSIGN_OR_RETURN(const ItemNames names, ItemNamesOf(data, at.rank, frame));
    const int64_t index = clouds->IndexOf(at.position, frame.task);
    const SlyKeys keys = project->KeysOf(frame.task, names.id);
    AppendEntry(keys.UserTag(), 2 * index + 1, running, out);
    AppendEntry(keys.LabelsTag(), 2 * index + 2, running, out);
    return absl::OkStatus();
  };
  return section;
}

// No frame's: some of them at a time are a run, which stands at the first cloud.
Section ObjectsOfMap(const PointCloudsPtr& clouds, const SlyProjectPtr& project) {
  constexpr size_t kInRun = 1024;
  Section section{.before = "\n  },\n  \"objects\": {"};
  section.runs = [clouds, project](const Dataset&,
                                   uint32_t run) -> absl::StatusOr<std::optional<RankSet>> {
    if (run * kInRun >= project->objects().size()) return std::nullopt;
    const Rank any = clouds->frames()[0];
    return RankSet::Range(any, any + 1);
  };
  section.segment = [project](const Dataset&, const SegmentAt& at, Running& running,
                              std::string& out) -> absl::Status {
    const std::vector<int64_t>& objects = project->objects();
    const size_t end = std::min((at.run + 1) * kInRun, objects.size());
    for (size_t i = at.run * kInRun; i < end; ++i) {
      AppendEntry(project->ObjectKey(objects[i]), objects[i], running, out);
    }
    return absl::OkStatus();
  };
  return section;
}

Section FiguresOfMap(const PointCloudsPtr& clouds, const SlyProjectPtr& project) {
  Section section{.before = "\n  },\n  \"figures\": {", .frames = clouds->frames()};
  section.segment = [project](const Dataset& data, const SegmentAt& at, Running& running,
                              std::string& out) -> absl::Status {
    ASSIGN_OR_RETURN(const Item item, ItemOf(data, at.rank));
    const SlyKeys keys = project->KeysOf(item.task, item.id);
    size_t figure = 0;
    for (const ItemAnnotation& cuboid : item.annotations) {
      if (cuboid.type != ItemType::kCuboid3d) continue;
      AppendEntry(keys.Figure(figure++), cuboid.id, running, out);
    }
    return absl::OkStatus();
  };
  return section;
}

Section VideosOfMap(const PointCloudsPtr& clouds, const SlyProjectPtr& project) {
  Section section{.before = "\n  },\n  \"videos\": {", .frames = clouds->frames()};
  section.segment = [project](const Dataset& data, const SegmentAt& at, Running& running,
                              std::string& out) -> absl::Status {
    ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(at.rank));
    ASSIGN_OR_RETURN(const ItemNames names, ItemNamesOf(data, at.rank, frame));
    AppendEntry(project->KeysOf(frame.task, names.id).Item(), frame.number, running, out);
    return absl::OkStatus();
  };
  return section;
}

NameFrame ContextName(uint32_t number, absl::string_view suffix) {
  return [number, suffix](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const std::vector<RelatedMedia> images, data.Related(rank));
    if (number >= images.size()) return absl::InternalError("fewer context images than counted");
    return absl::StrCat(SlyContextNames(images)[number], suffix);
  };
}

absl::Status AddContextImages(const Dataset& data, const RankSet& clouds, Layout& tree) {
  ASSIGN_OR_RETURN(const RankSet some, data.WithRelated(0));
  const RankSet with = Intersect(clouds, some);
  if (with.empty()) return absl::OkStatus();
  const uint32_t folder =
      tree.Folders("ds0/related_images", with,
                   [](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
                     ASSIGN_OR_RETURN(const std::string stem, PointCloudStem(data, rank));
                     return stem + "_pcd";
                   });
  return ForEachRelated(data, with, [&](uint32_t number, RankSet frames) {
    const NameFrame name = ContextName(number, "");
    tree.RelatedInFolders(folder, number, frames, name);
    tree.InFolders(folder, std::move(frames), ContextName(number, ".json"),
                   [name](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
                     ASSIGN_OR_RETURN(const std::string own, name(data, rank));
                     return RenderSlyContext(own);
                   });
  });
}

class CvatSlyPointCloud : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/Sly Point Cloud Format 1.0",
            .revision = 2,
            .summary = "Supervisely point clouds: meta.json, key_id_map.json, ds0/",
            .keeps = {ShapeType::kCuboid},
            .is_3d = true};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(PointClouds found, PointClouds::Of(data));
    const auto clouds = std::make_shared<const PointClouds>(std::move(found));
    ASSIGN_OR_RETURN(const SlyProjectPtr project, SlyProject::Of(data, *clouds));
    tree.File("meta.json", [project](const Dataset& data) -> absl::StatusOr<std::string> {
      return project->RenderMeta(data.info());
    });
    Segments map{.tail = "\n  }\n}"};
    map.sections.push_back(TagsOfMap(clouds, project));
    map.sections.push_back(ObjectsOfMap(clouds, project));
    map.sections.push_back(FiguresOfMap(clouds, project));
    map.sections.push_back(VideosOfMap(clouds, project));
    tree.Segmented("key_id_map.json", std::move(map));
    tree.Named(
        "ds0/ann", clouds->frames(), FamilyKind::kText,
        [](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
          ASSIGN_OR_RETURN(const std::string stem, PointCloudStem(data, rank));
          return stem + ".pcd.json";
        },
        [project](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
          ASSIGN_OR_RETURN(const Item item, ItemOf(data, rank));
          return project->RenderItem(data.info(), item);
        });
    RETURN_IF_ERROR(AddPointClouds(data, *clouds, "ds0/pointcloud", tree));
    return AddContextImages(data, clouds->frames(), tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyNoCuboid(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatSlyPointCloudWriter() {
  return std::make_unique<CvatSlyPointCloud>();
}

}  // namespace annofs

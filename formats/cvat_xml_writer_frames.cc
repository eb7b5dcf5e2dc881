#include "formats/cvat_xml_writer_frames.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cache/base/status.h"

namespace annofs {
namespace {

bool HasPointClouds(const DatasetInfo& info) {
  return std::any_of(info.tasks.begin(), info.tasks.end(),
                     [](const Task& task) { return task.is_3d; });
}

}  // namespace

absl::StatusOr<RankSet> CvatXmlFrames(const Dataset& data, const CvatXmlWriterTasks& tasks) {
  if (!HasPointClouds(data.info())) return data.All();
  RankCollector frames;
  for (uint32_t task : tasks.order()) {
    ASSIGN_OR_RETURN(const RankSet of_task, data.OfTask(task));
    frames.AddAll(of_task);
  }
  return frames.Take();
}

absl::StatusOr<Section> CvatXmlSection(const Dataset& data, const CvatXmlWriterTasksPtr& tasks) {
  Section section;
  if (std::is_sorted(tasks->order().begin(), tasks->order().end())) {
    ASSIGN_OR_RETURN(section.frames, CvatXmlFrames(data, *tasks));
    return section;
  }
  section.runs = [tasks](const Dataset& data,
                         uint32_t run) -> absl::StatusOr<std::optional<RankSet>> {
    if (run >= tasks->order().size()) return std::optional<RankSet>();
    ASSIGN_OR_RETURN(RankSet frames, data.OfTask(tasks->order()[run]));
    return std::optional<RankSet>(std::move(frames));
  };
  return section;
}

absl::Status AddCvatXmlImages(const Dataset& data, const CvatXmlWriterTasks& tasks, Layout& tree) {
  ASSIGN_OR_RETURN(const RankSet frames, CvatXmlFrames(data, tasks));
  ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
  const RankSet images = Intersect(frames, media);
  if (!tasks.is_project()) {
    tree.Media("images/{path}", images);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> subsets, data.Subsets());
  for (const std::string& subset : subsets) {
    ASSIGN_OR_RETURN(const RankSet of_subset, data.InSubset(subset));
    // "default" may be the name of one, too.
    const std::string place = tree.Directory("images", std::string(CvatXmlSubset(subset)));
    tree.Media(place + "/{item_path}", Intersect(images, of_subset));
  }
  return absl::OkStatus();
}

}  // namespace annofs

#include "formats/people_files.h"

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"

namespace annofs {

void AddPeopleFiles(absl::string_view directory, const RankSet& frames, const RankSet& media,
                    const ShapeFilter& wanted, Layout& tree) {
  tree.Media(JoinPath(directory, "{path}"), Intersect(frames, media));
  tree.PerFrame(
      JoinPath(directory, "{sidecar}.json"), frames,
      [wanted](const Dataset& data, Rank rank) { return RenderJson(data, rank, wanted); });
  tree.PerFrame(JoinPath(directory, "{sidecar}.tsv"), frames,
                [wanted](const Dataset& data, Rank rank) { return RenderTsv(data, rank, wanted); });
}

}  // namespace annofs

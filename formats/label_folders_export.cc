#include "formats/label_folders_export.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

// The label of the first tag; the frame has one.
absl::StatusOr<uint32_t> FirstTagOf(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
  if (all.tags.empty()) return absl::InternalError("a frame with a tag in the index has none");
  return all.tags[0].label;
}

}  // namespace

std::string LabelNames(const DatasetInfo& info) {
  std::string names;
  for (size_t i = 0; i < info.labels.size(); ++i) {
    absl::StrAppend(&names, i == 0 ? "" : "\n", info.labels[i].name);
  }
  return names;
}

absl::StatusOr<std::vector<RankSet>> FramesByFirstTag(const Dataset& data, const RankSet& frames) {
  const size_t labels = data.info().labels.size();
  std::vector<RankSet> by_label(labels);
  RankSet one, several;
  for (uint32_t label = 0; label < labels; ++label) {
    ASSIGN_OR_RETURN(RankSet tagged, data.With(FrameTerm::OfTag(label)));
    by_label[label] = Intersect(tagged, frames);
    several = UnionOf(several, Intersect(one, by_label[label]));
    one = UnionOf(one, by_label[label]);
  }
  if (several.empty()) return by_label;
  std::vector<RankCollector> first(labels);
  absl::Status status;
  several.ForEach(0, [&](Rank rank) {
    absl::StatusOr<uint32_t> label = FirstTagOf(data, rank);
    status = label.status();
    if (label.ok()) first[*label].Add(rank);
    return label.ok();
  });
  RETURN_IF_ERROR(status);
  for (uint32_t label = 0; label < labels; ++label) {
    by_label[label] = UnionOf(Without(by_label[label], several), first[label].Take());
  }
  return by_label;
}

std::vector<NamedFrames> ByName(const DatasetInfo& info, std::vector<RankSet> by_label) {
  std::vector<NamedFrames> named;
  absl::flat_hash_map<absl::string_view, size_t> places;
  for (size_t label = 0; label < by_label.size(); ++label) {
    const std::string& name = info.labels[label].name;
    const auto [place, is_new] = places.try_emplace(name, named.size());
    if (is_new) {
      named.push_back({name, std::move(by_label[label])});
    } else {
      RankSet& frames = named[place->second].frames;
      frames = UnionOf(frames, by_label[label]);
    }
  }
  return named;
}

std::string LabelFolders::Folder(const std::string& parent, absl::string_view name) {
  std::string& path = paths_[absl::StrCat(parent, "\n", name)];
  if (path.empty()) path = tree_.Directory(parent, name);
  return path;
}

std::string LabelFolders::Of(absl::string_view parent, absl::string_view name) {
  std::string path(parent);
  if (SafePath(name) != name) return Folder(path, name);
  for (absl::string_view part : absl::StrSplit(name, '/')) path = Folder(path, part);
  return path;
}

absl::Status LabelFolders::AddImages(const Dataset& data, absl::string_view parent,
                                     const NamedFrames& images) {
  if (images.frames.empty()) return absl::OkStatus();
  RankSet inside;
  ASSIGN_OR_RETURN(std::optional<uint32_t> number, data.FindDirectory(images.name));
  if (number && *number != 0 && images.name.find('/') == std::string::npos) {
    ASSIGN_OR_RETURN(FrameDirectory directory, data.Directory(*number));
    inside = Intersect(images.frames, RankSet::Range(directory.begin, directory.end));
  }
  as_they_are_ = UnionOf(as_they_are_, inside);
  RankSet others = Without(images.frames, inside);
  if (!others.empty()) tree_.Media(JoinPath(Of(parent, images.name), pattern_), std::move(others));
  return absl::OkStatus();
}

void LabelFolders::Finish(absl::string_view parent) {
  if (as_they_are_.empty()) return;
  tree_.Media(JoinPath(parent, pattern_), std::move(as_they_are_));
  as_they_are_ = RankSet();
}

}  // namespace annofs

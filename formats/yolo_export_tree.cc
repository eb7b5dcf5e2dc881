#include "formats/yolo_export_tree.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "formats/cvat_export.h"
#include "formats/media_path.h"
#include "formats/subset_names.h"
#include "formats/yaml_dump.h"

namespace annofs {
namespace {

constexpr absl::string_view kNoSubset = "default", kTrain = "train";

using YamlEntries = std::vector<std::pair<std::string, std::string>>;

std::string NamesBlock(const DatasetInfo& info, const std::vector<int>& classes) {
  std::string text;
  for (size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] >= 0) AppendYamlNumbered(uint64_t(classes[i]), info.labels[i].name, text);
  }
  return text.empty() ? "names: {}\n" : absl::StrCat("names:\n", text);
}

std::string EntryOf(absl::string_view key, absl::string_view value) {
  std::string text;
  AppendYamlEntry(key, value, text);
  return text;
}

void DescribeDataYaml(const YoloSubsets& subsets, std::shared_ptr<const YoloLines> lines,
                      YamlEntries entries, Layout& tree) {
  for (const YoloSubset& subset : subsets.list) {
    entries.emplace_back(subset.name, EntryOf(subset.name, subset.name + ".txt"));
  }
  entries.emplace_back("path", EntryOf("path", "."));
  tree.File("data.yaml",
            [entries, lines,
             comments = subsets.renamed](const Dataset& data) -> absl::StatusOr<std::string> {
              std::map<std::string, std::string> sorted(entries.begin(), entries.end());
              sorted["names"] = NamesBlock(data.info(), lines->classes());
              std::string text = comments;
              for (const auto& [key, entry] : sorted) text += entry;
              return text;
            });
}

}  // namespace

absl::StatusOr<YoloSubsets> YoloSubsetsOf(const Dataset& data,
                                          const std::vector<absl::string_view>& reserved) {
  ASSIGN_OR_RETURN(const std::vector<ExportSubset> named, ExportSubsets(data, kNoSubset));
  YoloSubsets subsets;
  RankSet of_none;
  bool has_none = false;
  std::optional<size_t> train;  // whose end the frames of no subset are
  for (const ExportSubset& subset : named) {
    if (subset.name == kNoSubset) {
      of_none = subset.frames;
      has_none = true;
      continue;
    }
    if (subset.name == kTrain) train = subsets.list.size();
    std::string name = subset.path;
    if (std::find(reserved.begin(), reserved.end(), name) != reserved.end()) {
      absl::StrAppend(&name, "-", Hash8Hex(name));
    }
    if (name != subset.name) {
      absl::StrAppend(&subsets.renamed, "# the subset ", JsonWriter().String(subset.name).Take(),
                      " is called ", name, " here\n");
    }
    subsets.list.push_back({.name = std::move(name), .parts = {subset.frames}});
  }
  if (has_none) {
    if (train) {
      subsets.list[*train].parts.push_back(of_none);
    } else {
      subsets.list.push_back({.name = std::string(kTrain), .parts = {of_none}});
    }
  }
  for (YoloSubset& subset : subsets.list) {
    for (const RankSet& part : subset.parts) subset.frames = UnionOf(subset.frames, part);
  }
  return subsets;
}

absl::StatusOr<std::string> ImageFileName(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
  return MediaPath(data, rank, names);
}

Segments YoloImageList(const YoloSubset& subset, absl::string_view directory) {
  const bool is_by_subset = ItemPathPattern(subset) == "{item_path}";
  auto line = [is_by_subset, prefix = absl::StrCat("data/", directory, "/")](
                  const Dataset& data, const SegmentAt& at, Running&,
                  std::string& out) -> absl::Status {
    ASSIGN_OR_RETURN(FrameNames names, data.Names(at.rank));
    if (is_by_subset) {
      ASSIGN_OR_RETURN(names, NamesInSubset(data, at.rank, std::move(names)));
    }
    ASSIGN_OR_RETURN(const std::string name, MediaPath(data, at.rank, names));
    const size_t begin = out.size();
    absl::StrAppend(&out, prefix, name, "\n");
    if (out.find('\\', begin) != std::string::npos) {
      std::replace(out.begin() + long(begin), out.end(), '\\', '/');  // as Datumaro does
    }
    return absl::OkStatus();
  };
  Segments list;
  for (const RankSet& part : subset.parts) {
    list.sections.push_back({.frames = part, .segment = line});
  }
  return list;
}

absl::Status DescribeUltralytics(const Dataset& data, std::shared_ptr<const YoloLines> lines,
                                 YamlEntries extra, Layout& tree) {
  ASSIGN_OR_RETURN(
      const YoloSubsets subsets,
      YoloSubsetsOf(data, {"backup", "classes", "names", "path", "kpt_shape", "flip_idx"}));
  ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
  ASSIGN_OR_RETURN(const RankSet candidates, FramesWithTypes(data, lines->types()));
  ASSIGN_OR_RETURN(const RankSet drawn, FramesWithTypes(data, lines->DrawnTypes()));
  auto render = [lines](const Dataset& data, Rank rank) { return lines->Render(data, rank); };
  DescribeDataYaml(subsets, lines, std::move(extra), tree);
  for (const YoloSubset& subset : subsets.list) {
    const std::string images = absl::StrCat("images/", subset.name);
    tree.Segmented(subset.name + ".txt", YoloImageList(subset, images));
    tree.Media(absl::StrCat(images, "/", ItemPathPattern(subset)), Intersect(subset.frames, media));
    // Which frames have a file cannot be told otherwise: a box may be rotated, a mask too small.
    ASSIGN_OR_RETURN(const RankSet labelled, FramesWhere(data, Intersect(subset.frames, candidates),
                                                         [&](const Dataset& data, Rank rank) {
                                                           return lines->HasLines(data, rank);
                                                         }));
    const std::string labels =
        absl::StrCat("labels/", subset.name, "/", SidecarPattern(subset), ".txt");
    tree.PerFrame(labels, Without(labelled, drawn), render);
    tree.Pixels(labels, Intersect(labelled, drawn), render);
  }
  return absl::OkStatus();
}

}  // namespace annofs

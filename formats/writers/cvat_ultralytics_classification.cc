// Ultralytics YOLO Classification as CVAT exports it (reference/cvat.md §9.4; Datumaro:
// YoloUltralyticsClassificationExporter): <S>/<label>/<image> for each tag, <S>/no_label/ for
// images without one, and <S>/labels.json, which tells the labels of every image and where its last
// copy is. Without images that file is all.
#include <algorithm>
#include <map>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/box.h"
#include "formats/cvat_export.h"
#include "formats/python_text.h"
#include "formats/writer.h"
#include "formats/yolo_export_folders.h"

namespace annofs {
namespace {

constexpr absl::string_view kNoLabel = "no_label";
constexpr absl::string_view kTooManyCopies = "more than 16 equal tags on one image";

// Labels that tags have, by name: parts of skeletons may share one.
struct TagName {
  absl::string_view name;
  std::vector<uint32_t> labels;
  RankSet frames;
  bool may_repeat = false;
};

// In the order of labels; `no_label` first, also if no tag is called so.
absl::StatusOr<std::vector<TagName>> TagNames(const Dataset& data) {
  const DatasetInfo& info = data.info();
  std::vector<TagName> names = {{.name = kNoLabel}};
  absl::flat_hash_map<absl::string_view, size_t> places = {{kNoLabel, 0}};
  for (uint32_t label = 0; label < info.label_counts.size(); ++label) {
    if (info.label_counts[label][size_t(ShapeType::kTag)] == 0) continue;
    const auto [place, is_new] = places.try_emplace(info.labels[label].name, names.size());
    if (is_new) names.push_back({.name = info.labels[label].name});
    names[place->second].labels.push_back(label);
  }
  for (TagName& name : names) {
    RankCollector frames;
    uint64_t tags = 0;
    for (uint32_t label : name.labels) {
      ASSIGN_OR_RETURN(const RankSet with, data.With(FrameTerm::OfTag(label)));
      frames.AddAll(with);
      tags += info.label_counts[label][size_t(ShapeType::kTag)];
    }
    name.frames = frames.Take();
    name.may_repeat = tags > name.frames.size();
  }
  return names;
}

// The folders of one subset. What labels.json is made from.
struct SubsetFolders {
  RankSet tagged;  // frames with a tag
  std::vector<std::string> names;
  std::vector<ClassFolder> folders;  // folder 0: images without tags
  absl::flat_hash_map<uint32_t, size_t> folder_of_label;

  size_t Of(const Shape& tag) const {
    const auto found = folder_of_label.find(tag.label);
    return found == folder_of_label.end() ? 0 : found->second;
  }
};

// `"id":{"labels":["car"],"path":"car/a.jpg"}`
absl::Status AppendImage(const Dataset& data, Rank rank, const SubsetFolders& folders,
                         std::string& out) {
  std::vector<Shape> tags;
  if (folders.tagged.Contains(rank)) {
    ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
    tags = std::move(all.tags);
  }
  ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
  AppendJsonText(names.sidecar(), out);
  out += ":{\"labels\":[";
  for (size_t i = 0; i < tags.size(); ++i) {
    if (i > 0) out += ',';
    AppendJsonText(data.info().labels[tags[i].label].name, out);
  }
  const size_t folder = tags.empty() ? 0 : folders.Of(tags.back());
  const auto copies = std::count_if(tags.begin(), tags.end(),
                                    [&](const Shape& tag) { return folders.Of(tag) == folder; });
  const uint32_t copy = std::clamp<uint32_t>(uint32_t(copies), 1, ClassFolder::kMostCopies) - 1;
  ASSIGN_OR_RETURN(const std::string name, folders.folders[folder].NameOf(data, rank, names, copy));
  out += "],\"path\":";
  AppendJsonText(absl::StrCat(folders.names[folder], "/", name), out);
  out += '}';
  return absl::OkStatus();
}

Segments LabelsJson(const YoloSubset& subset, std::shared_ptr<const SubsetFolders> folders) {
  Segments json{.sections = {}, .tail = "}"};
  bool is_first = true;
  for (const RankSet& part : subset.parts) {
    json.sections.push_back(
        {.before = json.sections.empty() ? "{" : "",
         .frames = part,
         .segment = [folders, is_first](const Dataset& data, const SegmentAt& at, Running& running,
                                        std::string& out) -> absl::Status {
           if (running.n[0]++ > 0 || !is_first) out += ',';
           return AppendImage(data, at.rank, *folders, out);
         }});
    is_first = is_first && part.empty();
  }
  return json;
}

void AddImages(const std::string& directory, const ClassFolder& folder, const RankSet& media,
               Layout& tree) {
  if (folder.are_base_names()) {
    tree.Media(directory + "/{path}", Intersect(folder.copies()[0], media));
    return;
  }
  const auto shared = std::make_shared<const ClassFolder>(folder);
  for (uint32_t copy = 0; copy < folder.copies().size(); ++copy) {
    tree.Named(directory, Intersect(folder.copies()[copy], media), FamilyKind::kMedia,
               [shared, copy](const Dataset& data, Rank rank) {
                 return shared->NameOf(data, rank, copy);
               });
  }
}

// The folder of a tag's name in a subset, and its images.
absl::Status AddFolder(const Dataset& data, const YoloSubset& subset, const TagName& tag,
                       const RankSet& media, SubsetFolders& folders, Layout& tree) {
  const bool is_untagged = folders.folders.empty();
  ClassFolderContent content{.labels = tag.labels, .may_repeat = tag.may_repeat};
  bool is_empty = !is_untagged;
  for (const RankSet& part : subset.parts) {
    RankCollector frames;
    frames.AddAll(Intersect(part, tag.frames));
    if (is_untagged) frames.AddAll(Without(part, folders.tagged));
    content.parts.push_back(frames.Take());
    is_empty = is_empty && content.parts.back().empty();
  }
  if (is_empty) return absl::OkStatus();
  for (uint32_t label : tag.labels) folders.folder_of_label[label] = folders.folders.size();
  ASSIGN_OR_RETURN(ClassFolder folder, ClassFolder::Make(data, content));
  const std::string directory = tree.Directory(subset.name, tag.name);
  AddImages(directory, folder, media, tree);
  folders.names.push_back(std::string(BaseName(directory)));
  folders.folders.push_back(std::move(folder));
  return absl::OkStatus();
}

class CvatUltralyticsClassification : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/Ultralytics YOLO Classification 1.0",
            .summary = "CVAT's Ultralytics YOLO for tags: a folder of images per label",
            .keeps = {ShapeType::kTag}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const YoloSubsets subsets, YoloSubsetsOf(data, {}));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const RankSet tagged, FramesWithTypes(data, {ShapeType::kTag}));
    ASSIGN_OR_RETURN(const std::vector<TagName> names, TagNames(data));
    for (const YoloSubset& subset : subsets.list) {
      const auto folders = std::make_shared<SubsetFolders>();
      folders->tagged = tagged;
      // First: a label may be called so, too.
      tree.Segmented(subset.name + "/labels.json", LabelsJson(subset, folders));
      for (const TagName& name : names) {
        RETURN_IF_ERROR(AddFolder(data, subset, name, media, *folders, tree));
      }
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why = WhyDroppedByType(Info(), data.info(), frame, all);
    if (IsPointCloud(data.info(), frame)) return why;
    std::map<absl::string_view, uint32_t> copies;
    for (size_t i = 0; i < all.tags.size(); ++i) {
      const absl::string_view name = data.info().labels[all.tags[i].label].name;
      if (++copies[name] > ClassFolder::kMostCopies) why[i] = kTooManyCopies;
    }
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatUltralyticsClassificationWriter() {
  return std::make_unique<CvatUltralyticsClassification>();
}

}  // namespace annofs

#include "formats/datumaro_export.h"

#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/cvat_export.h"
#include "formats/datumaro_export_annotations.h"
#include "formats/datumaro_export_json.h"
#include "formats/flat_names.h"
#include "formats/item.h"
#include "formats/item_buffers.h"
#include "formats/point_cloud_export.h"
#include "formats/related_media.h"

namespace annofs {
namespace {

constexpr JsonDialect kDialect = JsonDialect::kPython;

void AppendTexts(const std::vector<absl::string_view>& texts, std::string& out) {
  out += "[";
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ", ";
    AppendJsonString(kDialect, texts[i], out);
  }
  out += "]";
}

// The names of all attributes, of sublabels too; sorted as bytes, which is the order of characters.
std::vector<absl::string_view> AttributeNames(const DatasetInfo& info) {
  std::set<absl::string_view> names = {"occluded"};
  for (const Label& label : info.labels) {
    for (const AttributeSpec& attribute : label.attributes) names.insert(attribute.name);
  }
  return {names.begin(), names.end()};
}

void AppendLabels(const DatasetInfo& info, std::string& out) {
  out += "{\"labels\": [";
  for (size_t i = 0; i < info.labels.size(); ++i) {
    const int32_t parent = info.labels[i].parent;
    out += i > 0 ? ", {\"name\": " : "{\"name\": ";
    AppendJsonString(kDialect, info.labels[i].name, out);
    out += ", \"parent\": ";
    AppendJsonString(kDialect, parent >= 0 ? info.labels[size_t(parent)].name : "", out);
    out += ", \"attributes\": []}";
  }
  out += "], \"label_groups\": [], \"attributes\": ";
  AppendTexts(AttributeNames(info), out);
  out += "}";
}

void AppendSkeleton(const DatasetInfo& info, uint32_t label, std::string& out) {
  const SkeletonTemplate skeleton = SkeletonTemplateOf(info, label);
  absl::StrAppend(&out, "{\"label_id\": ", label, ", \"labels\": ");
  std::vector<absl::string_view> names;
  for (uint32_t sublabel : skeleton.sublabels) names.push_back(info.labels[sublabel].name);
  AppendTexts(names, out);
  out += ", \"joints\": [";
  for (size_t i = 0; i < skeleton.joints.size(); ++i) {
    const auto [from, to] = skeleton.joints[i];
    absl::StrAppend(&out, i > 0 ? ", [" : "[", from, ", ", to, "]");
  }
  out += "], \"positions\": []}";
}

void AppendSize(const Item& item, std::string& out) {
  if (item.width == 0 || item.height == 0) return;
  out += ", \"size\": [";
  AppendJsonInt(item.height, out);
  out += ", ";
  AppendJsonInt(item.width, out);
  out += "]";
}

std::string PointCloudName(absl::string_view id, absl::string_view file_name) {
  return FlatName(absl::StrCat(id, Extension(file_name)));
}

// An export with images names them as they lie in the tree, one without as they were in the task.
absl::Status AppendImage(const Dataset& data, const Item& item, const RankSet& with_media,
                         std::string& out) {
  std::string path = item.file_name;
  if (with_media.Contains(item.rank)) {
    ASSIGN_OR_RETURN(path, FlatNameAmong(data, with_media, item.rank, path));
  }
  out += ", \"image\": {\"path\": ";
  AppendJsonString(kDialect, path, out);
  AppendSize(item, out);
  out += "}";
  return absl::OkStatus();
}

// Datumaro: "images can have completely the same names", so they are called by their number.
std::string RelatedName(uint32_t number, absl::string_view name) {
  return SafeName(absl::StrCat("image_", number, Extension(name)));
}

// As they lie in the tree; where none does, as they were in the task.
absl::StatusOr<std::vector<std::string>> RelatedNames(const Dataset& data, Rank rank,
                                                      const Frame& frame) {
  std::vector<std::string> names;
  if (frame.related.empty()) return names;
  ASSIGN_OR_RETURN(const std::vector<RelatedMedia> found, data.Related(rank));
  for (const RelatedMedia& image : found) {
    names.push_back(RelatedName(uint32_t(names.size()), image.name));
  }
  if (!found.empty()) return names;
  const std::set<absl::string_view> all(frame.related.begin(), frame.related.end());
  for (absl::string_view name : all) names.emplace_back(name);
  return names;
}

absl::Status AppendPointCloud(const Dataset& data, const Item& item, bool has_media,
                              std::string& out) {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(item.rank));
  out += ", \"point_cloud\": {\"path\": ";
  AppendJsonString(kDialect, has_media ? PointCloudName(item.id, item.file_name) : item.file_name,
                   out);
  out += "}";
  ASSIGN_OR_RETURN(const std::vector<std::string> related, RelatedNames(data, item.rank, frame));
  if (related.empty()) return absl::OkStatus();
  const char* separator = ", \"related_images\": [";
  for (absl::string_view path : related) {
    out += separator;
    out += "{\"path\": ";
    AppendJsonString(kDialect, path, out);
    out += "}";
    separator = ", ";
  }
  out += "]";
  return absl::OkStatus();
}

// Point clouds have cuboids and tags; there is nothing else in CVAT's.
bool HasPlace(ItemType type, DatumaroMedia media) {
  return media == DatumaroMedia::kImages || type == ItemType::kCuboid3d || type == ItemType::kLabel;
}

absl::Status AppendItem(const Dataset& data, const Item& item, DatumaroMedia media,
                        const RankSet& with_media, std::string& out) {
  out += "{\"id\": ";
  AppendJsonString(kDialect, item.id, out);
  out += ", \"annotations\": [";
  bool is_first = true;
  for (const ItemAnnotation& annotation : item.annotations) {
    if (!HasPlace(annotation.type, media)) continue;
    if (!is_first) out += ", ";
    is_first = false;
    AppendDatumaroAnnotation(annotation, out);
  }
  out += "], \"attr\": {\"frame\": ";
  AppendJsonInt(item.frame, out);
  out += "}";
  if (media == DatumaroMedia::kImages) {
    RETURN_IF_ERROR(AppendImage(data, item, with_media, out));
  } else {
    RETURN_IF_ERROR(AppendPointCloud(data, item, with_media.Contains(item.rank), out));
  }
  out += "}";
  return absl::OkStatus();
}

Segments FileOf(const DatasetInfo& info, DatumaroMedia media, const RankSet& frames,
                const RankSet& with_media) {
  Section items;
  items.before =
      absl::StrCat("{\"dm_format_version\": \"1.0\", \"media_type\": ", int(media),
                   ", \"infos\": {}, \"categories\": ", DatumaroCategories(info), ", \"items\": [");
  items.frames = frames;
  items.segment = [media, with_media, buffers = std::make_shared<ItemBuffers>()](
                      const Dataset& data, const SegmentAt& at, Running& running,
                      std::string& out) {
    return buffers->WithItem(data, at.rank, [&](const Item& item) {
      if (running.n[0]++ > 0) out += ", ";
      return AppendItem(data, item, media, with_media, out);
    });
  };
  Segments file;
  file.sections.push_back(std::move(items));
  file.tail = "]}";
  return file;
}

NameFrame NamesOf(DatumaroMedia media) {
  return [media](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const ItemNames names, ItemNamesOf(data, rank));
    return media == DatumaroMedia::kImages ? FlatName(names.file_name)
                                           : PointCloudName(names.id, names.file_name);
  };
}

// A directory for each cloud that has some.
absl::Status AddRelatedImages(const Dataset& data, const ExportSubset& subset, Layout& tree) {
  ASSIGN_OR_RETURN(const RankSet some, data.WithRelated(0));
  const RankSet with = Intersect(subset.frames, some);
  if (with.empty()) return absl::OkStatus();
  const uint32_t folder =
      tree.Folders(absl::StrCat("related_images/", subset.path), with,
                   [](const Dataset& data, Rank rank) { return PointCloudStem(data, rank); });
  return ForEachRelated(data, with, [&](uint32_t number, RankSet frames) {
    tree.RelatedInFolders(folder, number, std::move(frames),
                          [number](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
                            ASSIGN_OR_RETURN(const RelatedMedia image,
                                             RelatedAt(data, rank, number));
                            return RelatedName(number, image.name);
                          });
  });
}

}  // namespace

absl::Status DescribeDatumaro(const Dataset& data, DatumaroMedia media, Layout& tree) {
  const bool is_3d = media == DatumaroMedia::kPointClouds;
  ASSIGN_OR_RETURN(std::vector<ExportSubset> subsets,
                   is_3d ? ExportSubsets3d(data) : ExportSubsets(data));
  ASSIGN_OR_RETURN(RankSet all_media, data.WithMedia());
  for (const ExportSubset& subset : subsets) {
    const RankSet with_media = Intersect(subset.frames, all_media);
    tree.Segmented(absl::StrCat("annotations/", subset.path, ".json"),
                   FileOf(data.info(), media, subset.frames, with_media));
    tree.Named(absl::StrCat(is_3d ? "point_clouds/" : "images/", subset.path), with_media,
               FamilyKind::kMedia, NamesOf(media));
    if (is_3d) RETURN_IF_ERROR(AddRelatedImages(data, subset, tree));
  }
  return absl::OkStatus();
}

std::vector<uint32_t> SkeletonLabels(const DatasetInfo& info) {
  std::vector<bool> is_skeleton(info.labels.size());
  for (size_t i = 0; i < info.labels.size(); ++i) {
    const Label& label = info.labels[i];
    if (label.type == "skeleton") is_skeleton[i] = true;
    if (label.parent >= 0) is_skeleton[size_t(label.parent)] = true;
  }
  std::vector<uint32_t> labels;
  for (uint32_t i = 0; i < is_skeleton.size(); ++i) {
    if (is_skeleton[i]) labels.push_back(i);
  }
  return labels;
}

std::string DatumaroCategories(const DatasetInfo& info) {
  std::string text = "{\"label\": ";
  AppendLabels(info, text);
  text += ", \"points\": {\"items\": [";
  bool is_first = true;
  for (uint32_t label : SkeletonLabels(info)) {
    if (!is_first) text += ", ";
    is_first = false;
    AppendSkeleton(info, label, text);
  }
  text += "]}}";
  return text;
}

}  // namespace annofs

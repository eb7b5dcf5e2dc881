#include "formats/voc_export.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/indented_xml.h"
#include "formats/python_parse.h"
#include "formats/python_text.h"

namespace annofs {
namespace {

// Lists of one label in one subset. Names of labels and subsets come from the annotations: a
// hostile source may have very many of both.
constexpr size_t kMaxLabelLists = 50'000;

bool HasElement(absl::string_view attribute) {
  return attribute == "difficult" || attribute == "pose" || attribute == "truncated" ||
         attribute == "occluded";
}

// As text that lives as long as both.
absl::string_view TextOf(const ItemValue& value, std::string& scratch) {
  if (const std::string* text = std::get_if<std::string>(&value)) return *text;
  scratch = PythonStr(value);
  return scratch;
}

void AddNumber(absl::string_view element, double value, std::string& scratch, IndentedXml& xml) {
  scratch.clear();
  AppendRepr(value, scratch);
  xml.Leaf(element, scratch);
}

void AddAttributes(const ItemAnnotation& box, IndentedXml& xml) {
  std::string scratch;
  bool is_open = false;
  for (const ItemAttribute& attribute : box.attributes) {
    if (HasElement(attribute.name)) continue;
    if (!std::exchange(is_open, true)) xml.Open("attributes");
    xml.Open("attribute");
    xml.Leaf("name", attribute.name);
    xml.Leaf("value", TextOf(attribute.value, scratch));
    xml.Close();
  }
  if (is_open) xml.Close();
}

void AddObject(const DatasetInfo& info, const ItemAnnotation& box, IndentedXml& xml) {
  xml.Open("object");
  xml.Leaf("name", info.labels[box.label].name);
  if (const ItemValue* pose = box.Find("pose")) xml.Leaf("pose", PythonStr(*pose));
  for (absl::string_view name : {"truncated", "occluded", "difficult"})
    xml.Leaf(name, IntAttributeText(box, name));
  const std::vector<double>& p = box.points;
  xml.Open("bndbox");
  std::string scratch;
  AddNumber("xmin", p[0], scratch, xml);
  AddNumber("ymin", p[1], scratch, xml);
  AddNumber("xmax", p[0] + p[2], scratch, xml);
  AddNumber("ymax", p[1] + p[3], scratch, xml);
  xml.Close();
  AddAttributes(box, xml);
  xml.Close();
}

void AddHead(const Item& item, IndentedXml& xml) {
  const size_t underscore = item.id.find('_');
  xml.Leaf("folder", underscore == std::string::npos ? "" : item.id.substr(0, underscore));
  xml.Leaf("filename", item.file_name);
  xml.Open("source");
  for (absl::string_view name : {"database", "annotation", "image"}) xml.Leaf(name, "Unknown");
  xml.Close();
  if (item.width > 0 && item.height > 0) {
    xml.Open("size");
    xml.Leaf("width", absl::StrCat(item.width));
    xml.Leaf("height", absl::StrCat(item.height));
    xml.Leaf("depth", "");
    xml.Close();
  }
  xml.Leaf("segmented", IsSegmented(item) ? "1" : "0");
}

// The frames that have a tag of each entry of the label map.
absl::StatusOr<std::vector<RankSet>> TaggedByEntry(const Dataset& data, const LabelMap& map) {
  std::vector<RankCollector> tagged(map.entries.size());
  for (uint32_t label = 0; label < map.class_of_label.size(); ++label) {
    ASSIGN_OR_RETURN(RankSet frames, data.With(FrameTerm::OfTag(label)));
    tagged[map.class_of_label[label]].AddAll(frames);
  }
  std::vector<RankSet> sets;
  for (RankCollector& frames : tagged) sets.push_back(frames.Take());
  return sets;
}

Segments LabelList(RankSet frames, RankSet with_label) {
  return Lines("", std::move(frames),
               [with_label = std::move(with_label)](const Dataset& data,
                                                    Rank rank) -> absl::StatusOr<std::string> {
                 ASSIGN_OR_RETURN(FrameNames names, data.Names(rank));
                 return absl::StrCat(names.sidecar(),
                                     with_label.Contains(rank) ? "  1\n" : " -1\n");
               });
}

}  // namespace

std::string VocAnnotationText(const DatasetInfo& info, const Item& item) {
  IndentedXml xml;
  xml.Open("annotation");
  AddHead(item, xml);
  for (const ItemAnnotation& annotation : item.annotations) {
    if (annotation.type == ItemType::kBbox) AddObject(info, annotation, xml);
  }
  xml.Close();
  return xml.Take();
}

bool IsSegmented(const Item& item) {
  const bool can_be_drawn = CanBeDrawn({.width = item.width, .height = item.height});
  return std::any_of(item.annotations.begin(), item.annotations.end(),
                     [can_be_drawn](const ItemAnnotation& annotation) {
                       return can_be_drawn && (annotation.type == ItemType::kMask ||
                                               annotation.type == ItemType::kEllipse);
                     });
}

void AddVocPictures(const RankSet& masks, MakeItem make, std::shared_ptr<const LabelMap> map,
                    Layout& tree) {
  auto add = [&](absl::string_view directory, auto draw) {
    tree.Pixels(absl::StrCat(directory, "/{sidecar}.png"), masks,
                [make, map, draw](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
                  ASSIGN_OR_RETURN(Item item, make(data, rank));
                  return draw(item, *map);
                });
  };
  add("SegmentationClass", ClassPicture);
  add("SegmentationObject", InstancePicture);
}

void AddVocSegmentationList(const ExportSubset& subset, const RankSet& masks,
                            const RankSet& unannotated, Layout& tree) {
  RankCollector listed;
  listed.AddAll(Intersect(subset.frames, masks));
  listed.AddAll(Intersect(subset.frames, unannotated));
  if (listed.empty()) return;
  tree.Segmented(tree.FileName("ImageSets/Segmentation", subset.path + ".txt"),
                 IdList(listed.Take()));
}

absl::StatusOr<bool> HasVocLabelLists(const Dataset& data) {
  ASSIGN_OR_RETURN(const std::vector<std::string> subsets, data.Subsets());
  const uint64_t entries = data.info().labels.size() + 1;  // and the background
  return subsets.size() * entries <= kMaxLabelLists;
}

absl::Status AddVocMainLists(const Dataset& data, const std::vector<ExportSubset>& subsets,
                             const LabelMap& map, Layout& tree) {
  ASSIGN_OR_RETURN(RankSet tagged, data.With(FrameTerm::OfType(ShapeType::kTag)));
  ASSIGN_OR_RETURN(std::vector<RankSet> tagged_by_entry, TaggedByEntry(data, map));
  for (const ExportSubset& subset : subsets) {
    tree.Segmented(tree.FileName("ImageSets/Main", subset.path + ".txt"), IdList(subset.frames));
  }
  ASSIGN_OR_RETURN(const bool has_label_lists, HasVocLabelLists(data));
  if (!has_label_lists) return absl::OkStatus();
  for (const ExportSubset& subset : subsets) {
    const RankSet frames = Intersect(subset.frames, tagged);
    if (frames.empty()) continue;
    for (size_t i = 0; i < map.entries.size(); ++i) {
      tree.Segmented(tree.FileName("ImageSets/Main",
                                   absl::StrCat(map.entries[i].name, "_", subset.path, ".txt")),
                     LabelList(frames, tagged_by_entry[i]));
    }
  }
  return absl::OkStatus();
}

}  // namespace annofs

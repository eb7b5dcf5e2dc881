#include "formats/labelme_export.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cache/base/text.h"
#include "formats/indented_xml.h"
#include "formats/python_parse.h"
#include "formats/python_text.h"
#include "formats/raster.h"

namespace annofs {
namespace {

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"=", "\\="}, {"\"", "\\\""}, {",", "\\,"}});
}

// A text that a reader would take for a number: str(int(text)) or str(float(text)) gives it back.
bool LooksLikeNumber(const std::string& text) {
  const ItemValue value = text;
  if (PythonIntTextOf(value) == text) return true;
  const std::optional<double> number = PythonFloatOf(value);
  return number && PythonFloat(*number) == text;
}

std::string ValueText(const ItemValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return PythonStr(value);
  return LooksLikeNumber(*text) ? absl::StrCat("\"", *text, "\"") : Escaped(*text);
}

std::string Coordinate(double value) {
  std::string text;
  AppendFixed(value, 2, &text);
  return text;
}

std::string UserName(const ItemAnnotation& object) {
  const ItemValue* name = object.Find("username");
  return name == nullptr ? "" : PythonStr(*name);
}

// Of each group the ids of its objects. The first one lists the others, which point to it.
class Groups {
 public:
  explicit Groups(const std::vector<const ItemAnnotation*>& objects) {
    for (size_t id = 0; id < objects.size(); ++id) {
      if (objects[id]->group != 0) members_[objects[id]->group].push_back(id);
    }
  }

  void AddParts(int32_t group, size_t id, IndentedXml& xml) const {
    std::string has_parts, is_part_of;
    if (const auto found = members_.find(group); found != members_.end()) {
      const std::vector<size_t>& members = found->second;
      if (members[0] == id) {
        has_parts = absl::StrJoin(members.begin() + 1, members.end(), ",");
      } else {
        is_part_of = absl::StrCat(members[0]);
      }
    }
    xml.Open("parts");
    xml.Leaf("hasparts", has_parts);
    xml.Leaf("ispartof", is_part_of);
    xml.Close();
  }

 private:
  absl::flat_hash_map<int32_t, std::vector<size_t>> members_;
};

void AddPoints(const std::vector<double>& points, const ItemAnnotation& object, IndentedXml& xml) {
  xml.Open("polygon");
  for (size_t i = 0; i + 1 < points.size(); i += 2) {
    xml.Open("pt");
    xml.Leaf("x", Coordinate(points[i]));
    xml.Leaf("y", Coordinate(points[i + 1]));
    xml.Close();
  }
  xml.Leaf("username", UserName(object));
  xml.Close();
}

void AddBox(const ItemAnnotation& box, IndentedXml& xml) {
  const std::vector<double>& p = box.points;
  const double right = p[0] + p[2], bottom = p[1] + p[3];
  xml.Leaf("type", "bounding_box");
  AddPoints({p[0], p[1], right, p[1], right, bottom, p[0], bottom}, box, xml);
}

// A mask without pixels has a box of zeros; CVAT's whole export fails there.
void AddMask(const Item& item, const ItemAnnotation& mask, size_t id, IndentedXml& xml) {
  const std::array<double, 4> box = BoundingBox(mask.mask);
  xml.Open("segm");
  xml.Leaf("mask", LabelMeMaskName(item, id));
  xml.Open("box");
  xml.Leaf("xmin", Coordinate(box[0]));
  xml.Leaf("ymin", Coordinate(box[1]));
  xml.Leaf("xmax", Coordinate(box[0] + box[2]));
  xml.Leaf("ymax", Coordinate(box[1] + box[3]));
  xml.Close();
  xml.Leaf("username", UserName(mask));
  xml.Close();
}

void AddObject(const DatasetInfo& info, const Item& item, const ItemAnnotation& object, size_t id,
               const Groups& groups, IndentedXml& xml) {
  const ItemValue* occluded = object.Find("occluded");
  const bool is_occluded = occluded != nullptr && *occluded == ItemValue(true);
  xml.Open("object");
  xml.Leaf("name", info.labels[object.label].name);
  xml.Leaf("deleted", "0");
  xml.Leaf("verified", "0");
  xml.Leaf("occluded", is_occluded ? "yes" : "no");
  xml.Leaf("date", "");
  xml.Leaf("id", absl::StrCat(id));
  groups.AddParts(object.group, id, xml);
  if (object.type == ItemType::kBbox) {
    AddBox(object, xml);
  } else if (object.type == ItemType::kPolygon) {
    AddPoints(object.points, object, xml);
  } else {
    AddMask(item, object, id, xml);
  }
  xml.Leaf("attributes", LabelMeAttributes(object));
  xml.Close();
}

}  // namespace

std::vector<const ItemAnnotation*> LabelMeObjects(const Item& item) {
  std::vector<const ItemAnnotation*> objects;
  for (const ItemAnnotation& annotation : item.annotations) {
    if (annotation.type == ItemType::kBbox || annotation.type == ItemType::kPolygon ||
        annotation.type == ItemType::kMask) {
      objects.push_back(&annotation);
    }
  }
  return objects;
}

std::string LabelMeMaskName(const Item& item, size_t object) {
  return absl::StrCat(item.id, "_mask_", object, ".png");
}

std::string LabelMeText(const DatasetInfo& info, const Item& item) {
  const std::vector<const ItemAnnotation*> objects = LabelMeObjects(item);
  const Groups groups(objects);
  IndentedXml xml;
  xml.Open("annotation");
  xml.Leaf("filename", BaseName(item.file_name));
  xml.Leaf("folder", DirName(item.file_name));
  xml.Open("source");
  xml.Leaf("sourceImage", "");
  xml.Leaf("sourceAnnotation", "Datumaro");
  xml.Close();
  if (item.width > 0 && item.height > 0) {
    xml.Open("imagesize");
    xml.Leaf("nrows", absl::StrCat(item.height));
    xml.Leaf("ncols", absl::StrCat(item.width));
    xml.Close();
  }
  for (size_t id = 0; id < objects.size(); ++id)
    AddObject(info, item, *objects[id], id, groups, xml);
  xml.Close();
  return xml.Take();
}

std::string LabelMeAttributes(const ItemAnnotation& object) {
  std::string text;
  bool is_first = true;
  for (const ItemAttribute& attribute : object.attributes) {
    if (attribute.name == "username" || attribute.name == "occluded") continue;
    absl::StrAppend(&text, std::exchange(is_first, false) ? "" : ", ", Escaped(attribute.name), "=",
                    ValueText(attribute.value));
  }
  return text;
}

}  // namespace annofs

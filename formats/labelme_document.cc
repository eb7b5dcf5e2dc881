#include "formats/labelme_document.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "formats/export_attributes.h"
#include "formats/text_table.h"
#include "formats/xml_leaves.h"

namespace annofs {
namespace {

class Handler : public XmlLeaves {
 public:
  explicit Handler(LabelMeDocument& document) : document_(document) {}

  // Objects that name each other as parts are one group, however they are chained.
  void SetGroups(int32_t& next_group) {
    std::map<int64_t, size_t> by_id;
    for (size_t i = 0; i < parts_.size(); ++i) by_id.emplace(parts_[i].id, i);
    std::vector<size_t> leader(parts_.size());
    for (size_t i = 0; i < leader.size(); ++i) leader[i] = i;
    auto find = [&leader](size_t i) {
      while (leader[i] != i) i = leader[i] = leader[leader[i]];
      return i;
    };
    for (size_t i = 0; i < parts_.size(); ++i) {
      for (int64_t other : parts_[i].others) {
        auto found = by_id.find(other);
        if (found != by_id.end()) leader[find(found->second)] = find(i);
      }
    }
    std::map<size_t, size_t> members;
    for (size_t i = 0; i < leader.size(); ++i) ++members[find(i)];
    std::map<size_t, int32_t> groups;
    for (size_t i = 0; i < leader.size(); ++i) {
      if (members[find(i)] < 2) continue;
      auto [place, is_new] = groups.emplace(find(i), next_group);
      if (is_new) ++next_group;
      document_.objects[i].shape.group = place->second;
    }
  }

 private:
  // Of each object: its id, and the ids it names as parts or as its whole.
  struct Parts {
    int64_t id = -1;
    std::vector<int64_t> others;
  };

  void Opened(absl::string_view path, uint64_t line) override {
    if (path == "annotation/object") {
      object_ = {.line = line, .shape = {.type = ShapeType::kPolygon}};
      object_parts_ = {};
      is_box_ = is_deleted_ = has_shape_ = false;
      attributes_.clear();
      user_.clear();
    } else if (path == "annotation/object/polygon") {
      has_shape_ = true;
    } else if (path == "annotation/object/segm") {
      object_.is_mask = true;
    } else if (path == "annotation/object/polygon/pt") {
      x_.reset();
      y_.reset();
    }
  }

  void Closed(absl::string_view path, absl::string_view text, uint64_t) override {
    if (!absl::ConsumePrefix(&path, "annotation/")) return;
    if (path == "filename") document_.file_name = std::string(text);
    if (path == "folder") document_.folder = std::string(text);
    if (path == "imagesize/ncols") SetNumber(text, document_.width);
    if (path == "imagesize/nrows") SetNumber(text, document_.height);
    if (path == "object") return FinishObject();
    if (absl::ConsumePrefix(&path, "object/")) SetOfObject(path, text);
  }

  void Cut(CutText cut) override { document_.cut.push_back(std::move(cut)); }

  static void SetNumber(absl::string_view text, uint32_t& number) {
    std::optional<int64_t> value = Integer(text);
    if (value && *value >= 0 && *value <= 1000000000) number = uint32_t(*value);
  }

  void SetOfObject(absl::string_view path, absl::string_view text) {
    if (path == "name") object_.label = std::string(text);
    if (path == "deleted") is_deleted_ = text == "1";
    if (path == "occluded") object_.shape.occluded = text == "yes";
    if (path == "type") is_box_ = text == "bounding_box";
    if (path == "attributes") attributes_ = std::string(text);
    if (path == "id") object_parts_.id = Integer(text).value_or(-1);
    if (path == "parts/hasparts" || path == "parts/ispartof") AddOthers(text);
    if (path == "segm/mask") object_.mask = std::string(text);
    if (path == "polygon/username" || path == "segm/username") user_ = std::string(text);
    if (path == "polygon/pt/x") x_ = Number(text);
    if (path == "polygon/pt/y") y_ = Number(text);
    if (path == "polygon/pt") AddPoint();
  }
  void AddOthers(absl::string_view text) {
    for (absl::string_view id : absl::StrSplit(text, ',', absl::SkipEmpty())) {
      if (std::optional<int64_t> number = Integer(id)) object_parts_.others.push_back(*number);
    }
  }
  void AddPoint() {
    if (!x_ || !y_) {
      object_.wrong = "a point of it is not two finite numbers";
      return;
    }
    object_.shape.points.push_back(*x_);
    object_.shape.points.push_back(*y_);
  }

  void FinishObject() {
    if (is_deleted_) return;
    Shape& shape = object_.shape;
    if (is_box_ && !object_.is_mask) MakeBox(shape);
    for (const LabelMeAttribute& attribute : ParseLabelMeAttributes(attributes_))
      AddExportAttribute(attribute.name, attribute.value, attribute.kind, shape, object_.kinds);
    if (!user_.empty()) {
      shape.attributes.push_back({.name = "username", .value = user_});
      object_.kinds.push_back(AttributeKind::kText);
    }
    if (!has_shape_ && !object_.is_mask) object_.wrong = "it has neither a polygon nor a mask";
    if (object_.label.empty()) object_.wrong = "it has no name";
    document_.objects.push_back(std::move(object_));
    parts_.push_back(std::move(object_parts_));
  }
  // A box is the upright one around its points.
  static void MakeBox(Shape& shape) {
    shape.type = ShapeType::kRectangle;
    std::vector<double>& p = shape.points;
    if (p.size() < 4) return;
    std::vector<double> box = {p[0], p[1], p[0], p[1]};
    for (size_t i = 0; i < p.size(); i += 2) {
      box[0] = std::min(box[0], p[i]);
      box[1] = std::min(box[1], p[i + 1]);
      box[2] = std::max(box[2], p[i]);
      box[3] = std::max(box[3], p[i + 1]);
    }
    p = std::move(box);
  }

  LabelMeDocument& document_;
  LabelMeObject object_;
  Parts object_parts_;
  std::vector<Parts> parts_;  // of document_.objects
  bool is_box_ = false, is_deleted_ = false, has_shape_ = false;
  std::string attributes_, user_;
  std::optional<double> x_, y_;
};

// One `k=v` of the list, still escaped.
LabelMeAttribute ParseOne(absl::string_view text) {
  LabelMeAttribute attribute;
  std::string* out = &attribute.name;
  bool has_value = false;
  text = absl::StripAsciiWhitespace(text);
  size_t value_start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      out->push_back(text[++i]);
    } else if (text[i] == '=' && !has_value) {
      has_value = true;
      out = &attribute.value;
      value_start = i + 1;
    } else {
      out->push_back(text[i]);
    }
  }
  if (!has_value) attribute.value = "true";
  absl::string_view value = has_value ? text.substr(value_start) : "";
  bool is_quoted = value.size() > 1 && value.front() == '"' && value.back() == '"' &&
                   value[value.size() - 2] != '\\';
  if (is_quoted) attribute.value = attribute.value.substr(1, attribute.value.size() - 2);
  if (!is_quoted) attribute.kind = has_value ? KindOfExported(value) : AttributeKind::kBool;
  return attribute;
}

}  // namespace

std::vector<LabelMeAttribute> ParseLabelMeAttributes(absl::string_view text) {
  std::vector<LabelMeAttribute> attributes;
  size_t start = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i + 1 < text.size() && text[i] == '\\') {
      ++i;
      continue;
    }
    if (i < text.size() && text[i] != ',') continue;
    absl::string_view one = text.substr(start, i - start);
    if (!absl::StripAsciiWhitespace(one).empty()) attributes.push_back(ParseOne(one));
    start = i + 1;
  }
  return attributes;
}

absl::Status ParseLabelMeDocument(absl::string_view text, int32_t& next_group,
                                  LabelMeDocument& document) {
  Handler handler(document);
  TextChunks chunks(text);
  absl::Status status = ParseXml(chunks, handler);
  handler.SetGroups(next_group);
  return status;
}

}  // namespace annofs

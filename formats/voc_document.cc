#include "formats/voc_document.h"

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "formats/export_attributes.h"
#include "formats/text_table.h"
#include "formats/xml_leaves.h"

namespace annofs {
namespace {

class Handler : public XmlLeaves {
 public:
  Handler(int32_t& next_group, VocDocument& document)
      : next_group_(next_group), document_(document) {}

 private:
  struct Open {
    VocObject object;
    std::optional<double> sides[4];
  };

  void Opened(absl::string_view path, uint64_t line) override {
    if (path == "annotation/object") {
      object_ = NewOpen(line);
      parts_.clear();
    } else if (path == "annotation/object/part") {
      parts_.push_back(NewOpen(line));
    } else if (path == "annotation/object/attributes/attribute") {
      name_.clear();
      value_.clear();
    }
  }

  void Closed(absl::string_view path, absl::string_view text, uint64_t) override {
    if (!absl::ConsumePrefix(&path, "annotation/")) return;
    if (path == "filename") document_.file_name = std::string(text);
    if (path == "size/width") SetNumber(text, document_.width);
    if (path == "size/height") SetNumber(text, document_.height);
    if (path == "object") return FinishObject();
    if (!absl::ConsumePrefix(&path, "object/")) return;
    if (absl::ConsumePrefix(&path, "part/")) {
      if (!parts_.empty()) SetCommon(path, text, parts_.back());
      return;
    }
    SetCommon(path, text, object_);
    SetOfObject(path, text);
  }

  void Cut(CutText cut) override { document_.cut.push_back(std::move(cut)); }

  static Open NewOpen(uint64_t line) {
    return {.object = {.line = line, .shape = {.type = ShapeType::kRectangle}}};
  }
  static void SetNumber(absl::string_view text, uint32_t& number) {
    std::optional<double> value = Number(text);  // some tools write 640.0
    if (value && *value >= 0 && *value <= 1e9) number = uint32_t(*value);
  }

  static void SetCommon(absl::string_view path, absl::string_view text, Open& open) {
    static constexpr absl::string_view kSides[] = {"bndbox/xmin", "bndbox/ymin", "bndbox/xmax",
                                                   "bndbox/ymax"};
    if (path == "name") open.object.label = std::string(text);
    for (size_t i = 0; i < 4; ++i) {
      if (path == kSides[i]) open.sides[i] = Number(text);
    }
  }

  void SetOfObject(absl::string_view path, absl::string_view text) {
    if (path == "occluded" && text == "1") object_.object.shape.occluded = true;
    if ((path == "truncated" || path == "difficult") && text == "1")
      AddAttribute(path, "true", AttributeKind::kBool);
    if (path == "pose" && !text.empty()) AddAttribute(path, text, AttributeKind::kText);
    if (path == "attributes/attribute/name") name_ = std::string(text);
    if (path == "attributes/attribute/value") value_ = std::string(text);
    if (path == "attributes/attribute") AddExported();
    if (absl::ConsumePrefix(&path, "actions/"))
      AddAttribute(path, text == "1" ? "true" : "false", AttributeKind::kBool);
  }

  void AddAttribute(absl::string_view name, absl::string_view value, AttributeKind kind) {
    object_.object.shape.attributes.push_back(
        {.name = std::string(name), .value = std::string(value)});
    object_.object.kinds.push_back(kind);
  }
  // A number is a text as well as it is one: both are written alike.
  void AddExported() {
    AttributeKind kind = KindOfExported(value_);
    if (kind != AttributeKind::kBool) kind = AttributeKind::kText;
    AddExportAttribute(name_, value_, kind, object_.object.shape, object_.object.kinds);
  }

  void FinishObject() {
    if (!parts_.empty()) object_.object.shape.group = next_group_;
    Finish(std::move(object_));
    for (Open& part : parts_) {
      part.object.shape.group = next_group_;
      Finish(std::move(part));
    }
    if (!parts_.empty()) ++next_group_;
    parts_.clear();
  }

  void Finish(Open open) {
    VocObject& object = open.object;
    for (const std::optional<double>& side : open.sides) {
      if (side) object.shape.points.push_back(*side);
    }
    if (object.shape.points.size() != 4) object.wrong = "its box is not four finite numbers";
    if (object.label.empty()) object.wrong = "it has no name";
    document_.objects.push_back(std::move(object));
  }

  int32_t& next_group_;
  VocDocument& document_;
  Open object_;
  std::vector<Open> parts_;
  std::string name_, value_;
};

}  // namespace

absl::Status ParseVocDocument(absl::string_view text, int32_t& next_group, VocDocument& document) {
  Handler handler(next_group, document);
  TextChunks chunks(text);
  return ParseXml(chunks, handler);
}

}  // namespace annofs

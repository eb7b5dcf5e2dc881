#include "formats/icdar_masks.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/label_colors.h"
#include "formats/python_parse.h"
#include "formats/python_text.h"
#include "formats/raster.h"

namespace annofs {
namespace {

constexpr Rgb kWhite = {255, 255, 255};

const std::string* FindText(const Shape& shape, absl::string_view name) {
  for (size_t i = shape.attributes.size(); i-- > 0;) {
    if (shape.attributes[i].name == name) return &shape.attributes[i].value;
  }
  return nullptr;
}

const AttributeSpec* FindSpec(const Label& label, absl::string_view name) {
  for (const AttributeSpec& spec : label.attributes) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

bool HasIndex(const Label& label, const Shape& shape) {
  const AttributeSpec* spec = FindSpec(label, "index");
  if (spec == nullptr) return false;  // what a label does not specify is text
  if (spec->input_type == "checkbox") return true;
  if (spec->input_type != "number") return false;
  const std::string* own = FindText(shape, "index");
  const std::optional<double> number = ParsePythonFloat(own ? *own : spec->default_value);
  return number && std::isfinite(*number);
}

std::optional<Rgb> ParseColor(absl::string_view text) {
  const std::vector<absl::string_view> words = Words(text);
  if (words.size() != 3) return std::nullopt;
  Rgb color = {};
  for (size_t i = 0; i < 3; ++i) {
    int value = 0;
    const std::optional<std::string> digits = PythonIntText(words[i]);
    if (!digits || !absl::SimpleAtoi(*digits, &value) || value < 0 || value > 255)
      return std::nullopt;
    color[i] = uint8_t(value);
  }
  return color;
}

bool HasColor(const Label& label, const Shape& shape) {
  const std::string* own = FindText(shape, "color");
  const AttributeSpec* spec = FindSpec(label, "color");
  if (own == nullptr && spec == nullptr) return true;
  const std::string& text = own == nullptr ? spec->default_value : *own;
  // A number or a flag is no text to be split; 0 and false are no colour at all.
  if (spec != nullptr && spec->input_type == "checkbox")
    return !absl::EqualsIgnoreCase(text, "true");
  if (spec != nullptr && spec->input_type == "number") {
    if (const std::optional<double> number = ParsePythonFloat(text)) return *number == 0;
  }
  return text.empty() || ParseColor(text).has_value();
}

double IndexOf(const ItemAnnotation& mask) {
  const ItemValue* value = mask.Find("index");
  return (value == nullptr ? std::nullopt : PythonFloatOf(*value)).value_or(0);
}

// The colours of the VOC palette from its first one on that no mask before has.
class ColorBank {
 public:
  void Use(Rgb color) { used_.insert(color); }
  Rgb Next() {
    Rgb color = VocColor(next_++);
    while (used_.contains(color)) color = VocColor(next_++);
    return color;
  }

 private:
  uint32_t next_ = 1;
  std::set<Rgb> used_ = {kWhite};
};

Rgb ColorOf(const ItemAnnotation& mask, ColorBank& bank) {
  const ItemValue* value = mask.Find("color");
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  std::optional<Rgb> color = text == nullptr ? std::nullopt : ParseColor(*text);
  if (!color) color = bank.Next();
  bank.Use(*color);
  return *color;
}

std::string AttributeText(const ItemAnnotation& mask, absl::string_view name,
                          absl::string_view otherwise) {
  const ItemValue* value = mask.Find(name);
  return value == nullptr ? std::string(otherwise) : PythonStr(*value);
}

// As numpy turns a float into a byte. Beyond 2^31 that is not defined; it is 0 here.
uint16_t Byte(double value) {
  return std::abs(value) < 2147483648.0 ? uint8_t(int64_t(value)) : uint16_t(0);
}

}  // namespace

absl::string_view WhyNotIcdarMask(const DatasetInfo& info, const Shape& shape) {
  const Label& label = info.labels[shape.label];
  if (!HasIndex(label, shape))
    return "a shape of its frame has no attribute 'index' that is a number";
  if (!HasColor(label, shape))
    return "the attribute 'color' of a shape of its frame is not three numbers from 0 to 255";
  return "";
}

std::vector<IcdarMask> IcdarMasks(const Item& item) {
  std::vector<IcdarMask> masks;
  for (const ItemAnnotation& annotation : item.annotations) {
    if (annotation.type == ItemType::kMask)
      masks.push_back({.mask = &annotation, .index = IndexOf(annotation)});
  }
  std::stable_sort(masks.begin(), masks.end(), [](const IcdarMask& a, const IcdarMask& b) {
    return std::trunc(a.index) < std::trunc(b.index);
  });
  ColorBank bank;
  for (IcdarMask& mask : masks) mask.color = ColorOf(*mask.mask, bank);
  return masks;
}

std::string IcdarText(const std::vector<IcdarMask>& masks) {
  std::string text;
  if (masks.empty()) return text;
  const int32_t first_group = masks[0].mask->group;
  int32_t group = first_group;
  for (const IcdarMask& one : masks) {
    const ItemAnnotation& mask = *one.mask;
    const std::string word = AttributeText(mask, "text", "");
    const std::array<double, 4> box = BoundingBox(mask.mask);
    if (mask.group != group || (mask.group == 0 && first_group != 0)) text += "\n";
    if (word == " ") text += "#";
    absl::StrAppend(&text, int(one.color[0]), " ", int(one.color[1]), " ", int(one.color[2]), " ",
                    AttributeText(mask, "center", "- -"));
    for (double side : {box[0], box[1], box[0] + box[2], box[1] + box[3]})
      absl::StrAppend(&text, " ", PythonFloat(side));
    absl::StrAppend(&text, " \"", word, "\"\n");
    group = mask.group;
  }
  return text;
}

absl::StatusOr<std::string> IcdarPicture(const Item& item, const std::vector<IcdarMask>& masks) {
  std::vector<const IcdarMask*> order;  // of equal z order by index
  for (const IcdarMask& mask : masks) order.push_back(&mask);
  std::stable_sort(order.begin(), order.end(), [](const IcdarMask* a, const IcdarMask* b) {
    return a->mask->z_order < b->mask->z_order;
  });
  std::vector<const CocoMask*> drawn;
  std::vector<uint16_t> values;
  for (const IcdarMask* mask : order) {
    drawn.push_back(&mask->mask->mask);
    values.push_back(Byte(mask->index + 1));
  }
  ASSIGN_OR_RETURN(PixelMap pixels, DrawMasks(drawn, values, item.height, item.width));
  std::vector<Rgb> colors = {kWhite};
  for (const IcdarMask& mask : masks) colors.push_back(mask.color);
  return BmpRgb(pixels, colors);
}

}  // namespace annofs

#include "formats/shape_attribute.h"

#include <string>

#include "absl/strings/match.h"
#include "formats/python_text.h"

namespace annofs {
namespace {

ItemValue ValueOf(const AttributeSpec& spec, const std::string& text) {
  if (spec.input_type == "checkbox") return absl::EqualsIgnoreCase(text, "true");
  if (spec.input_type == "number") {
    if (std::optional<double> number = ParsePythonFloat(text)) return *number;
  }
  return text;
}

}  // namespace

std::optional<ItemValue> AttributeOf(const DatasetInfo& info, const Shape& shape,
                                     absl::string_view name) {
  const std::string* text = nullptr;
  for (const Attribute& attribute : shape.attributes) {
    if (attribute.name == name) text = &attribute.value;
  }
  for (const AttributeSpec& spec : info.labels[shape.label].attributes) {
    if (spec.name == name) return ValueOf(spec, text == nullptr ? spec.default_value : *text);
  }
  if (text == nullptr) return std::nullopt;
  return *text;
}

}  // namespace annofs

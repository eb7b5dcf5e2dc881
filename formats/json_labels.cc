#include "formats/json_labels.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

AttributeSpec ParseSpec(JsonValue json) {
  AttributeSpec spec{.name = std::string(json.StringOr("name", "")),
                     .is_mutable = json.BoolOr("mutable", false),
                     .input_type = std::string(json.StringOr("input_type", "")),
                     .default_value = JsonText(json["default_value"])};
  const JsonValue values = json["values"];
  for (size_t i = 0; values.is_array() && i < values.size(); ++i) {
    spec.values.push_back(JsonText(values[i]));
  }
  return spec;
}

void AddLabels(JsonValue list, int32_t parent, std::vector<Label>& labels) {
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
    Label label = ParseJsonLabel(list[i]);
    if (label.name.empty()) continue;
    label.parent = parent;
    labels.push_back(std::move(label));
    // Only a skeleton has sublabels, and these have none.
    if (parent < 0) AddLabels(list[i]["sublabels"], int32_t(labels.size()) - 1, labels);
  }
}

}  // namespace

Label ParseJsonLabel(JsonValue json) {
  Label label{.name = std::string(json.StringOr("name", "")),
              .color = std::string(json.StringOr("color", "")),
              .type = std::string(json.StringOr("type", "any")),
              .svg = std::string(json.StringOr("svg", ""))};
  const JsonValue specs = json["attributes"];
  for (size_t i = 0; specs.is_array() && i < specs.size(); ++i) {
    label.attributes.push_back(ParseSpec(specs[i]));
  }
  return label;
}

std::vector<Label> ParseJsonLabels(JsonValue labels) {
  std::vector<Label> all;
  AddLabels(labels, -1, all);
  return all;
}

std::string JsonText(JsonValue value) {
  if (std::optional<absl::string_view> text = value.AsString()) return std::string(*text);
  if (std::optional<bool> flag = value.AsBool()) return *flag ? "true" : "false";
  if (std::optional<int64_t> whole = value.AsInt()) return absl::StrCat(*whole);
  if (std::optional<double> number = value.AsDouble()) return PythonFloat(*number);
  return "";
}

}  // namespace annofs

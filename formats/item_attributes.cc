#include "formats/item_attributes.h"

#include <algorithm>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "formats/python_text.h"

namespace annofs {
namespace {

// So many are found faster by looking at each than by a table.
constexpr size_t kFewAttributes = 16;
// Attributes that a shape has of itself: occluded, rotation, track_id, keyframe.
constexpr size_t kOfShapes = 4;

// The values of a shape's attributes by name; of equal names the last counts.
class ShapeValues {
 public:
  explicit ShapeValues(const std::vector<Attribute>& attributes) : attributes_(attributes) {
    if (attributes.size() <= kFewAttributes) return;
    for (const Attribute& attribute : attributes) by_name_[attribute.name] = &attribute;
  }
  const std::string* Find(absl::string_view name) const {
    if (!by_name_.empty()) {
      const auto found = by_name_.find(name);
      return found == by_name_.end() ? nullptr : &found->second->value;
    }
    for (size_t i = attributes_.size(); i-- > 0;) {
      if (attributes_[i].name == name) return &attributes_[i].value;
    }
    return nullptr;
  }

 private:
  const std::vector<Attribute>& attributes_;
  absl::flat_hash_map<absl::string_view, const Attribute*> by_name_;
};

bool Is(const std::string& text, absl::string_view word) { return absl::string_view(text) == word; }

void SetText(const std::string& text, ItemValue& value) {
  if (std::string* known = std::get_if<std::string>(&value)) {
    *known = text;
  } else {
    value = text;
  }
}

void SetValue(const AttributeSpec& spec, const std::string& text, ItemValue& value) {
  if (Is(spec.input_type, "checkbox")) {
    value = absl::EqualsIgnoreCase(text, "true");
    return;
  }
  if (Is(spec.input_type, "number")) {
    if (std::optional<double> number = ParsePythonFloat(text)) {
      value = *number;
      return;
    }
  }
  SetText(text, value);
}

// What the label does not specify: CVAT's own data have none such. In order; of equal names the
// last counts, at the place of the first.
void AddUnspecified(const std::vector<AttributeSpec>& specs,
                    const std::vector<Attribute>& attributes, AttributeList& list) {
  absl::flat_hash_map<absl::string_view, size_t> places;  // of what the list has
  for (size_t i = 0; i < specs.size(); ++i) places[specs[i].name] = i;
  const size_t specified = specs.size();
  for (const Attribute& attribute : attributes) {
    const auto [place, is_new] = places.try_emplace(attribute.name, list.size());
    if (is_new) {
      SetText(attribute.value, list.Add(attribute.name));
    } else if (place->second >= specified) {
      SetText(attribute.value, list.At(place->second));
    }
  }
}

}  // namespace

void AddAttributes(const std::vector<AttributeSpec>& specs, const std::vector<Attribute>& own,
                   AttributeList& list) {
  list.Reserve(std::max(specs.size(), own.size()) + kOfShapes);
  const ShapeValues values(own);
  size_t specified = 0;
  for (const AttributeSpec& spec : specs) {
    const std::string* value = values.Find(spec.name);
    if (value != nullptr) ++specified;
    SetValue(spec, value == nullptr ? spec.default_value : *value, list.Add(spec.name));
  }
  if (specified < own.size()) AddUnspecified(specs, own, list);
}

}  // namespace annofs

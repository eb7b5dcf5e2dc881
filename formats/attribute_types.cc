#include "formats/attribute_types.h"

#include <utility>

#include "formats/python_text.h"

namespace annofs {

void AttributeTypes::Start(uint32_t label) {
  current_ = &labels_[label];
  ++current_->annotations;
  current_->next = 0;
}

AttributeTypes::OfName* AttributeTypes::Find(absl::string_view name) {
  OfLabel& label = *current_;
  if (label.next < label.names.size() && label.names[label.next].name == name) {
    return &label.names[label.next++];
  }
  if (name.size() > kMaxNameBytes) return nullptr;
  const auto known = label.places.find(name);
  if (known != label.places.end()) {
    label.next = known->second + 1;
    return &label.names[known->second];
  }
  // One that comes later is not of every annotation.
  if (label.annotations > 1) return nullptr;
  if (label.names.size() >= kMaxOfLabel || count_ >= kMaxInAll) return nullptr;
  ++count_;
  label.places.emplace(name, label.names.size());
  label.names.push_back({.name = std::string(name)});
  label.next = label.names.size();
  return &label.names.back();
}

void AttributeTypes::Add(absl::string_view name, AttributeKind kind, absl::string_view text) {
  OfName* const of = Find(name);
  if (of == nullptr) return;
  if (of->last != current_->annotations) ++of->annotations;  // it may have a name twice
  of->last = current_->annotations;
  of->is_bool &= kind == AttributeKind::kBool;
  of->has_bool |= kind == AttributeKind::kBool;
  of->has_number |= kind == AttributeKind::kNumber;
  if (kind == AttributeKind::kText && !of->reads_as_one) {
    of->reads_as_one = ParsePythonFloat(text).has_value();
  }
}

void AttributeTypes::Add(const Shape& shape, const std::vector<AttributeKind>& kinds) {
  Start(shape.label);
  for (size_t i = 0; i < shape.attributes.size(); ++i) {
    Add(shape.attributes[i].name, kinds[i], shape.attributes[i].value);
  }
}

void AttributeTypes::Finish(DatasetSink& sink) const {
  for (const auto& [label, of_label] : labels_) {
    std::vector<AttributeSpec> specs;
    for (const OfName& of : of_label.names) {
      if (of.annotations != of_label.annotations) continue;
      const bool is_number = of.has_number && !of.has_bool && !of.reads_as_one;
      specs.push_back({.name = of.name,
                       .input_type = of.is_bool  ? "checkbox"
                                     : is_number ? "number"
                                                 : "text"});
    }
    if (!specs.empty()) sink.SpecifyAttributes(label, std::move(specs));
  }
}

}  // namespace annofs

#include "formats/copy_labels.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "formats/shape_codec.h"

namespace annofs {
namespace {

using Names = absl::flat_hash_set<absl::string_view>;

Problem OfRule(absl::string_view rule, absl::string_view what, absl::string_view name,
               absl::string_view why) {
  return {.reason = absl::StrCat("labels.", rule, " of the configuration: ", what, " '", name, "' ",
                                 why)};
}

bool IsChosenFromList(const AttributeSpec& spec) {
  return spec.input_type == "select" || spec.input_type == "radio";
}

void JoinSpec(const AttributeSpec& other, AttributeSpec& spec) {
  spec.is_mutable |= other.is_mutable;
  if (IsChosenFromList(spec) && IsChosenFromList(other)) {
    Names known(spec.values.begin(), spec.values.end());
    std::vector<std::string> more;
    for (const std::string& value : other.values) {
      if (known.insert(value).second) more.push_back(value);
    }
    spec.values.insert(spec.values.end(), more.begin(), more.end());
  } else if (spec.input_type != other.input_type) {
    spec.input_type = "text";
    spec.values.clear();
  }
}

using SpecPlaces = absl::flat_hash_map<std::string, size_t>;

SpecPlaces PlacesOf(const std::vector<AttributeSpec>& specs) {
  SpecPlaces places;
  for (size_t i = 0; i < specs.size(); ++i) places.try_emplace(specs[i].name, i);
  return places;
}

void Join(const Label& other, Label& label) {
  if (label.type != other.type) {
    const bool is_skeleton = label.type == "skeleton" || other.type == "skeleton";
    label.type = is_skeleton ? "skeleton" : "any";
  }
  if (label.color.empty()) label.color = other.color;
  if (label.svg.empty()) label.svg = other.svg;
  SpecPlaces places = PlacesOf(label.attributes);
  for (const AttributeSpec& spec : other.attributes) {
    const auto [place, is_new] = places.try_emplace(spec.name, label.attributes.size());
    if (is_new) {
      label.attributes.push_back(spec);
    } else {
      JoinSpec(spec, label.attributes[place->second]);
    }
  }
}

// What becomes of the name of a label that is no part of a skeleton.
class Renaming {
 public:
  explicit Renaming(const LabelRules& rules)
      : rules_(rules),
        keep_(rules.keep.begin(), rules.keep.end()),
        drop_(rules.drop.begin(), rules.drop.end()) {
    for (const auto& [name, sources] : rules.merge) {
      targets_.insert(name);
      for (const std::string& source : sources) merged_.try_emplace(source, name);
    }
    for (const auto& [source, name] : rules.rename) targets_.insert(name);
  }

  bool IsKept(absl::string_view name) const {
    return (keep_.empty() || keep_.contains(name)) && !drop_.contains(name);
  }
  std::string NewName(const std::string& name) const {
    const auto merged = merged_.find(name);
    if (merged != merged_.end()) return std::string(merged->second);
    const auto renamed = rules_.rename.find(name);
    return renamed != rules_.rename.end() ? renamed->second : name;
  }
  // All labels that are called so are one.
  bool IsOne(absl::string_view new_name) const { return targets_.contains(new_name); }

  // `there`: the names of all datasets; `afterwards`: of the copy.
  void Check(const Names& there, const Names& afterwards, std::vector<Problem>& problems) const {
    for (const std::string& name : rules_.keep) CheckSource("keep", name, there, problems);
    for (const std::string& name : rules_.drop) CheckSource("drop", name, there, problems);
    for (const auto& [name, new_name] : rules_.rename) {
      CheckChanged("rename", name, there, problems);
    }
    for (const auto& [new_name, names] : rules_.merge) {
      for (const std::string& name : names) CheckChanged("merge", name, there, problems);
    }
    for (const std::string& name : rules_.order) CheckSource("order", name, afterwards, problems);
  }

 private:
  static bool CheckSource(absl::string_view rule, const std::string& name, const Names& there,
                          std::vector<Problem>& problems) {
    if (there.contains(name)) return true;
    problems.push_back(OfRule(rule, "no label", name, "in the dataset"));
    return false;
  }
  void CheckChanged(absl::string_view rule, const std::string& name, const Names& there,
                    std::vector<Problem>& problems) const {
    if (!CheckSource(rule, name, there, problems) || IsKept(name)) return;
    problems.push_back(OfRule(rule, "label", name, "is not kept"));
  }

  const LabelRules& rules_;
  const Names keep_, drop_;
  absl::flat_hash_map<absl::string_view, absl::string_view> merged_;
  Names targets_;
};

// A label of the copy while it is put together.
struct Copied {
  Label label;                        // its parent is a place among these
  uint32_t top = 0;                   // its skeleton's place, or its own
  std::pair<size_t, uint32_t> first;  // the part and label that it was made of
  uint64_t met = 0;                   // when its first label came in the list of its dataset
  bool is_late = false;               // a part of a skeleton that another label has begun
};

class Merger {
 public:
  explicit Merger(const LabelRules& rules) : rules_(rules), renaming_(rules) {}

  // The places of a dataset's labels; -1: left out.
  std::vector<int32_t> Add(const std::vector<Label>& labels) {
    own_ = &labels;
    places_.assign(labels.size(), kUnknown);
    CountNames();
    for (uint32_t i = 0; i < labels.size(); ++i) {
      const int32_t place = PlaceOf(i);
      if (place >= 0) Meet(copied_[size_t(place)], i);
    }
    ++part_;
    return places_;
  }

  // Place by number of the copy.
  std::vector<uint32_t> Order() const {
    std::vector<uint64_t> last(copied_.size());  // of a skeleton: its last part that is not late
    for (const Copied& one : copied_) {
      if (!one.is_late) last[one.top] = std::max(last[one.top], one.met);
    }
    absl::flat_hash_map<absl::string_view, size_t> wanted;
    for (const std::string& name : rules_.order) wanted.try_emplace(name, wanted.size());
    auto key = [&](uint32_t place) {
      const Copied& one = copied_[place];
      const auto found = wanted.find(copied_[one.top].label.name);
      return std::tuple(found == wanted.end() ? wanted.size() : found->second,
                        one.is_late ? last[one.top] : one.met, one.is_late ? one.met : 0);
    };
    std::vector<uint32_t> order(copied_.size());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    absl::c_sort(order, [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
    return order;
  }

  void Check(std::vector<Problem>& problems) const {
    Names afterwards;
    for (const Copied& one : copied_) {
      if (one.label.parent < 0) afterwards.insert(one.label.name);
    }
    renaming_.Check(Names(names_.begin(), names_.end()), afterwards, problems);
  }

  Label& at(size_t place) { return copied_[place].label; }

 private:
  static constexpr int32_t kUnknown = -2, kLeftOut = -1;

  // -1 also for a parent that is none.
  int32_t ParentOf(uint32_t label) const {
    int32_t top = int32_t(label);
    for (int depth = 0; depth <= kMaxElementDepth; ++depth) {
      const int32_t parent = (*own_)[size_t(top)].parent;
      if (parent < 0 || size_t(parent) >= own_->size()) {
        return depth == 0 ? -1 : (*own_)[label].parent;
      }
      top = parent;
    }
    return -1;
  }
  uint32_t TopOf(uint32_t label) const {
    while (ParentOf(label) >= 0) label = uint32_t(ParentOf(label));
    return label;
  }

  void CountNames() {
    absl::flat_hash_map<std::pair<int32_t, absl::string_view>, uint32_t> counts;
    repeats_.clear();
    for (uint32_t i = 0; i < own_->size(); ++i) {
      const int32_t parent = ParentOf(i);
      repeats_.push_back(counts[{parent, (*own_)[i].name}]++);
      if (parent < 0) names_.insert((*own_)[i].name);
    }
  }

  int32_t PlaceOf(uint32_t label) {
    if (places_[label] != kUnknown) return places_[label];
    const Label& own = (*own_)[label];
    const int32_t parent = ParentOf(label);
    if (parent >= 0) {
      const int32_t above = PlaceOf(uint32_t(parent));
      return places_[label] = above < 0 ? kLeftOut : Place(label, above, own.name, repeats_[label]);
    }
    if (!renaming_.IsKept(own.name)) return places_[label] = kLeftOut;
    const std::string name = renaming_.NewName(own.name);
    return places_[label] = Place(label, -1, name, renaming_.IsOne(name) ? 0 : repeats_[label]);
  }

  int32_t Place(uint32_t label, int32_t parent, const std::string& name, uint32_t repeat) {
    const auto [found, is_new] =
        by_name_.try_emplace(std::tuple(parent, name, repeat), int32_t(copied_.size()));
    const Label& own = (*own_)[label];
    if (!is_new) {
      Join(own, copied_[size_t(found->second)].label);
      return found->second;
    }
    Copied& one = copied_.emplace_back(Copied{.label = own, .first = {part_, label}});
    one.label.name = name;
    one.label.parent = parent;
    one.top = parent < 0 ? uint32_t(found->second) : copied_[size_t(parent)].top;
    return found->second;
  }

  void Meet(Copied& one, uint32_t label) {
    if (one.met != 0) return;
    one.met = ++met_;
    one.is_late = copied_[one.top].first != std::pair(part_, TopOf(label));
  }

  const LabelRules& rules_;
  const Renaming renaming_;
  std::vector<Copied> copied_;
  absl::flat_hash_map<std::tuple<int32_t, std::string, uint32_t>, int32_t> by_name_;
  absl::flat_hash_set<std::string> names_;  // of all that are no parts of skeletons
  uint64_t met_ = 0;

  size_t part_ = 0;
  const std::vector<Label>* own_ = nullptr;
  std::vector<int32_t> places_;
  std::vector<uint32_t> repeats_;  // how many labels before it have its name and parent
};

// What shapes of a label have where they do not say it, as far as the copy's label has it not.
std::vector<Attribute> OtherDefaults(const Label& own, const Label& copied) {
  std::vector<Attribute> others;
  const SpecPlaces places = PlacesOf(copied.attributes);
  for (const auto& [name, place] : PlacesOf(own.attributes)) {
    const AttributeSpec& spec = own.attributes[place];
    const auto found = places.find(name);
    if (found == places.end()) continue;
    if (copied.attributes[found->second].default_value == spec.default_value) continue;
    others.push_back({name, spec.default_value});
  }
  absl::c_sort(others, [](const Attribute& a, const Attribute& b) { return a.name < b.name; });
  return others;
}

}  // namespace

CopiedLabels::CopiedLabels(const std::vector<const DatasetInfo*>& parts, const LabelRules& rules,
                           std::vector<Problem>& problems)
    : defaults_(parts.size()) {
  Merger merger(rules);
  for (const DatasetInfo* part : parts) numbers_.push_back(merger.Add(part->labels));
  merger.Check(problems);
  const std::vector<uint32_t> order = merger.Order();
  std::vector<int32_t> number_of(order.size());
  for (uint32_t i = 0; i < order.size(); ++i) number_of[order[i]] = int32_t(i);
  for (uint32_t place : order) {
    Label& label = labels_.emplace_back(std::move(merger.at(place)));
    if (label.parent >= 0) label.parent = number_of[size_t(label.parent)];
  }
  for (size_t part = 0; part < parts.size(); ++part) {
    for (uint32_t i = 0; i < numbers_[part].size(); ++i) {
      int32_t& number = numbers_[part][i];
      if (number < 0) continue;
      number = number_of[size_t(number)];
      std::vector<Attribute> others =
          OtherDefaults(parts[part]->labels[i], labels_[size_t(number)]);
      if (!others.empty()) defaults_[part][i] = std::move(others);
    }
  }
}

bool CopiedLabels::Relabel(size_t part, Shape& shape, uint64_t& lost_elements) const {
  const std::optional<uint32_t> number = Find(part, shape.label);
  if (!number) return false;
  if (!defaults_[part].empty()) {
    const auto found = defaults_[part].find(shape.label);
    if (found != defaults_[part].end()) {
      for (const Attribute& other : found->second) {
        const bool is_said = absl::c_any_of(
            shape.attributes, [&](const Attribute& one) { return one.name == other.name; });
        if (!is_said) shape.attributes.push_back(other);
      }
    }
  }
  shape.label = *number;
  lost_elements += std::erase_if(
      shape.elements, [&](Shape& element) { return !Relabel(part, element, lost_elements); });
  return true;
}

}  // namespace annofs

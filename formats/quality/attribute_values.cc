// Values of attributes: whether their specification allows them (reference/cvat.md §1.4; CVAT's
// own check in the browser: validateAttributeValue), and how often each occurs. Datumaro:
// AttributeDefinedButNotFound, FewSamplesInAttribute, ImbalancedAttribute, OnlyOneAttributeValue;
// these count values that are chosen from a list, since every number or text may be the only one.
#include <algorithm>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "formats/quality/attribute_finder.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kUndefined = {"undefined-attribute-value", QualitySeverity::kError,
                                    "annotations with a value that their attribute does not allow",
                                    "correct the value, or add it to the attribute"};
constexpr QualityRule kNotFound = {"attribute-defined-but-not-found", QualitySeverity::kWarning,
                                   "attributes that no annotation of their label has",
                                   "set them, or take them out of the label"};
constexpr QualityRule kFew = {"few-samples-in-attribute", QualitySeverity::kWarning,
                              "values of attributes with very few annotations",
                              "annotate more of them, or merge values"};
constexpr QualityRule kImbalanced = {
    "imbalanced-attribute", QualitySeverity::kWarning,
    "values of attributes with many times fewer annotations than the most frequent one",
    "annotate more of them, or weigh the values when you train"};
// Datumaro: a warning.
constexpr QualityRule kOnlyOne = {"only-one-attribute-value", QualitySeverity::kInfo,
                                  "attributes of which a single value occurs",
                                  "nothing, if the value is no mistake: it teaches nothing"};

enum class Kind { kAny, kNumber, kCheckbox, kList };

Kind KindOf(const AttributeSpec& spec) {
  if (spec.input_type == "checkbox") return Kind::kCheckbox;
  if (spec.input_type == "number") return Kind::kNumber;
  if (spec.input_type == "select" || spec.input_type == "radio") return Kind::kList;
  return Kind::kAny;
}

std::optional<double> NumberOf(absl::string_view text) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value)) return std::nullopt;
  return value;
}

// One attribute of a label: what it allows, how often it has each value of a list.
struct Known {
  Kind kind = Kind::kAny;
  std::optional<double> least, most;  // of a number
  std::vector<absl::string_view> values;
  absl::flat_hash_map<absl::string_view, uint32_t> places;  // of them; empty where they are few
  std::vector<uint64_t> counts;                             // by value
  uint64_t others = 0;                                      // with any other value
};

constexpr size_t kFewValues = 8;  // looked through one by one

Known KnownOf(const AttributeSpec& spec) {
  Known known{.kind = KindOf(spec)};
  if (known.kind == Kind::kNumber && spec.values.size() >= 2) {
    known.least = NumberOf(spec.values[0]);
    known.most = NumberOf(spec.values[1]);
  }
  if (known.kind == Kind::kCheckbox) known.values = {"true", "false"};
  if (known.kind == Kind::kList) {
    known.values.assign(spec.values.begin(), spec.values.end());
    for (uint32_t i = 0; known.values.size() > kFewValues && i < known.values.size(); ++i) {
      known.places.emplace(known.values[i], i);
    }
  }
  known.counts.resize(known.values.size());
  return known;
}

std::optional<uint32_t> PlaceOf(const Known& known, absl::string_view value) {
  if (!known.places.empty()) {
    auto found = known.places.find(value);
    return found == known.places.end() ? std::nullopt : std::optional(found->second);
  }
  for (uint32_t i = 0; i < known.values.size(); ++i) {
    if (known.kind == Kind::kCheckbox ? absl::EqualsIgnoreCase(known.values[i], value)
                                      : known.values[i] == value) {
      return i;
    }
  }
  return std::nullopt;
}

// A list without values allows any.
bool IsAllowed(const Known& known, const AttributeSpec& spec, absl::string_view value) {
  if (value == spec.default_value) return true;  // what CVAT itself fills in
  if (known.kind != Kind::kNumber) return known.kind == Kind::kAny || known.values.empty();
  const std::optional<double> number = NumberOf(value);
  if (!number) return false;
  const bool has_range = known.least && known.most;
  return !has_range || (*number >= *known.least && *number <= *known.most);
}

class AttributeValues : public Rule {
 public:
  explicit AttributeValues(const RuleGround& ground)
      : ground_(ground),
        undefined_(ground.tallies.Of(kUndefined)),
        not_found_(ground.tallies.Of(kNotFound)),
        few_(ground.tallies.Of(kFew)),
        imbalanced_(ground.tallies.Of(kImbalanced)),
        only_one_(ground.tallies.Of(kOnlyOne)),
        finder_(ground.info()),
        known_(ground.info().labels.size()),
        is_found_(ground.info().labels.size()) {
    for (size_t label = 0; label < known_.size(); ++label) {
      for (const AttributeSpec& spec : ground.info().labels[label].attributes) {
        known_[label].push_back(KnownOf(spec));
      }
    }
  }

  absl::Status Look(const SeenFrame& seen) override {
    ForEachAnnotation(seen, [this](const Annotation& annotation) {
      const uint32_t label = annotation.shape.label;
      if (label >= known_.size() || known_[label].empty()) return;
      is_found_[label] = true;
      finder_.ForEach(annotation.shape, [&](const Attribute& attribute, int32_t spec) {
        if (spec >= 0) Count(annotation, attribute, size_t(spec));
      });
    });
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    for (uint32_t label = 0; label < known_.size(); ++label) {
      if (!is_found_[label]) continue;
      for (size_t i = 0; i < known_[label].size(); ++i) Tell(label, i);
    }
    return absl::OkStatus();
  }

 private:
  void Count(const Annotation& annotation, const Attribute& attribute, size_t number) {
    const uint32_t label = annotation.shape.label;
    Known& known = known_[label][number];
    const std::optional<uint32_t> place = PlaceOf(known, attribute.value);
    ++(place ? known.counts[*place] : known.others);
    if (place || IsAllowed(known, finder_.SpecsOf(label)[number], attribute.value)) return;
    undefined_.Add([&] {
      return annotation.Place(absl::StrCat(
          Quoted(attribute.name), " is ", Quoted(attribute.value),
          known.least && known.most
              ? absl::StrCat(", not between ", Rounded(*known.least), " and ", Rounded(*known.most))
              : ""));
    });
  }

  void Tell(uint32_t label, size_t number) {
    const Known& known = known_[label][number];
    uint64_t all = known.others, most = 0;
    size_t found = 0, largest = 0;
    for (size_t i = 0; i < known.counts.size(); ++i) {
      all += known.counts[i];
      if (known.counts[i] > 0) ++found;
      if (known.counts[i] <= most) continue;
      most = known.counts[i];
      largest = i;
    }
    if (all == 0) not_found_.Add([&] { return Place(label, number, ""); });
    if (found == 1 && known.others == 0 && known.values.size() > 1) {
      only_one_.Add([&] { return Place(label, number, Value(known, largest)); });
    }
    for (size_t i = 0; i < known.counts.size(); ++i) {
      if (known.counts[i] == 0) continue;
      if (known.counts[i] <= ground_.thresholds().few_samples) {
        few_.Add([&] { return Place(label, number, Value(known, i)); });
      }
      if (double(most) < ground_.thresholds().imbalance_ratio * double(known.counts[i])) continue;
      imbalanced_.Add([&] {
        return Place(label, number, absl::StrCat(Value(known, i), ", ", Value(known, largest)));
      });
    }
  }

  static std::string Value(const Known& known, size_t i) {
    return absl::StrCat(Quoted(known.values[i]), ": ", known.counts[i]);
  }
  QualityPlace Place(uint32_t label, size_t number, std::string detail) const {
    return {.label = LabelPath(ground_.info(), label),
            .object = absl::StrCat("attribute ", Quoted(finder_.SpecsOf(label)[number].name)),
            .detail = std::move(detail)};
  }

  const RuleGround ground_;
  Tally &undefined_, &not_found_, &few_, &imbalanced_, &only_one_;
  AttributeFinder finder_;
  std::vector<std::vector<Known>> known_;  // by label and attribute
  std::vector<bool> is_found_;             // by label
};

}  // namespace

RuleGroup AttributeValueRules() {
  return {{kUndefined, kNotFound, kFew, kImbalanced, kOnlyOne}, MakeRule<AttributeValues>};
}

}  // namespace annofs

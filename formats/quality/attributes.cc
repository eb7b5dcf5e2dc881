// Whether annotations have the attributes of their labels. Datumaro: MissingAttribute,
// UndefinedAttribute; labels that specify them: reference/cvat.md §1.4.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "formats/quality/attribute_finder.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kUndefined = {"undefined-attribute", QualitySeverity::kError,
                                    "annotations with an attribute that their label has not",
                                    "add the attribute to the label, or correct the annotation"};
constexpr QualityRule kMissing = {
    "missing-attribute", QualitySeverity::kWarning,
    "annotations without an attribute of their label",
    "set it: CVAT's exports fill in the default, other tools see nothing"};

// Only CVAT's own sources say which attributes a label has: of others it is learnt what all its
// annotations have (formats/attribute_types.h), and one that some have is no mistake.
bool SpecifiesAttributes(const DatasetInfo& info) {
  return !info.sources.empty() &&
         std::all_of(info.sources.begin(), info.sources.end(), [](const SourceVersion& source) {
           return absl::StartsWith(source.format, "cvat_");
         });
}

class Attributes : public Rule {
 public:
  explicit Attributes(const RuleGround& ground)
      : undefined_(ground.tallies.Of(kUndefined)),
        missing_(ground.tallies.Of(kMissing)),
        labels_(ground.info().labels.size()),
        tells_undefined_(SpecifiesAttributes(ground.info())),
        finder_(ground.info()) {}

  absl::Status Look(const SeenFrame& seen) override {
    ForEachAnnotation(seen, [this](const Annotation& annotation) {
      if (annotation.shape.label < labels_) LookAt(annotation);
    });
    return absl::OkStatus();
  }

 private:
  void LookAt(const Annotation& annotation) {
    const size_t wanted = finder_.SpecsOf(annotation.shape.label).size();
    if (wanted == 0 && annotation.shape.attributes.empty()) return;
    if (has_.size() < wanted) has_.resize(wanted);
    ++turn_;
    size_t found = 0;
    const Attribute* undefined = nullptr;
    finder_.ForEach(annotation.shape, [&](const Attribute& attribute, int32_t spec) {
      if (spec < 0) {
        if (undefined == nullptr) undefined = &attribute;
      } else if (std::exchange(has_[size_t(spec)], turn_) != turn_) {
        ++found;
      }
    });
    if (undefined != nullptr && tells_undefined_) {
      undefined_.Add([&] { return annotation.Place(Quoted(undefined->name)); });
    }
    if (found < wanted) {
      missing_.Add([&] { return annotation.Place(FirstMissing(annotation.shape.label)); });
    }
  }

  std::string FirstMissing(uint32_t label) const {
    const std::vector<AttributeSpec>& specs = finder_.SpecsOf(label);
    size_t i = 0;
    while (i + 1 < specs.size() && has_[i] == turn_) ++i;
    return Quoted(specs[i].name);
  }

  Tally &undefined_, &missing_;
  const size_t labels_;
  const bool tells_undefined_;
  AttributeFinder finder_;
  std::vector<uint64_t> has_;  // by place in its label: the turn of the annotation that had it last
  uint64_t turn_ = 0;
};

}  // namespace

RuleGroup AttributeRules() { return {{kUndefined, kMissing}, MakeRule<Attributes>}; }

}  // namespace annofs

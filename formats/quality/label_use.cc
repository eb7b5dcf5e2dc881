// Whether each annotation's label may be its label. Datumaro: UndefinedLabel; the type of a label:
// reference/cvat.md §1.1.
#include "absl/strings/str_cat.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kUndefined = {
    "undefined-label", QualitySeverity::kError,
    "annotations whose label is not defined, or not for what they are",
    "add the label to the project, or correct the annotation"};
constexpr QualityRule kType = {"label-type", QualitySeverity::kWarning,
                               "shapes of another type than their label is for",
                               "draw them as the label asks, or set the label's type to 'any'"};

class LabelUse : public Rule {
 public:
  explicit LabelUse(const RuleGround& ground)
      : labels_(ground.info().labels),
        undefined_(ground.tallies.Of(kUndefined)),
        type_(ground.tallies.Of(kType)),
        allows_(labels_.size()) {
    for (size_t i = 0; i < labels_.size(); ++i) {
      for (ShapeType type : AllShapeTypes()) {
        const bool may = labels_[i].type.empty() || labels_[i].type == "any" ||
                         labels_[i].type == ShapeTypeName(type);
        if (may) allows_[i] |= uint16_t(1u << unsigned(type));
      }
    }
  }

  absl::Status Look(const SeenFrame& seen) override {
    ForEachAnnotation(seen, [&](const Annotation& annotation) {
      const uint32_t label = annotation.shape.label;
      const int32_t parent =
          annotation.element ? int32_t(seen.shapes()[annotation.number].label) : -1;
      if (label >= labels_.size()) {
        undefined_.Add([&] { return annotation.Place(absl::StrCat("label number ", label)); });
      } else if (labels_[label].parent != parent) {
        undefined_.Add([&] { return annotation.Place(Misplaced(parent)); });
      } else if ((allows_[label] >> unsigned(annotation.shape.type) & 1u) == 0) {
        type_.Add([&] {
          return annotation.Place(absl::StrCat("a ", ShapeTypeName(annotation.shape.type),
                                               ", the label is for ", labels_[label].type));
        });
      }
    });
    return absl::OkStatus();
  }

 private:
  static std::string Misplaced(int32_t parent) {
    return parent < 0 ? "a label of a skeleton's parts on something of its own"
                      : "not a part of its skeleton";
  }

  const std::vector<Label>& labels_;
  Tally &undefined_, &type_;
  std::vector<uint16_t> allows_;  // by label: a bit for each ShapeType
};

}  // namespace

RuleGroup LabelUseRules() { return {{kUndefined, kType}, MakeRule<LabelUse>}; }

}  // namespace annofs

// Labels by how often they occur. Datumaro: MissingLabelCategories, LabelDefinedButNotFound,
// OnlyOneLabel, FewSamplesInLabel, ImbalancedLabels; parts of skeletons are counted, too.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kNoLabels = {"missing-label-categories", QualitySeverity::kError,
                                   "datasets without labels",
                                   "define the labels of the project or task"};
constexpr QualityRule kNotFound = {
    "label-defined-but-not-found", QualitySeverity::kWarning, "labels without annotations",
    "annotate them, or leave them out (labels.keep of annofs.json): a class without samples stays "
    "in every list of classes"};
constexpr QualityRule kFew = {"few-samples-in-label", QualitySeverity::kWarning,
                              "labels with very few annotations",
                              "annotate more of them, merge them, or leave them out"};
constexpr QualityRule kImbalanced = {"imbalanced-labels", QualitySeverity::kWarning,
                                     "labels with many times fewer annotations than the largest",
                                     "annotate more of them, or weigh the classes when you train"};
// Datumaro: a warning; detectors of one class are usual.
constexpr QualityRule kOnlyOne = {"only-one-label", QualitySeverity::kInfo,
                                  "datasets in which a single label occurs",
                                  "nothing, if one class is what you train"};

// A manifest names frames and nothing else.
bool NamesFramesAlone(const DatasetInfo& info) {
  return !info.sources.empty() &&
         std::all_of(info.sources.begin(), info.sources.end(),
                     [](const SourceVersion& source) { return source.format == "cvat_manifest"; });
}

class Labels : public Rule {
 public:
  explicit Labels(const RuleGround& ground)
      : ground_(ground),
        no_labels_(ground.tallies.Of(kNoLabels)),
        not_found_(ground.tallies.Of(kNotFound)),
        few_(ground.tallies.Of(kFew)),
        imbalanced_(ground.tallies.Of(kImbalanced)),
        only_one_(ground.tallies.Of(kOnlyOne)),
        counts_(ground.info().labels.size()) {}

  absl::Status Look(const SeenFrame& seen) override {
    ForEachAnnotation(seen, [this](const Annotation& annotation) {
      if (annotation.shape.label < counts_.size()) ++counts_[annotation.shape.label];
    });
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    if (counts_.empty() && !NamesFramesAlone(ground_.info())) {
      no_labels_.Add([] { return QualityPlace(); });
    }
    uint32_t largest = 0;
    size_t found = 0;  // parts of skeletons apart
    for (uint32_t label = 0; label < counts_.size(); ++label) {
      TellFew(label);
      if (IsPart(label)) continue;
      if (counts_[label] > 0) ++found;
      if (counts_[label] > counts_[largest] || IsPart(largest)) largest = label;
    }
    if (found == 1) {
      only_one_.Add([&] { return Place(largest, Count(largest)); });
    }
    if (found > 1) TellImbalanced(largest);
    return absl::OkStatus();
  }

 private:
  bool IsPart(uint32_t label) const { return ground_.info().labels[label].parent >= 0; }
  std::string Count(uint32_t label) const {
    return absl::StrCat(counts_[label], counts_[label] == 1 ? " annotation" : " annotations");
  }
  QualityPlace Place(uint32_t label, std::string detail) const {
    return {.label = LabelPath(ground_.info(), label), .detail = std::move(detail)};
  }

  void TellFew(uint32_t label) {
    if (counts_[label] == 0) {
      not_found_.Add([&] { return Place(label, ""); });
    } else if (counts_[label] <= ground_.thresholds().few_samples) {
      few_.Add([&] { return Place(label, Count(label)); });
    }
  }

  void TellImbalanced(uint32_t largest) {
    for (uint32_t label = 0; label < counts_.size(); ++label) {
      if (IsPart(label) || counts_[label] == 0) continue;
      if (double(counts_[largest]) <
          ground_.thresholds().imbalance_ratio * double(counts_[label])) {
        continue;
      }
      imbalanced_.Add([&] {
        return Place(label,
                     absl::StrCat(Count(label), ", ", Quoted(LabelPath(ground_.info(), largest)),
                                  " has ", counts_[largest]));
      });
    }
  }

  const RuleGround ground_;
  Tally &no_labels_, &not_found_, &few_, &imbalanced_, &only_one_;
  std::vector<uint64_t> counts_;  // by label
};

}  // namespace

RuleGroup LabelRules() {
  return {{kNoLabels, kNotFound, kFew, kImbalanced, kOnlyOne}, MakeRule<Labels>};
}

}  // namespace annofs

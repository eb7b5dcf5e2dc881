// Tags of a frame that contradict or repeat each other. Datumaro: MultiLabelAnnotations, an error
// of any dataset that is validated as one of classification; here a dataset is one if it has tags
// alone and nearly all of its tagged frames have one.
#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kMulti = {
    "multi-label", QualitySeverity::kError,
    "frames with tags of several labels, where nearly all others have one",
    "keep the tag that is right; in a folder of each class (imagefolder) the frame stands in all"};
constexpr QualityRule kContradicting = {
    "contradicting-tags", QualitySeverity::kWarning,
    "tags that repeat one of their label with other values of attributes", "keep one of them"};
constexpr QualityRule kDuplicate = {"duplicate-tag", QualitySeverity::kWarning,
                                    "tags that repeat another of their frame", "delete them"};

bool HasTagsAlone(const DatasetInfo& info) {
  for (ShapeType type : AllShapeTypes()) {
    if (type != ShapeType::kTag && info.shape_counts[size_t(type)] > 0) return false;
  }
  return true;
}

class Tags : public Rule {
 public:
  explicit Tags(const RuleGround& ground)
      : ground_(ground),
        multi_(ground.tallies.Of(kMulti)),
        contradicting_(ground.tallies.Of(kContradicting)),
        duplicate_(ground.tallies.Of(kDuplicate)),
        has_tags_alone_(HasTagsAlone(ground.info())) {}

  absl::Status Look(const SeenFrame& seen) override {
    const std::vector<Shape>& tags = seen.tags();
    if (tags.empty()) return absl::OkStatus();
    ++tagged_frames_;
    if (tags.size() == 1) return absl::OkStatus();
    order_.resize(tags.size());
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](uint32_t a, uint32_t b) { return tags[a].label < tags[b].label; });
    size_t labels = 1;
    for (size_t i = 1; i < order_.size(); ++i) {
      const Shape &before = tags[order_[i - 1]], &tag = tags[order_[i]];
      if (before.label != tag.label) {
        ++labels;
        continue;
      }
      const bool is_same = before.attributes == tag.attributes;
      (is_same ? duplicate_ : contradicting_).Add([&] {
        return seen.OfTag(order_[i], absl::StrCat("as tag ", order_[i - 1]));
      });
    }
    if (labels > 1 && has_tags_alone_) {
      ++multi_frames_;
      multi_.Add([&] { return seen.Place(absl::StrCat(labels, " labels")); });
    }
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    const double single = double(tagged_frames_ - multi_frames_);
    if (single < ground_.thresholds().single_tag_share * double(tagged_frames_)) multi_.Forget();
    return absl::OkStatus();
  }

 private:
  const RuleGround ground_;
  Tally &multi_, &contradicting_, &duplicate_;
  const bool has_tags_alone_;
  uint64_t tagged_frames_ = 0, multi_frames_ = 0;
  std::vector<uint32_t> order_;  // of one frame's tags
};

}  // namespace

RuleGroup TagRules() { return {{kMulti, kContradicting, kDuplicate}, MakeRule<Tags>}; }

}  // namespace annofs

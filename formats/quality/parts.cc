// The parts that views for trainers divide the frames into (formats/split.h).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/quality/rules.h"
#include "formats/split.h"

namespace annofs {
namespace {

constexpr QualityRule kEmpty = {"empty-part", QualitySeverity::kWarning,
                                "parts (train, val) without an image",
                                "change the subsets of the tasks, or the split of annofs.json: "
                                "most trainers refuse an empty val"};
constexpr QualityRule kShared = {"frame-in-two-parts", QualitySeverity::kWarning,
                                 "frames that are in train and in val",
                                 "add images: a single one is both, and its score means nothing"};
constexpr QualityRule kNotTrained = {
    "label-not-in-train", QualitySeverity::kWarning,
    "labels that val or test have and train has not",
    "divide the frames in another way: what is not trained is always missed"};
constexpr QualityRule kNotValidated = {"label-not-in-val", QualitySeverity::kInfo,
                                       "labels that train has and val has not",
                                       "divide the frames in another way, or add some to val"};

class Parts : public Rule {
 public:
  explicit Parts(const RuleGround& ground)
      : ground_(ground),
        empty_(ground.tallies.Of(kEmpty)),
        shared_(ground.tallies.Of(kShared)),
        not_trained_(ground.tallies.Of(kNotTrained)),
        not_validated_(ground.tallies.Of(kNotValidated)) {}

  absl::Status Finish() override {
    if (ground_.data.frame_count() == 0) return absl::OkStatus();
    ASSIGN_OR_RETURN(const RankSet media, ground_.data.WithMedia());
    ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(ground_.data));
    RankSet train, val, test;
    for (const SplitPart& part : parts) {
      RankSet* of = part.name == "train"  ? &train
                    : part.name == "val"  ? &val
                    : part.name == "test" ? &test
                                          : nullptr;
      if (of != nullptr) *of = media.empty() ? part.frames : Intersect(part.frames, media);
    }
    TellEmpty("train", train);
    TellEmpty("val", val);
    RETURN_IF_ERROR(TellShared(Intersect(train, val)));
    if (train.empty()) return absl::OkStatus();
    return TellLabels(train, val, UnionOf(val, test));
  }

 private:
  void TellEmpty(absl::string_view name, const RankSet& frames) {
    if (frames.empty()) empty_.Add([&] { return QualityPlace{.object = std::string(name)}; });
  }

  absl::Status TellShared(const RankSet& shared) {
    absl::Status status;
    shared.ForEach(0, [&](Rank rank) {
      shared_.Add([&] {
        QualityPlace place{.rank = rank};
        absl::StatusOr<FrameNames> names = ground_.data.Names(rank);
        if (names.ok()) place.frame = std::move(names->path);
        status.Update(names.status());
        return place;
      });
      return status.ok();
    });
    return status;
  }

  absl::Status TellLabels(const RankSet& train, const RankSet& val, const RankSet& others) {
    const std::vector<Label>& labels = ground_.info().labels;
    for (uint32_t label = 0; label < labels.size(); ++label) {
      if (labels[label].parent >= 0) continue;
      ASSIGN_OR_RETURN(const RankSet frames, ground_.data.WithLabel(label));
      if (frames.empty()) continue;
      const size_t trained = Intersect(frames, train).size();
      const size_t elsewhere = Intersect(frames, others).size();
      if (trained == 0 && elsewhere > 0) {
        not_trained_.Add([&] { return Place(label, elsewhere, "val and test"); });
      }
      if (trained > 0 && !val.empty() && Intersect(frames, val).empty()) {
        not_validated_.Add([&] { return Place(label, trained, "train"); });
      }
    }
    return absl::OkStatus();
  }

  QualityPlace Place(uint32_t label, size_t frames, absl::string_view where) const {
    return {
        .label = LabelPath(ground_.info(), label),
        .detail = absl::StrCat("on ", frames, frames == 1 ? " frame of " : " frames of ", where)};
  }

  const RuleGround ground_;
  Tally &empty_, &shared_, &not_trained_, &not_validated_;
};

}  // namespace

RuleGroup PartRules() { return {{kEmpty, kShared, kNotTrained, kNotValidated}, MakeRule<Parts>}; }

}  // namespace annofs

// Frames as such. Datumaro: MissingAnnotation.
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kNone = {"no-frames", QualitySeverity::kWarning, "datasets without frames",
                               "look at reports/problems.tsv: the source names none"};
constexpr QualityRule kMissing = {
    "missing-annotation", QualitySeverity::kWarning, "frames without annotations",
    "annotate them; nothing, if they are backgrounds: trainers' views show them as such"};
constexpr QualityRule kUnknownSize = {
    "unknown-frame-size", QualitySeverity::kWarning, "frames whose size is not known",
    "give the source their sizes: views with relative coordinates leave their annotations out"};

class Frames : public Rule {
 public:
  explicit Frames(const RuleGround& ground)
      : data_(ground.data),
        none_(ground.tallies.Of(kNone)),
        missing_(ground.tallies.Of(kMissing)),
        unknown_size_(ground.tallies.Of(kUnknownSize)) {}

  absl::Status Look(const SeenFrame& seen) override {
    if (seen.tags().empty() && seen.shapes().empty()) {
      missing_.Add([&] { return seen.Place(""); });
    }
    if (!seen.has_size() && !seen.is_point_cloud()) {
      unknown_size_.Add([&] { return seen.Place(""); });
    }
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    if (data_.frame_count() == 0) none_.Add([] { return QualityPlace(); });
    return absl::OkStatus();
  }

 private:
  const Dataset& data_;
  Tally &none_, &missing_, &unknown_size_;
};

}  // namespace

RuleGroup FrameRules() { return {{kNone, kMissing, kUnknownSize}, MakeRule<Frames>}; }

}  // namespace annofs

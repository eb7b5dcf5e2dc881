// The images of frames.
#include <utility>

#include "cache/base/status.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kSize = {
    "size-mismatch", QualitySeverity::kError,
    "frames whose image has another size than the annotations say",
    "give the frame its own image: every coordinate is wrong on this one"};
constexpr QualityRule kMissing = {
    "missing-media", QualitySeverity::kWarning, "frames without an image in the source",
    "add the images, or say where they are (media of annofs.json): reports/problems.tsv says "
    "where they were looked for"};

class MediaOfFrames : public Rule {
 public:
  explicit MediaOfFrames(const RuleGround& ground)
      : ground_(ground), size_(ground.tallies.Of(kSize)), missing_(ground.tallies.Of(kMissing)) {}

  absl::Status Look(const SeenFrame& seen) override {
    if (!media_) {
      ASSIGN_OR_RETURN(media_, ground_.data.WithMedia());
    }
    if (!media_->Contains(seen.rank())) {
      missing_.Add([&] { return seen.Place(""); });
      return absl::OkStatus();
    }
    if (!ground_.options.size_mismatch || !seen.has_size()) return absl::OkStatus();
    ASSIGN_OR_RETURN(std::optional<std::string> mismatch,
                     ground_.options.size_mismatch(seen.rank(), seen.frame()));
    if (mismatch) size_.Add([&] { return seen.Place(*std::move(mismatch)); });
    return absl::OkStatus();
  }

 private:
  const RuleGround ground_;
  Tally &size_, &missing_;
  std::optional<RankSet> media_;
};

}  // namespace

RuleGroup MediaRules() { return {{kSize, kMissing}, MakeRule<MediaOfFrames>}; }

}  // namespace annofs

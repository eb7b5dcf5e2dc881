// Shapes beyond the edges of their frame, rotation included.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kOut = {"out-of-frame", QualitySeverity::kError,
                              "shapes that lie wholly outside of their frame",
                              "delete them; or the annotations are of another image, or size"};
constexpr QualityRule kPartly = {
    "partly-out-of-frame", QualitySeverity::kWarning,
    "shapes that reach over the edge of their frame",
    "cut them at the edge: views for trainers do, other tools drop them or fail"};

// How far a box reaches over an edge.
struct Beyond {
  double left, top, right, bottom;
  double Most() const { return std::max({left, top, right, bottom}); }
};

Beyond BeyondOf(const Box& box, const Frame& frame) {
  return {-box.left, -box.top, box.right - frame.width, box.bottom - frame.height};
}

// Along one axis: [0, length] and [begin, end] have no inner point in common; of a box without
// extent none at all.
bool AreApart(double begin, double end, double length) {
  return begin == end ? end < 0 || begin > length : end <= 0 || begin >= length;
}

bool IsOutside(const Box& box, const Frame& frame) {
  return AreApart(box.left, box.right, frame.width) || AreApart(box.top, box.bottom, frame.height);
}

std::string Describe(const Beyond& beyond, double tolerance) {
  std::string text;
  const std::pair<double, absl::string_view> edges[] = {{beyond.left, "left"},
                                                        {beyond.top, "top"},
                                                        {beyond.right, "right"},
                                                        {beyond.bottom, "bottom"}};
  for (const auto& [pixels, edge] : edges) {
    if (pixels <= tolerance) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", Rounded(pixels), " px beyond the ", edge,
                    " edge");
  }
  return text;
}

class OutOfFrame : public Rule {
 public:
  explicit OutOfFrame(const RuleGround& ground)
      : out_(ground.tallies.Of(kOut)),
        partly_(ground.tallies.Of(kPartly)),
        tolerance_(ground.thresholds().pixel_tolerance) {}

  absl::Status Look(const SeenFrame& seen) override {
    if (!seen.has_size()) return absl::OkStatus();
    for (size_t i = 0; i < seen.boxes().size(); ++i) {
      if (!seen.boxes()[i]) continue;
      const Beyond beyond = BeyondOf(*seen.boxes()[i], seen.frame());
      if (beyond.Most() <= tolerance_) continue;
      Tally& tally = IsOutside(*seen.boxes()[i], seen.frame()) ? out_ : partly_;
      tally.Add([&] { return seen.OfShape(i, Describe(beyond, tolerance_)); });
    }
    return absl::OkStatus();
  }

 private:
  Tally &out_, &partly_;
  const double tolerance_;
};

}  // namespace

RuleGroup OutOfFrameRules() { return {{kOut, kPartly}, MakeRule<OutOfFrame>}; }

}  // namespace annofs

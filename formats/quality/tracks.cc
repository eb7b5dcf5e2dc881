// Tracks along the frames of their task, in CVAT's order (reference/cvat.md §4).
#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/quality/attribute_finder.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kLabel = {"track-changes-label", QualitySeverity::kError,
                                "tracks that change their label, which no track of CVAT can",
                                "make two tracks of it, or correct the label"};
constexpr QualityRule kTwice = {"track-twice-on-frame", QualitySeverity::kError,
                                "shapes of a track that has another on the same frame",
                                "delete one of them, or give it another track"};
constexpr QualityRule kImmutable = {
    "immutable-attribute-changes", QualitySeverity::kWarning,
    "tracks with an attribute that changes though it is not mutable",
    "make the attribute mutable, or correct its value"};
constexpr QualityRule kGap = {
    "track-gap", QualitySeverity::kWarning,
    "times that a track is away between frames that have it",
    "nothing, if the object was out of sight; else draw it, or end the track and begin another"};
constexpr QualityRule kJump = {"track-jump", QualitySeverity::kWarning,
                               "jumps of a track from one frame to the next",
                               "look whether it is still the same object"};
constexpr QualityRule kShort = {"one-frame-track", QualitySeverity::kWarning,
                                "tracks that are on a single frame",
                                "make a shape of it, or go on with the track"};
constexpr QualityRule kNotChecked = {"tracks-not-checked", QualitySeverity::kInfo,
                                     "tracks beyond the first million of their task",
                                     "nothing: they are not looked at as tracks"};

constexpr size_t kMostTracks = 1'000'000;  // of one task, about 80 bytes each

// A track as it was last seen.
struct Track {
  uint64_t immutable = 0;  // hash of its attributes that are not mutable
  Rank rank = 0;
  uint32_t position = 0, label = 0;
  float x = 0, y = 0, diagonal = 0;  // of its box; 0: it has none
  bool is_on_one_frame = true;
  bool has_told_immutable = false;
};

class Tracks : public Rule {
 public:
  explicit Tracks(const RuleGround& ground)
      : ground_(ground),
        label_(ground.tallies.Of(kLabel)),
        twice_(ground.tallies.Of(kTwice)),
        immutable_(ground.tallies.Of(kImmutable)),
        gap_(ground.tallies.Of(kGap)),
        jump_(ground.tallies.Of(kJump)),
        short_(ground.tallies.Of(kShort)),
        not_checked_(ground.tallies.Of(kNotChecked)),
        finder_(ground.info()),
        has_immutable_(ground.info().labels.size()) {
    for (size_t i = 0; i < has_immutable_.size(); ++i) {
      const std::vector<AttributeSpec>& specs = ground.info().labels[i].attributes;
      has_immutable_[i] = std::any_of(specs.begin(), specs.end(),
                                      [](const AttributeSpec& spec) { return !spec.is_mutable; });
    }
  }

  absl::Status Look(const SeenFrame& seen) override {
    if (frames_ > 0 && seen.frame().task != task_) RETURN_IF_ERROR(EndTask());
    task_ = seen.frame().task;
    ++frames_;
    for (size_t i = 0; i < seen.shapes().size(); ++i) {
      if (seen.shapes()[i].track >= 0) LookAt(seen, i);
    }
    return absl::OkStatus();
  }

  absl::Status Finish() override { return EndTask(); }

 private:
  void LookAt(const SeenFrame& seen, size_t number) {
    const Shape& shape = seen.shapes()[number];
    auto found = tracks_.find(shape.track);
    if (found == tracks_.end()) {
      if (tracks_.size() >= kMostTracks) {
        not_checked_.Add([&] { return seen.OfShape(number, ""); });
        return;
      }
      tracks_.emplace(shape.track, TrackOf(seen, number));
      return;
    }
    Track& before = found->second;
    if (before.position == seen.position()) {
      twice_.Add([&] { return seen.OfShape(number, ""); });
      return;
    }
    Track now = TrackOf(seen, number);
    now.is_on_one_frame = false;
    now.has_told_immutable = before.has_told_immutable;
    Compare(seen, number, before, now);
    before = now;
  }

  Track TrackOf(const SeenFrame& seen, size_t number) {
    const Shape& shape = seen.shapes()[number];
    Track track{.immutable = ImmutableOf(shape),
                .rank = seen.rank(),
                .position = seen.position(),
                .label = shape.label};
    if (const std::optional<Box>& box = seen.boxes()[number]; box) {
      track.x = float((box->left + box->right) / 2);
      track.y = float((box->top + box->bottom) / 2);
      track.diagonal = float(std::hypot(box->width(), box->height()));
    }
    return track;
  }

  // The same for the same values in any order; one that is not given has its default.
  uint64_t ImmutableOf(const Shape& shape) {
    if (shape.label >= has_immutable_.size() || !has_immutable_[shape.label]) return 0;
    const std::vector<AttributeSpec>& specs = finder_.SpecsOf(shape.label);
    uint64_t hash = 0;
    finder_.ForEach(shape, [&](const Attribute& attribute, int32_t spec) {
      if (spec < 0 || specs[size_t(spec)].is_mutable) return;
      hash += absl::HashOf(spec, attribute.value) -
              absl::HashOf(spec, specs[size_t(spec)].default_value);
    });
    return hash;
  }

  void Compare(const SeenFrame& seen, size_t number, const Track& before, Track& now) {
    if (before.label != now.label) {
      label_.Add([&] {
        return seen.OfShape(
            number, absl::StrCat("before: ", Quoted(LabelPath(ground_.info(), before.label))));
      });
    } else if (before.immutable != now.immutable && !before.has_told_immutable) {
      now.has_told_immutable = true;
      immutable_.Add([&] { return seen.OfShape(number, ""); });
    }
    const uint32_t away = now.position - before.position - 1;
    if (away > 0) {
      gap_.Add([&] {
        return seen.OfShape(
            number, absl::StrCat("away on ", away, away == 1 ? " frame" : " frames", " before"));
      });
    } else if (before.diagonal > 0 && now.diagonal > 0) {
      LookForJump(seen, number, before, now);
    }
  }

  void LookForJump(const SeenFrame& seen, size_t number, const Track& before, const Track& now) {
    if (!seen.has_size()) return;
    const QualityThresholds& limits = ground_.thresholds();
    const double way = std::hypot(double(now.x) - before.x, double(now.y) - before.y);
    const double frame = std::hypot(seen.frame().width, seen.frame().height);
    if (!(way > limits.jump_diagonals * std::max(before.diagonal, now.diagonal) &&
          way > limits.jump_frame_share * frame)) {
      return;
    }
    jump_.Add([&] {
      return seen.OfShape(number, absl::StrCat("moves by ", Rounded(way), " px, its diagonal is ",
                                               Rounded(now.diagonal), " px"));
    });
  }

  absl::Status EndTask() {
    std::vector<std::pair<uint32_t, int32_t>> alone;  // position, track
    if (frames_ > 1) {
      for (const auto& [number, track] : tracks_) {
        if (track.is_on_one_frame) alone.emplace_back(track.position, number);
      }
    }
    std::sort(alone.begin(), alone.end());
    absl::Status status;
    for (const auto& [position, number] : alone) {
      const Track& track = tracks_[number];
      short_.Add([&, number = number] {
        QualityPlace place{.rank = track.rank,
                           .label = LabelPath(ground_.info(), track.label),
                           .object = absl::StrCat("track ", number)};
        absl::StatusOr<FrameNames> names = ground_.data.Names(track.rank);
        if (names.ok()) place.frame = std::move(names->path);
        status.Update(names.status());
        return place;
      });
    }
    tracks_.clear();
    frames_ = 0;
    return status;
  }

  const RuleGround ground_;
  Tally &label_, &twice_, &immutable_, &gap_, &jump_, &short_, &not_checked_;
  AttributeFinder finder_;
  std::vector<bool> has_immutable_;  // by label: an attribute that is not mutable
  uint32_t task_ = 0;
  uint64_t frames_ = 0;                         // of the task, so far
  absl::flat_hash_map<int32_t, Track> tracks_;  // of the task
};

}  // namespace

RuleGroup TrackRules() {
  return {{kLabel, kTwice, kImmutable, kGap, kJump, kShort, kNotChecked}, MakeRule<Tracks>};
}

}  // namespace annofs

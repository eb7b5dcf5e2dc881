#include "formats/track_merge.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr double kMaxCost = 0.5;
// What the tracks of a label may take while they are compared; comparing takes as much again.
constexpr uint64_t kMaxComparedBytes = uint64_t{16} << 20;

bool Reaches(const Track& track, int64_t frame) {
  const Keyframe* last = LastKeyframe(track);
  return last != nullptr && (last->frame >= frame || !last->shape.outside);
}

}  // namespace

absl::Status TrackMerge::Add(const JobSeam& seam, JobTrack track) {
  const bool is_new = !seam.is_matched || track.track.frame >= seam.new_from;
  if (is_new) return Append(seam, std::move(track));
  ASSIGN_OR_RETURN(const bool waits, Wait(/*number=*/-1, track, joining_));
  return waits ? absl::OkStatus() : Append(seam, std::move(track));
}

absl::Status TrackMerge::Append(const JobSeam& seam, JobTrack track) {
  const int32_t number = next_number_++;
  const bool has_next = seam.hold_from != JobSeam::kNever;
  if (!has_next || !Reaches(track.track, seam.hold_from)) return push_(number, std::move(track));
  if (seam.is_matched) {
    ASSIGN_OR_RETURN(const bool waits, Wait(number, track, held_));
    if (waits) return absl::OkStatus();
  }
  CloseTrack(track.track, seam.close_at);
  return push_(number, std::move(track));
}

absl::StatusOr<bool> TrackMerge::Wait(int32_t number, JobTrack& track, std::vector<Waiting>& list) {
  Waiting waiting{.number = number,
                  .job = track.job,
                  .index = track.index,
                  .track = PackedTrack(std::move(track.track))};
  if (held_bytes_.Take(waiting.track.bytes())) {
    list.push_back(std::move(waiting));
    return true;
  }
  ASSIGN_OR_RETURN(track.track, waiting.track.Unpack());
  if (!std::exchange(is_full_, true)) {
    report_(
        "the jobs share too many tracks: some are not united, and end where the next job begins");
  }
  return false;
}

void TrackMerge::Replace(Waiting& waiting, Track track) {
  const uint64_t before = waiting.track.bytes();
  waiting.track = PackedTrack(std::move(track));
  held_bytes_.Replace(before, waiting.track.bytes());
}

absl::Status TrackMerge::FinishJob(const JobSeam& seam) {
  std::vector<Waiting> joining = std::exchange(joining_, {});
  if (seam.is_matched) {
    ASSIGN_OR_RETURN(joining, Match(seam, std::move(joining)));
  }
  RETURN_IF_ERROR(Release(seam));
  for (Waiting& waiting : joining) {
    held_bytes_.Give(waiting.track.bytes());
    ASSIGN_OR_RETURN(Track track, waiting.track.Unpack());
    RETURN_IF_ERROR(
        Append(seam, {.job = waiting.job, .index = waiting.index, .track = std::move(track)}));
  }
  return absl::OkStatus();
}

// CVAT leaves out what ends before its own job begins, where it has something to compare.
void TrackMerge::ReportLost(const Waiting& track) {
  if (!track.track.has_keyframes()) return;
  report_(absl::StrCat("track ", track.index,
                       " left out: it ends before its job begins, and CVAT drops it"));
}

absl::StatusOr<std::vector<TrackMerge::Waiting>> TrackMerge::Match(const JobSeam& seam,
                                                                   std::vector<Waiting> joining) {
  std::vector<Waiting*> before;
  for (Waiting& held : held_) {
    if (held.track.Reaches(seam.start)) before.push_back(&held);
  }
  const auto joins = [&seam](const Waiting& track) { return track.track.Reaches(seam.start); };
  if (!before.empty() && std::any_of(joining.begin(), joining.end(), joins)) {
    std::erase_if(joining, [&](const Waiting& track) {
      if (joins(track)) return false;
      held_bytes_.Give(track.track.bytes());
      ReportLost(track);
      return true;
    });
  }
  ASSIGN_OR_RETURN(const std::vector<std::optional<size_t>> same, FindSame(seam, joining, before));
  std::vector<Waiting> left;
  for (size_t i = 0; i < joining.size(); ++i) {
    if (same[i]) {
      RETURN_IF_ERROR(Unite(seam, *std::exchange(before[*same[i]], nullptr), joining[i]));
    } else {
      left.push_back(std::move(joining[i]));
    }
  }
  for (Waiting* held : before) {
    if (held != nullptr) RETURN_IF_ERROR(Close(seam, *held));
  }
  return left;
}

absl::StatusOr<std::vector<std::optional<size_t>>> TrackMerge::FindSame(
    const JobSeam& seam, const std::vector<Waiting>& joining, const std::vector<Waiting*>& before) {
  if (joining.empty() || before.empty()) {
    return std::vector<std::optional<size_t>>(joining.size());
  }
  const TrackWindow window{.start = seam.start, .end = seam.new_from, .is_3d = is_3d_};
  std::map<uint32_t, LabelPlaces> by_label;
  for (size_t i = 0; i < joining.size(); ++i)
    by_label[joining[i].track.label()].joining.push_back(i);
  for (size_t j = 0; j < before.size(); ++j) by_label[before[j]->track.label()].before.push_back(j);
  Alike alike;
  for (const auto& [label, places] : by_label) {
    RETURN_IF_ERROR(CompareLabel(window, joining, before, places, alike));
  }
  Matching matching = MatchAlike(joining.size(), before.size(), alike.pairs, kMaxCost);
  if ((alike.is_cut || matching.is_cut) && !std::exchange(is_cut_, true)) {
    report_(
        "too many tracks, or shapes of too many points, stand on frames that jobs share to be "
        "compared: some are not united, and end where the next job begins");
  }
  return std::move(matching.right_of);
}

absl::Status TrackMerge::CompareLabel(const TrackWindow& window,
                                      const std::vector<Waiting>& joining,
                                      const std::vector<Waiting*>& before,
                                      const LabelPlaces& places, Alike& alike) {
  if (places.joining.empty() || places.before.empty()) return absl::OkStatus();
  uint64_t bytes = 0;
  std::vector<Track> new_tracks, old_tracks;
  const auto unpack = [&](const Waiting& waiting, std::vector<Track>& tracks) -> absl::Status {
    if (bytes > kMaxComparedBytes) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Track whole, waiting.track.Unpack());
    tracks.push_back(AroundWindow(whole, window));
    bytes += BytesOf(tracks.back());
    return absl::OkStatus();
  };
  for (size_t i : places.joining) RETURN_IF_ERROR(unpack(joining[i], new_tracks));
  for (size_t j : places.before) RETURN_IF_ERROR(unpack(*before[j], old_tracks));
  if (bytes > kMaxComparedBytes) {
    alike.is_cut = true;
    return absl::OkStatus();
  }
  const Alike found = FindAlikeTracks(new_tracks, old_tracks, window, budget_);
  alike.is_cut |= found.is_cut;
  for (const Likeness& pair : found.pairs) {
    alike.pairs.push_back({.left = places.joining[pair.left],
                           .right = places.before[pair.right],
                           .similarity = pair.similarity});
  }
  return absl::OkStatus();
}

absl::Status TrackMerge::Unite(const JobSeam& seam, Waiting& track, const Waiting& with) {
  ASSIGN_OR_RETURN(Track earlier, track.track.Unpack());
  ASSIGN_OR_RETURN(Track later, with.track.Unpack());
  held_bytes_.Give(with.track.bytes());
  Replace(track, UniteTracks(std::move(earlier), std::move(later), seam.new_from));
  return absl::OkStatus();
}

absl::Status TrackMerge::Close(const JobSeam& seam, Waiting& track) {
  if (track.track.ends_outside()) return absl::OkStatus();
  ASSIGN_OR_RETURN(Track open, track.track.Unpack());
  CloseTrack(open, seam.new_from);
  Replace(track, std::move(open));
  return absl::OkStatus();
}

// In the order of their numbers.
absl::Status TrackMerge::Release(const JobSeam& seam) {
  std::vector<Waiting> kept;
  for (Waiting& held : held_) {
    const bool has_next = seam.hold_from != JobSeam::kNever;
    if (has_next && held.track.Reaches(seam.hold_from)) {
      kept.push_back(std::move(held));
    } else {
      RETURN_IF_ERROR(PushUnpacked(std::move(held)));
    }
  }
  held_ = std::move(kept);
  return absl::OkStatus();
}

absl::Status TrackMerge::PushUnpacked(Waiting track) {
  held_bytes_.Give(track.track.bytes());
  ASSIGN_OR_RETURN(Track whole, track.track.Unpack());
  return push_(track.number, {.job = track.job, .index = track.index, .track = std::move(whole)});
}

}  // namespace annofs

#include "formats/track_merge.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/object_matching.h"
#include "formats/track_overlap.h"

namespace annofs {
namespace {

constexpr double kMaxCost = 0.5;

bool Reaches(const Track& track, int64_t frame) {
  const Keyframe* last = LastKeyframe(track);
  return last != nullptr && (last->frame >= frame || !last->shape.outside);
}

}  // namespace

absl::Status TrackMerge::Add(const JobSeam& seam, JobTrack track) {
  const bool is_new = !seam.is_matched || track.track.frame >= seam.new_from;
  if (is_new || !Wait(/*number=*/-1, track, joining_)) return Append(seam, std::move(track));
  return absl::OkStatus();
}

absl::Status TrackMerge::Append(const JobSeam& seam, JobTrack track) {
  const int32_t number = next_number_++;
  const bool has_next = seam.hold_from != JobSeam::kNever;
  if (!has_next || !Reaches(track.track, seam.hold_from)) return push_(number, std::move(track));
  if (seam.is_matched && Wait(number, track, held_)) return absl::OkStatus();
  CloseTrack(track.track, seam.close_at);
  return push_(number, std::move(track));
}

bool TrackMerge::Wait(int32_t number, JobTrack& track, std::vector<Waiting>& list) {
  if (held_bytes_ < kMaxHeldBytes) {
    list.push_back({.number = number,
                    .job = track.job,
                    .index = track.index,
                    .track = PackedTrack(std::move(track.track))});
    held_bytes_ += list.back().track.bytes();
    return true;
  }
  if (!std::exchange(is_full_, true)) {
    report_(
        "the jobs share too many tracks: some are not united, and end where the next job begins");
  }
  return false;
}

void TrackMerge::Replace(Waiting& waiting, Track track) {
  held_bytes_ -= waiting.track.bytes();
  waiting.track = PackedTrack(std::move(track));
  held_bytes_ += waiting.track.bytes();
}

absl::Status TrackMerge::FinishJob(const JobSeam& seam) {
  std::vector<Waiting> joining = std::exchange(joining_, {});
  if (seam.is_matched) {
    ASSIGN_OR_RETURN(joining, Match(seam, std::move(joining)));
  }
  RETURN_IF_ERROR(Release(seam));
  for (Waiting& waiting : joining) {
    held_bytes_ -= waiting.track.bytes();
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
      held_bytes_ -= track.track.bytes();
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
  std::vector<Track> new_tracks, old_tracks;
  for (const Waiting& track : joining) {
    ASSIGN_OR_RETURN(const Track whole, track.track.Unpack());
    new_tracks.push_back(AroundWindow(whole, window));
  }
  for (const Waiting* track : before) {
    ASSIGN_OR_RETURN(const Track whole, track->track.Unpack());
    old_tracks.push_back(AroundWindow(whole, window));
  }
  const Alike alike = FindAlikeTracks(new_tracks, old_tracks, window, budget_);
  Matching matching = MatchAlike(new_tracks.size(), old_tracks.size(), alike.pairs, kMaxCost);
  if ((alike.is_cut || matching.is_cut) && !std::exchange(is_cut_, true)) {
    report_(
        "too many tracks, or shapes of too many points, stand on frames that jobs share to be "
        "compared: some are not united, and end where the next job begins");
  }
  return std::move(matching.right_of);
}

absl::Status TrackMerge::Unite(const JobSeam& seam, Waiting& track, const Waiting& with) {
  ASSIGN_OR_RETURN(Track earlier, track.track.Unpack());
  ASSIGN_OR_RETURN(Track later, with.track.Unpack());
  held_bytes_ -= with.track.bytes();
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
  held_bytes_ -= track.track.bytes();
  ASSIGN_OR_RETURN(Track whole, track.track.Unpack());
  return push_(track.number, {.job = track.job, .index = track.index, .track = std::move(whole)});
}

}  // namespace annofs

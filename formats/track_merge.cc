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

// May it have a shape from `frame` on? CVAT: TrackManager._get_objects_by_frame.
bool Reaches(const Track& track, int64_t frame) {
  const Keyframe* last = LastKeyframe(track);
  return last != nullptr && (last->frame >= frame || !last->shape.outside);
}

}  // namespace

absl::Status TrackMerge::Add(const JobSeam& seam, JobTrack track) {
  if (!seam.is_matched || track.track.frame >= seam.new_from || !HasRoomFor(track)) {
    return Append(seam, std::move(track));
  }
  held_bytes_ += BytesOf(track.track);
  joining_.push_back(std::move(track));
  return absl::OkStatus();
}

absl::Status TrackMerge::Append(const JobSeam& seam, JobTrack track) {
  const int32_t number = next_number_++;
  const bool has_next = seam.hold_from != JobSeam::kNever;
  if (!has_next || !Reaches(track.track, seam.hold_from)) return push_(number, std::move(track));
  if (!seam.is_matched || !HasRoomFor(track)) {
    CloseTrack(track.track, seam.close_at);
    return push_(number, std::move(track));
  }
  held_bytes_ += BytesOf(track.track);
  held_.push_back({.number = number, .track = std::move(track)});
  return absl::OkStatus();
}

absl::Status TrackMerge::AppendAll(const JobSeam& seam, std::vector<JobTrack> tracks) {
  for (JobTrack& track : tracks) RETURN_IF_ERROR(Append(seam, std::move(track)));
  return absl::OkStatus();
}

bool TrackMerge::HasRoomFor(const JobTrack& track) {
  if (held_bytes_ + BytesOf(track.track) <= kMaxHeldBytes) return true;
  if (!std::exchange(is_full_, true)) {
    report_(
        "the jobs share too many tracks: some are not united, and end where the next job begins");
  }
  return false;
}

absl::Status TrackMerge::FinishJob(const JobSeam& seam) {
  std::vector<JobTrack> joining = std::exchange(joining_, {});
  for (const JobTrack& track : joining) held_bytes_ -= BytesOf(track.track);
  if (seam.is_matched) joining = Match(seam, std::move(joining));
  RETURN_IF_ERROR(Release(seam));
  return AppendAll(seam, std::move(joining));
}

// CVAT leaves out what ends before its own job begins, where it has something to compare.
void TrackMerge::ReportLost(const JobTrack& track) {
  if (track.track.keyframes.empty()) return;
  report_(absl::StrCat("track ", track.index,
                       " left out: it ends before its job begins, and CVAT drops it"));
}

void TrackMerge::Change(Held& held, absl::FunctionRef<void(Track&)> change) {
  held_bytes_ -= BytesOf(held.track.track);
  change(held.track.track);
  held_bytes_ += BytesOf(held.track.track);
}

std::vector<JobTrack> TrackMerge::Match(const JobSeam& seam, std::vector<JobTrack> joining) {
  std::vector<Held*> before;
  for (Held& held : held_) {
    if (Reaches(held.track.track, seam.start)) before.push_back(&held);
  }
  const bool can_match = !before.empty() && std::any_of(joining.begin(), joining.end(),
                                                        [&seam](const JobTrack& track) {
                                                          return Reaches(track.track, seam.start);
                                                        });
  if (can_match) {
    std::erase_if(joining, [this, &seam](const JobTrack& track) {
      const bool is_lost = !Reaches(track.track, seam.start);
      if (is_lost) ReportLost(track);
      return is_lost;
    });
  }
  const std::vector<std::optional<size_t>> same = FindSame(seam, joining, before);
  std::vector<JobTrack> left;
  for (size_t i = 0; i < joining.size(); ++i) {
    if (!same[i]) {
      left.push_back(std::move(joining[i]));
      continue;
    }
    Change(*std::exchange(before[*same[i]], nullptr), [&](Track& track) {
      track = UniteTracks(std::move(track), std::move(joining[i].track), seam.new_from);
    });
  }
  for (Held* held : before) {
    if (held == nullptr) continue;
    Change(*held, [&seam](Track& track) { CloseTrack(track, seam.new_from); });
  }
  return left;
}

std::vector<std::optional<size_t>> TrackMerge::FindSame(const JobSeam& seam,
                                                        const std::vector<JobTrack>& joining,
                                                        const std::vector<Held*>& before) {
  if (joining.empty() || before.empty()) {
    return std::vector<std::optional<size_t>>(joining.size());
  }
  std::vector<const Track*> new_tracks, old_tracks;
  for (const JobTrack& track : joining) new_tracks.push_back(&track.track);
  for (const Held* held : before) old_tracks.push_back(&held->track.track);
  const TrackWindow window{.start = seam.start, .end = seam.new_from, .is_3d = is_3d_};
  const Alike alike = FindAlikeTracks(new_tracks, old_tracks, window, budget_);
  Matching matching = MatchAlike(new_tracks.size(), old_tracks.size(), alike.pairs, kMaxCost);
  if ((alike.is_cut || matching.is_cut) && !std::exchange(is_cut_, true)) {
    report_(
        "too many tracks, or shapes of too many points, stand on frames that jobs share to be "
        "compared: some are not united, and end where the next job begins");
  }
  return std::move(matching.right_of);
}

// In the order of their numbers.
absl::Status TrackMerge::Release(const JobSeam& seam) {
  std::vector<Held> kept;
  for (Held& held : held_) {
    const bool has_next = seam.hold_from != JobSeam::kNever;
    if (has_next && Reaches(held.track.track, seam.hold_from)) {
      kept.push_back(std::move(held));
      continue;
    }
    held_bytes_ -= BytesOf(held.track.track);
    RETURN_IF_ERROR(push_(held.number, std::move(held.track)));
  }
  held_ = std::move(kept);
  return absl::OkStatus();
}

}  // namespace annofs

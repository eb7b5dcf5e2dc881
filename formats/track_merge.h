// Tracks of the jobs of a task (reference/cvat.md §4.6, CVAT: TrackManager.merge): part of
// formats/job_merge.h. A track's number is its place in the merged list: of each job those that
// begin behind the frames it shares with the job before, then the others that are not united with
// one of it. Not thread safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "formats/job_seam.h"
#include "formats/object_matching.h"
#include "formats/packed_track.h"
#include "formats/shape_likeness.h"
#include "formats/track.h"
#include "formats/track_overlap.h"

namespace annofs {

// A track and where it was read; united ones are where their first part was.
struct JobTrack {
  size_t job = 0, index = 0;
  Track track;
};

class TrackMerge {
 public:
  using Push = std::function<absl::Status(int32_t number, JobTrack track)>;
  using Report = std::function<void(std::string reason)>;

  // `held_bytes`: outlives it.
  TrackMerge(bool is_3d, HeldBytes& held_bytes, Push push, Report report)
      : is_3d_(is_3d),
        held_bytes_(held_bytes),
        push_(std::move(push)),
        report_(std::move(report)) {}

  // Pushes it at once, ended where the next job begins, where jobs share no frames.
  absl::Status Add(const JobSeam& seam, JobTrack track);
  void Skip() { ++next_number_; }
  // Merges the job with those before it, and pushes what no later job can meet.
  absl::Status FinishJob(const JobSeam& seam);

 private:
  // One that waits: with its number if it has one.
  struct Waiting {
    int32_t number = 0;
    size_t job = 0, index = 0;
    PackedTrack track;
  };

  // Of the tracks of one label.
  struct LabelPlaces {
    std::vector<size_t> joining, before;
  };

  absl::Status Append(const JobSeam& seam, JobTrack track);
  // Unites tracks of the present job with those before it; answers those that are left.
  absl::StatusOr<std::vector<Waiting>> Match(const JobSeam& seam, std::vector<Waiting> joining);
  // By track of the present job: the one before that it goes on with.
  absl::StatusOr<std::vector<std::optional<size_t>>> FindSame(const JobSeam& seam,
                                                              const std::vector<Waiting>& joining,
                                                              const std::vector<Waiting*>& before);
  // Of one label, by places in both lists; adds to `alike`.
  absl::Status CompareLabel(const TrackWindow& window, const std::vector<Waiting>& joining,
                            const std::vector<Waiting*>& before, const LabelPlaces& places,
                            Alike& alike);
  void ReportLost(const Waiting& track);
  absl::Status Unite(const JobSeam& seam, Waiting& track, const Waiting& with);
  absl::Status Close(const JobSeam& seam, Waiting& track);
  absl::Status Release(const JobSeam& seam);
  absl::Status PushUnpacked(Waiting track);
  // False, with one problem: there is no memory for it.
  absl::StatusOr<bool> Wait(int32_t number, JobTrack& track, std::vector<Waiting>& list);
  void Replace(Waiting& waiting, Track track);

  const bool is_3d_;
  HeldBytes& held_bytes_;
  const Push push_;
  const Report report_;
  int32_t next_number_ = 0;
  std::vector<Waiting> held_;     // by number
  std::vector<Waiting> joining_;  // of the present job: they begin where the job before is, too
  bool is_full_ = false, is_cut_ = false;
  CompareBudget budget_;
};

}  // namespace annofs

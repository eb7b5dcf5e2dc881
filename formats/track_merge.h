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

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "formats/job_seam.h"
#include "formats/shape_likeness.h"
#include "formats/track.h"

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

  TrackMerge(bool is_3d, Push push, Report report)
      : is_3d_(is_3d), push_(std::move(push)), report_(std::move(report)) {}

  // Pushes it at once, ended where the next job begins, where jobs share no frames.
  absl::Status Add(const JobSeam& seam, JobTrack track);
  void Skip() { ++next_number_; }
  // Merges the job with those before it, and pushes what no later job can meet.
  absl::Status FinishJob(const JobSeam& seam);

 private:
  struct Held {
    int32_t number = 0;
    JobTrack track;
  };

  absl::Status Append(const JobSeam& seam, JobTrack track);
  absl::Status AppendAll(const JobSeam& seam, std::vector<JobTrack> tracks);
  // Unites tracks of the present job with those before it; answers those that are left.
  std::vector<JobTrack> Match(const JobSeam& seam, std::vector<JobTrack> joining);
  // By track of the present job: the one before that it goes on with.
  std::vector<std::optional<size_t>> FindSame(const JobSeam& seam,
                                              const std::vector<JobTrack>& joining,
                                              const std::vector<Held*>& before);
  void ReportLost(const JobTrack& track);
  void Change(Held& held, absl::FunctionRef<void(Track&)> change);
  absl::Status Release(const JobSeam& seam);
  bool HasRoomFor(const JobTrack& track);

  const bool is_3d_;
  const Push push_;
  const Report report_;
  int32_t next_number_ = 0;
  std::vector<Held> held_;         // by number
  std::vector<JobTrack> joining_;  // of the present job: they begin where the job before is, too
  uint64_t held_bytes_ = 0;
  bool is_full_ = false, is_cut_ = false;
  CompareBudget budget_;
};

}  // namespace annofs

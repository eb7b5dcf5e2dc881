// The frames of a task or job of CVAT's server, pushed to the sink one by one (reference/cvat.md
// §6). Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "formats/numbered_frames.h"
#include "formats/reader.h"
#include "formats/rest_task.h"

namespace annofs {

class RestFrames {
 public:
  // `first`: the first frame's number in its task: 0, but for a job. `source`: what problems name.
  // Pushes the task and its jobs. All outlive it.
  RestFrames(const RestTask& task, const RestMeta& meta, int64_t first, std::string source,
             DatasetSink& sink);

  // Honeypots: names of the frames of the pool, before the first frame (§1.6).
  void SetPool(absl::flat_hash_set<std::string> names) { pool_ = std::move(names); }
  // The next frame of a list.
  absl::Status Add(RestFrame frame);
  // All frames of a video, or of a task whose frames nobody names: frame_000002 and so on, in
  // `directory`. kInvalidArgument: more than kMaxNumberedFrames.
  absl::Status AddNumbered(uint64_t count, uint32_t width, uint32_t height,
                           absl::string_view directory = "");
  // The list was cut: frames behind its end are missing.
  void SetIncomplete() { is_incomplete_ = true; }
  bool is_incomplete() const { return is_incomplete_; }
  // After the last frame.
  void Finish();

  // What a frame of the task is to the sink.
  enum class State { kShown, kLeftOut, kUnknown };
  // kLeftOut: deleted, not of the job, or a placeholder. kUnknown: there is no such frame.
  State StateOf(int64_t frame) const;
  // The sink's number. REQUIRES: kShown.
  uint32_t NumberOf(int64_t frame) const { return numbers_[size_t(frame - first_)]; }
  // Behind the last frame of the task.
  int64_t end() const { return first_ + int64_t(numbers_.size()); }

 private:
  void StartJobs(int64_t frame);
  bool IsLeftOut(int64_t frame, uint64_t number, absl::string_view name) const;
  absl::Status Push(int64_t frame, Frame pushed);
  void Report(absl::string_view frame, std::string reason);

  const RestTask& task_;
  const RestMeta& meta_;
  const int64_t first_;
  const std::string source_;
  DatasetSink& sink_;
  uint32_t task_number_ = 0;
  struct PushedJob {
    const RestJob* job = nullptr;
    uint32_t number = 0;  // the sink's
  };
  std::vector<PushedJob> jobs_;     // by their first frames
  size_t next_job_ = 0;             // that has not begun
  std::vector<PushedJob> present_;  // those of the present frame
  bool has_too_many_jobs_ = false;  // some frame
  const FrameRanges pool_frames_;
  absl::flat_hash_set<std::string> pool_;
  std::vector<uint32_t> numbers_;
  absl::flat_hash_set<uint64_t> names_;  // hashes: a million names would be much
  uint64_t without_size_ = 0;
  bool is_incomplete_ = false;
};

}  // namespace annofs

// Tasks and jobs as CVAT's server tells them (reference/cvat.md §6). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "cache/base/json.h"
#include "formats/model.h"

namespace annofs {

// Frames are those of the task, from 0 (rel frames, §0.1); both ends belong to the job.
struct RestJob {
  int64_t task = -1;  // CVAT's number
  Job job;            // its `task` is for the sink and not set here
  int64_t start = 0, stop = -1;

  bool Covers(int64_t frame) const { return start <= frame && frame <= stop; }
};

// Frames in sorted ranges: that many overlap costs nothing to ask.
class FrameRanges {
 public:
  FrameRanges() = default;
  // Both ends belong to a range; empty ones are none.
  explicit FrameRanges(std::vector<std::pair<int64_t, int64_t>> ranges);
  bool Contains(int64_t frame) const;

 private:
  std::vector<std::pair<int64_t, int64_t>> ranges_;  // apart from each other
};

struct RestTask {
  Task task;
  std::optional<int64_t> project;
  std::optional<uint64_t> size;  // frames
  bool has_honeypots = false;    // §1.6
  std::vector<RestJob> jobs;
  bool is_one_job = false;  // what is read is that one job of the task, of whatever kind

  // Is the job part of the task (§1.6, §4.6)? Ground truth is only where it is a pool of honeypots;
  // replicas never are.
  bool Takes(const RestJob& job) const;
  // The frames of its pool of honeypots.
  FrameRanges Pool() const;
};

RestTask ParseRestTask(JsonValue task);
RestJob ParseRestJob(JsonValue job);

// What data_meta says beside its frames. Three forms are read: that of the server (a list of
// `frames`, of a video one of them), one with `video` and `size`, and a bare list of frames.
struct RestMeta {
  std::optional<uint64_t> start, stop;  // in the numbering of the source
  uint64_t step = 1;
  std::optional<uint64_t> size;
  absl::flat_hash_set<int64_t> deleted;                  // rel
  std::optional<absl::flat_hash_set<int64_t>> included;  // in the numbering of the source
  std::optional<std::string> subset;
  std::optional<RestTask> task;
  std::vector<RestJob> jobs;
  std::string frame_filter;
  std::optional<Video> video;

  // Of the task or job; nothing if it does not say.
  std::optional<uint64_t> FrameCount() const;
};

// `member`: one of RestMetaMembers(). What is of a wrong type is as if it were absent.
void ParseRestMetaMember(absl::string_view member, JsonValue value, RestMeta& meta);
std::vector<std::string> RestMetaMembers();

// A frame of the list; `path` in one form, `name` in the other. A size that is absent or absurd
// is 0.
struct RestFrame {
  std::string name;
  uint32_t width = 0, height = 0;
};
RestFrame ParseRestFrame(JsonValue frame);

}  // namespace annofs

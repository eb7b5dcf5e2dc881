// The frames of a task backup: the rows of its manifest that belong to the task (reference/cvat.md
// §5.1, §7), pushed to the sink one by one. Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "formats/backup_task.h"
#include "formats/label_table.h"
#include "formats/manifest.h"
#include "formats/reader.h"

namespace annofs {

// A video without an end in its task.json is as long as its manifest says; a number in a text is
// not to fill the memory: 46 hours at 25 frames a second.
inline constexpr uint64_t kMaxVideoFrames = uint64_t{1} << 22;

class BackupFrames : public ManifestHandler {
 public:
  // `source`: what problems name. Pushes the task and its labels before the first frame.
  BackupFrames(const BackupTask& task, std::string source, LabelTable& labels, DatasetSink& sink)
      : task_(task), source_(std::move(source)), labels_(labels), sink_(sink) {}

  absl::Status Image(uint64_t number, ManifestImage image) override;
  absl::Status Video(ManifestVideo video) override;
  void Problem(uint64_t line, absl::string_view reason) override;
  // After the last row.
  void Finish();

  // What a frame of the task is to the sink.
  enum class State { kShown, kLeftOut, kUnknown };
  // kLeftOut: deleted, or a placeholder. kUnknown: there is no such frame.
  State StateOf(int64_t frame) const;
  // The sink's number. REQUIRES: kShown.
  uint32_t NumberOf(int64_t frame) const { return numbers_[size_t(frame)]; }
  // Frames of the task, also those left out.
  int64_t size() const { return int64_t(numbers_.size()); }
  bool is_3d() const { return is_3d_; }

 private:
  void Start(bool is_video);
  absl::Status Add(Frame frame);
  absl::Status PushFrame(Frame frame);
  void Report(absl::string_view position, absl::string_view frame, std::string reason);

  const BackupTask& task_;
  const std::string source_;
  LabelTable& labels_;
  DatasetSink& sink_;
  bool started_ = false;
  bool is_3d_ = false;
  uint32_t task_number_ = 0;
  uint64_t without_size_ = 0;
  std::vector<uint32_t> numbers_;  // by frame of the task
  absl::flat_hash_set<std::string> names_;
};

}  // namespace annofs

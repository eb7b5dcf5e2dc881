// The frames of a task backup: the rows of its manifest that belong to the task (reference/cvat.md
// §5.1, §7), pushed to the sink one by one. Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "formats/backup_folder.h"
#include "formats/backup_task.h"
#include "formats/manifest.h"
#include "formats/reader.h"

namespace annofs {

inline constexpr absl::string_view kBackupManifest = "data/manifest.jsonl";

// Is it a video, or a task of point clouds? Reads the first rows of the manifest; one that cannot
// be read is of images. An error is the source's.
absl::Status FindKind(const BackupFolder& folder, Task& task);

class BackupFrames : public ManifestHandler {
 public:
  // `task_number`: of the sink. `numbered_left`: of kMaxNumberedFrames, for all tasks of the
  // backup. All else outlives it.
  BackupFrames(const BackupTask& task, uint32_t task_number, const BackupFolder& folder,
               DatasetSink& sink, uint64_t& numbered_left)
      : task_(task),
        task_number_(task_number),
        folder_(folder),
        sink_(sink),
        numbered_left_(numbered_left) {}

  // Reads the manifest and pushes the frames. A manifest that is missing or breaks off is a
  // problem; the frames behind are those that jobs name, and unknown otherwise. An error is the
  // source's or the sink's.
  absl::Status Read();

  // What a frame of the task is to the sink.
  enum class State { kShown, kLeftOut, kUnknown };
  // kLeftOut: deleted, or a placeholder. kUnknown: there is no such frame.
  State StateOf(int64_t frame) const;
  // The sink's number. REQUIRES: kShown.
  uint32_t NumberOf(int64_t frame) const { return numbers_[size_t(frame)]; }
  // Frames of the task, also those left out.
  int64_t size() const { return int64_t(numbers_.size()); }
  // Does the task have frames behind these, which nothing names?
  bool is_cut() const { return wanted() > numbers_.size() || numbers_.empty(); }

  // Of a ManifestHandler.
  absl::Status Image(uint64_t number, ManifestImage image) override;
  absl::Status Video(ManifestVideo video) override;
  void Problem(uint64_t line, absl::string_view reason) override;

 private:
  absl::Status Add(Frame frame);
  absl::Status PushFrame(Frame frame);
  absl::Status AddNamedByJobs();
  // Where the backup holds the frame's context images.
  void AddInnerRelated(Frame& frame) const;
  void Finish();
  // Frames of the task as its task.json counts them; 0: it does not.
  uint64_t wanted() const;
  void Report(absl::string_view position, absl::string_view frame, std::string reason);

  const BackupTask& task_;
  const uint32_t task_number_;
  const BackupFolder& folder_;
  DatasetSink& sink_;
  uint64_t& numbered_left_;
  uint64_t without_size_ = 0;
  std::vector<uint32_t> numbers_;  // by frame of the task
  // Hashes of names: 8 bytes each. That two of a million are taken for one happens once in 30
  // million tasks, and is a line in a report.
  absl::flat_hash_set<uint64_t> names_;
};

}  // namespace annofs

// One task of a backup, pushed into a sink: its frames, its jobs, and what these have annotated,
// merged as CVAT does (reference/cvat.md §4.6, §5.1). Not thread safe.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "formats/backup_folder.h"
#include "formats/backup_task.h"
#include "formats/label_table.h"
#include "formats/numbered_frames.h"
#include "formats/reader.h"

namespace annofs {

// A few bytes of a track stand for a shape on every frame. So much may the shapes of a backup's
// tracks take (BytesOf in formats/track.h; boxes take a few times less on disk): 100,000 frames of
// 1,000 boxes with two attributes each fit.
inline constexpr uint64_t kMaxTrackedBytes = uint64_t{64} << 30;

// What is left to the tasks of a backup.
struct BackupBounds {
  uint64_t tracked_bytes = kMaxTrackedBytes;
  uint64_t numbered_frames = kMaxNumberedFrames;
};

// `task` is number `task_number` of the sink, which knows its labels. kInvalidArgument: there are
// no annotations; a fault in their text is a problem, and what is before it stays. Memory: one
// annotation, and what jobs share. `left`: of the whole backup; videos and tracks that do not fit
// are left out with a problem.
absl::Status ReadBackupTask(const BackupTask& task, uint32_t task_number,
                            const BackupFolder& folder, LabelTable& labels, DatasetSink& sink,
                            BackupBounds& left);

}  // namespace annofs

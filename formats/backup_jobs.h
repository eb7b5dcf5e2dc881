// The jobs of a task backup and the frames that each covers (reference/cvat.md §5.1).
#pragma once

#include "absl/status/status.h"
#include "formats/backup_folder.h"
#include "formats/backup_frames.h"
#include "formats/backup_task.h"
#include "formats/reader.h"

namespace annofs {

// Pushes every job, also those that are no part of the task (§1.6), with the frames of it that the
// sink has. A job without frames is a problem.
absl::Status PushBackupJobs(const BackupTask& task, uint32_t task_number,
                            const BackupFrames& frames, const BackupFolder& folder,
                            DatasetSink& sink);

}  // namespace annofs

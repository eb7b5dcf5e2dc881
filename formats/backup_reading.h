// One task of a backup, pushed into a sink: its frames, its jobs, and what these have annotated,
// merged as CVAT does (reference/cvat.md §4.6, §5.1). Not thread safe.
#pragma once

#include "absl/status/status.h"
#include "formats/backup_folder.h"
#include "formats/backup_task.h"
#include "formats/label_table.h"
#include "formats/reader.h"

namespace annofs {

// `task` is number `task_number` of the sink, which knows its labels. kInvalidArgument: reading
// ended early; what was pushed before stays valid. Memory: one annotation, and what jobs share.
absl::Status ReadBackupTask(const BackupTask& task, uint32_t task_number,
                            const BackupFolder& folder, LabelTable& labels, DatasetSink& sink);

}  // namespace annofs

// One dataset made of others: what a configuration keeps of them, as a reader would push it
// (design/product.md §4). Stateless.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "formats/dataset.h"
#include "formats/dataset_config.h"
#include "formats/reader.h"

namespace annofs {

// The tasks of one of `count` parts in a copy: frames that came without a task have one of their
// own among those of others.
inline uint32_t TasksInCopy(const Dataset& part, size_t count) {
  const bool needs_one = count > 1 && part.info().tasks.empty() && part.frame_count() > 0;
  return needs_one ? 1 : uint32_t(part.info().tasks.size());
}

// What a copy has left out, for DatasetInfo.
struct CopyCounts {
  uint64_t frames = 0;
  uint64_t shapes = 0;  // and tags, also those of frames that are left out
};

// Pushes the datasets one after the other, each in CVAT's order: what one index says is what
// another one made of the copy says, to the last byte of every view, where the configuration leaves
// it as it is. (Of several frames of one name in one dataset the first in that order is the first,
// whichever its reader pushed first.) A division stays unless there are lists. Tasks of one dataset
// follow those of the one before; labels of one name and parent are one (formats/copy_labels.h);
// tracks and groups stay in their tasks. InnerMedia::source becomes the number of the dataset in
// `parts`. Problems of the datasets are the copy's, too; a name in the configuration that nothing
// has is one more. Which tags and shapes stay: formats/copy_filter.h; a track's frames are chosen
// one by one. A list names frames also that are left out.
//
// `lists`: of each of config.lists, its globs (read by the caller where they are an object). The
// error is the first of a dataset or the sink. Holds one frame's shapes in memory, and of a dataset
// its labels, tasks, jobs and problems, and 4 bytes per frame if it has jobs.
// REQUIRES: nothing was pushed into the sink; the datasets were not matched to media, of which
// their problems would tell: that is done with the copy.
absl::Status CopyDatasets(const std::vector<const Dataset*>& parts, const DatasetConfig& config,
                          const std::vector<std::vector<std::string>>& lists, DatasetSink& sink,
                          CopyCounts& left_out);

}  // namespace annofs

// The frames of a CVAT XML in its order, and its images (reference/cvat.md §2.2, §9.4).
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "formats/cvat_xml_writer_tasks.h"
#include "formats/layout.h"
#include "formats/segments.h"

namespace annofs {

using CvatXmlWriterTasksPtr = std::shared_ptr<const CvatXmlWriterTasks>;

// All frames but those of point clouds.
absl::StatusOr<RankSet> CvatXmlFrames(const Dataset& data, const CvatXmlWriterTasks& tasks);
// A section of these, task by task as CVAT lists them; what stands before and the segment are the
// caller's.
absl::StatusOr<Section> CvatXmlSection(const Dataset& data, const CvatXmlWriterTasksPtr& tasks);
// images/, in a project with a directory for each subset.
absl::Status AddCvatXmlImages(const Dataset& data, const CvatXmlWriterTasks& tasks, Layout& tree);

}  // namespace annofs

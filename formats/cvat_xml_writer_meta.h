// The begin of a CVAT XML up to </meta> (reference/cvat.md §2.1; CVAT: TaskData.meta_for_task,
// ProjectData). What a source does not tell is an empty element, as CVAT has it for what is not
// set. The address of a job has no server, which no source tells. <dumped> is CVAT's clock: the
// newest date of the tasks here, and absent if the source tells none.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "formats/cvat_xml_writer_tasks.h"

namespace annofs {

absl::StatusOr<std::string> RenderCvatXmlHead(const Dataset& data, const CvatXmlWriterTasks& tasks);

// What stands behind the last element.
inline constexpr absl::string_view kCvatXmlTail = "\n</annotations>\n";

}  // namespace annofs

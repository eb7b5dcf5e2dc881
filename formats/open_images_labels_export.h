// The files about labels of CVAT's Open Images export (reference/cvat.md §9.4). Pure.
#pragma once

#include <string>

#include "formats/model.h"

namespace annofs {

// annotations/class-descriptions.csv: `name,name`.
std::string OpenImagesClasses(const DatasetInfo& info);

// annotations/bbox_labels_600_hierarchy.json: a root that no label is called, and below it the
// labels that have parts. Labels of one name are one node, as in Datumaro. A node inside itself
// (CVAT's export fails) and what lies deeper than 64 levels, or behind 32 MiB, has no parts.
std::string OpenImagesHierarchy(const DatasetInfo& info);

}  // namespace annofs

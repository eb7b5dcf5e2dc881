// Annotations in Datumaro's own JSON (reference/cvat.md §9.4; Datumaro: _SubsetWriter). Pure.
#pragma once

#include <string>

#include "formats/item.h"

namespace annofs {

// {"id": 0, "type": "bbox", "attributes": {}, "group": 0, "label_id": 0, …}
void AppendDatumaroAnnotation(const ItemAnnotation& annotation, std::string& out);

}  // namespace annofs

// An object of the bucket as what a reader reads: ranges through the object reader.
#pragma once

#include <memory>

#include "cache/object_reader.h"
#include "formats/source.h"

namespace annofs {

// `reader` outlives the source; `context` is copied.
std::unique_ptr<Source> NewCatalogSource(ObjectReader& reader, ObjectVersion version,
                                         const CallContext& context);

}  // namespace annofs

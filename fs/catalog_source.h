// An object of the bucket as what a reader reads: ranges through the object reader.
#pragma once

#include <memory>

#include "cache/object_reader.h"
#include "formats/source.h"

namespace annofs {

// A failure of a reader that says something about the object's content, not about the store
// (formats/reader.h). The source's own errors are never of that kind, whatever the store answers:
// what is said about content is kept for ever.
bool IsOfTheContent(const absl::Status& status);

// `reader` outlives the source; `context` is copied.
std::unique_ptr<Source> NewCatalogSource(ObjectReader& reader, ObjectVersion version,
                                         const CallContext& context);

}  // namespace annofs

// An object of the bucket as what a reader reads: ranges through the object reader.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/object_reader.h"
#include "formats/source.h"

namespace annofs {

// A failure that concerns one object only: it went away after it was listed, or it alone cannot be
// read. It does not hide others.
bool IsOfOneObject(const absl::Status& status);

// What a source knows of other objects; each may be empty: it knows none.
struct SourceSurroundings {
  // See Source::Siblings(), OpenSibling() and SizeOfImage().
  std::function<absl::StatusOr<std::vector<std::string>>()> siblings;
  std::function<absl::StatusOr<ObjectVersion>(absl::string_view name)> sibling;
  std::function<absl::StatusOr<std::optional<ImageSize>>(absl::string_view frame_name)> image_size;
};

// Its own errors are never of the content (formats/content_error.h), whatever the store answers:
// what is said about content is kept for ever.
// `reader`, and what the surroundings refer to, outlive the source; `reader` its siblings, too.
// `context` is copied.
std::unique_ptr<Source> NewCatalogSource(ObjectReader& reader, ObjectVersion version,
                                         const CallContext& context,
                                         SourceSurroundings surroundings = {});

}  // namespace annofs

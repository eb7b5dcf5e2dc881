// What a source may ask of the bucket while it is read: its companions, and the sizes of its
// frames' images. Not thread safe; outlives the source that it is given to.
#pragma once

#include <string>
#include <utility>

#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "fs/catalog_source.h"
#include "fs/discovery.h"
#include "fs/media_matcher.h"

namespace annofs {

class ReadingSurroundings {
 public:
  // All outlive the result. `media`: see MediaGround.
  ReadingSurroundings(Catalog& catalog, ObjectReader& reader, const FoundSource& source,
                      std::string media, const CallContext& context)
      : catalog_(catalog),
        reader_(reader),
        source_(source),
        context_(context),
        matcher_(catalog, {.objects = {{source.object.key}}, .media = std::move(media)}, context) {}

  SourceSurroundings ForSource();

 private:
  std::vector<std::string> Companions() const;
  absl::StatusOr<ObjectVersion> Companion(absl::string_view name) const;
  // Looks in the places of a matcher, not all over an indexed bucket. An image that cannot be read
  // alone has no size; a failure of the store is an error.
  absl::StatusOr<std::optional<ImageSize>> SizeOfImage(absl::string_view frame_name);

  Catalog& catalog_;
  ObjectReader& reader_;
  const FoundSource& source_;
  const CallContext context_;
  MediaMatcher matcher_;
};

}  // namespace annofs

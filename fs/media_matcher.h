// Finds the bucket's image of a frame by its name (design/product.md §4). Not thread safe: one per
// build.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/catalog.h"
#include "fs/dataset_index.h"

namespace annofs {

class MediaMatcher {
 public:
  // `annotation_key`: the annotation object; its directory is where images are looked for first,
  // then the bucket's root, each also below "images/" and "images/<subset>/" as CVAT's exports lay
  // them out (reference/cvat.md §2). `catalog` outlives the matcher.
  MediaMatcher(Catalog& catalog, absl::string_view annotation_key, const CallContext& context);

  // The first place that has it wins. Errors: of the store; never for an absent name.
  absl::StatusOr<std::optional<MatchedMedia>> Find(const Frame& frame);

 private:
  absl::StatusOr<std::optional<Row>> FindObject(absl::string_view path);
  absl::StatusOr<std::optional<RowId>> FindDirectory(absl::string_view path);
  absl::StatusOr<std::optional<Row>> FindChild(RowId directory, absl::string_view name);

  Catalog& catalog_;
  const CallContext context_;
  std::vector<std::string> bases_;                           // "", "images", …; no final slash
  std::map<std::string, std::optional<RowId>> directories_;  // bounded: see the .cc
};

}  // namespace annofs

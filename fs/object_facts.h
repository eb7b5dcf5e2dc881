// What is known of the bucket's files, as facts (Tree::Facts): what the store calls the version and
// its digest, and the frames whose image it is. Thread safe.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"
#include "cache/store/object_store.h"
#include "fs/datasets.h"
#include "fs/frame_facts.h"
#include "fs/tree.h"

namespace annofs {

// The most frames of one dataset that are told of one object.
inline constexpr size_t kMostFramesOfObject = 16;

// The frames of a dataset whose image is that row: those whose names are an end of the object's key
// (fs/media_matcher.h), with or without its extension, by rank. No index of objects is made for it:
// some look-ups for each part of the key. A frame whose name had to be made safe in a way that
// depends on others (formats/frame_names.h) is not found.
absl::StatusOr<std::vector<Rank>> FramesOfObject(const IndexedDataset& data, absl::string_view key,
                                                 RowId row);

class ObjectFacts {
 public:
  // `datasets`: nullptr for none. All outlive it.
  ObjectFacts(const ObjectStore& store, Catalog& catalog, const Datasets* datasets)
      : store_(store), catalog_(catalog), datasets_(datasets) {}

  // Sorted by name; none of a directory. Of a B2 bucket `user.b2.file_id` and `.sha1` (or `.md5`),
  // of an S3 one `user.s3.etag`, `.version` where the listing gave an id, and `.md5`: a digest only
  // where the content can be checked with it (ObjectStore::DigestToCheck). Then those of
  // FrameFacts: of datasets whose index is open, in the order of their names. Slow lane.
  absl::StatusOr<std::vector<Fact>> Of(RowId row, const CallContext& context);

 private:
  void AddStored(const ObjectVersion& version, std::vector<Fact>& facts) const;
  absl::StatusOr<std::vector<FrameAt>> FramesOf(const ObjectVersion& version, RowId row,
                                                const CallContext& context) const;

  const ObjectStore& store_;
  Catalog& catalog_;
  const Datasets* const datasets_;
  FrameFacts frames_;
};

}  // namespace annofs

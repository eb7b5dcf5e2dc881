// Finds the bucket's objects of frames by their names (design/product.md §4). The first of these
// that has one, in this order:
//   1. the frame's name in one of the places: the annotation object's directory, its "images/",
//      the same of the directory above it, and of the root; in each also below the frame's subset,
//      or below "default/" if it has none;
//   2. where a name may have any extension (media_names.h): the only image of that stem in one of
//      the same places;
//   3. in a bucket that was indexed whole: the only object whose key ends with the name.
// Two that are as good are none: reported, never guessed. Names are compared as bytes: what differs
// in case or in Unicode normalisation is another name. A name longer than an object's key can be is
// none.
//
// A million frames in path order: a few microseconds each (tests/bench/media_match_bench.cc). Not
// thread safe: one per build.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "cache/catalog.h"
#include "fs/dataset_index.h"
#include "fs/directory_rows.h"
#include "fs/media_ground.h"
#include "fs/media_index.h"
#include "fs/media_problems.h"

namespace annofs {

class MediaMatcher {
 public:
  // `catalog` outlives the matcher.
  MediaMatcher(Catalog& catalog, MediaGround ground, const CallContext& context);
  // All frames are of one annotation object.
  MediaMatcher(Catalog& catalog, absl::string_view annotation_key, const CallContext& context);

  // Of all frames that will be asked for. Without it there is no step 3, and nothing is reported.
  // `data` outlives the last Find().
  absl::Status Begin(const Dataset& data);

  // Errors: of the store; never for an absent name.
  absl::StatusOr<std::optional<MatchedMedia>> Find(const Frame& frame);
  // One of the frame's context images, in the same places and order (§7: CVAT's manifests and
  // backups name it as they do frames).
  absl::StatusOr<std::optional<MatchedMedia>> FindRelated(const Frame& frame,
                                                          const std::string& name);

  // What is wrong with the media of the frames so far.
  std::vector<Problem> TakeProblems();

 private:
  // A directory where frames of one directory and subset are looked for.
  struct Place {
    RowId row = 0;
    std::string path;
  };
  using Places = std::vector<Place>;

  absl::StatusOr<FoundObject> FindName(const Frame& frame, absl::string_view name);
  absl::StatusOr<FoundObject> FindInPlaces(const Places& places, absl::string_view name);
  absl::StatusOr<FoundObject> FindStem(const Places& places, absl::string_view name);
  // `base`: number of bases_.
  absl::StatusOr<const Places*> PlacesOf(size_t base, absl::string_view directory,
                                         absl::string_view subset);
  absl::StatusOr<std::optional<RowId>> FindDirectory(absl::string_view path);
  void Remember(absl::string_view directory, std::optional<RowId> row);

  Catalog& catalog_;
  const CallContext context_;
  const MediaGround ground_;
  // Of annotation objects of one directory, the same: "", "images", …; no final slash.
  std::vector<std::vector<std::string>> bases_;
  std::vector<size_t> base_of_objects_;  // by number of the annotation object
  DirectoryRows rows_;
  absl::flat_hash_map<std::string, Places> places_;  // by directory, subset, base; bounded
  size_t places_bytes_ = 0;
  absl::flat_hash_map<std::string, std::optional<RowId>> directories_;  // by path; bounded
  size_t directories_bytes_ = 0;
  std::string places_key_;  // without the base
  size_t places_base_ = 0;
  const Places* last_places_ = nullptr;  // of both

  std::optional<WantedNames> wanted_;
  std::optional<MediaProblems> problems_;
  std::optional<StemIndex> stems_;       // made when first needed
  std::optional<SuffixIndex> suffixes_;  // of an indexed bucket, if Begin() was called
};

}  // namespace annofs

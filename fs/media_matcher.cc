#include "fs/media_matcher.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/media_names.h"

namespace annofs {
namespace {

// What is known of directories: so many bytes of paths, and not many more of all else.
constexpr size_t kMaxKnownBytes = size_t{8} << 20;
constexpr size_t kEntryBytes = 64;
constexpr size_t kMostKeyBytes = 1024;  // of an object (reference/b2.md, S3): a longer name is none
// CVAT's subset of frames that have none.
constexpr absl::string_view kDefaultSubset = "default";

std::string DigestText(const Digest& digest) {
  switch (digest.kind) {
    case DigestKind::kSha1:
      return absl::StrCat("sha1:", digest.Hex());
    case DigestKind::kMd5:
      return absl::StrCat("md5:", digest.Hex());
    default:
      return "";
  }
}

// CVAT, COCO and Datumaro put images/ beside the directory of their annotations, so what is above
// that one comes before the root.
std::vector<std::string> Bases(absl::string_view media, absl::string_view annotation_directory) {
  std::vector<std::string> bases;
  if (!media.empty()) bases.emplace_back(media);
  for (absl::string_view directory :
       {annotation_directory, DirName(annotation_directory), absl::string_view()}) {
    for (std::string base : {std::string(directory), JoinPath(directory, "images")}) {
      if (!absl::c_linear_search(bases, base)) bases.push_back(std::move(base));
    }
  }
  return bases;
}

absl::string_view WithoutSlashes(absl::string_view directory) {
  while (absl::ConsumePrefix(&directory, "/")) continue;
  while (absl::ConsumeSuffix(&directory, "/")) continue;
  return directory;
}

bool IsKeyLong(absl::string_view name) { return name.size() <= kMostKeyBytes; }

// REQUIRES: it has a row.
MatchedMedia Matched(FoundObject found) {
  return {.row = found.row->id,
          .version = std::move(found.row->version),
          .media = {.key = std::move(found.key),
                    .size = found.row->size,
                    .digest = DigestText(found.row->digest)}};
}

bool KnowsAll(const Catalog& catalog) { return catalog.Info().kind == SnapshotInfo::Kind::kIndex; }

}  // namespace

MediaMatcher::MediaMatcher(Catalog& catalog, MediaGround ground, const CallContext& context)
    : catalog_(catalog), context_(context), ground_(std::move(ground)), rows_(catalog, context) {
  absl::flat_hash_map<absl::string_view, size_t> known;  // by directory
  for (const MediaGround::AnnotationObject& object : ground_.objects) {
    const absl::string_view directory = DirName(object.key);
    const auto [base, is_new] = known.try_emplace(directory, bases_.size());
    if (is_new) bases_.push_back(Bases(WithoutSlashes(ground_.media), directory));
    base_of_objects_.push_back(base->second);
  }
}

MediaMatcher::MediaMatcher(Catalog& catalog, absl::string_view annotation_key,
                           const CallContext& context)
    : MediaMatcher(catalog, {.objects = {{.key = std::string(annotation_key)}}}, context) {}

absl::Status MediaMatcher::Begin(const Dataset& data) {
  problems_.emplace(data.info(), ground_);
  wanted_.emplace();
  RETURN_IF_ERROR(wanted_->AddAll(data));
  if (KnowsAll(catalog_)) suffixes_.emplace(catalog_, *wanted_, context_);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<MatchedMedia>> MediaMatcher::Find(const Frame& frame) {
  ASSIGN_OR_RETURN(FoundObject found, FindName(frame, frame.name));
  if (!found.row) {
    if (problems_ && found.too_many) problems_->TooMany();
    if (problems_ && !found.other_key.empty()) {
      problems_->Ambiguous(frame, found.key, found.other_key);
    } else if (problems_ && !frame.inner) {
      problems_->Missing(frame);
    }
    return std::optional<MatchedMedia>();
  }
  return std::optional<MatchedMedia>(Matched(std::move(found)));
}

absl::StatusOr<std::optional<MatchedMedia>> MediaMatcher::FindRelated(const Frame& frame,
                                                                      const std::string& name) {
  FoundObject found;
  // What is no image by its name is none of the tree's either (bucket_tree.h: RowAttr).
  if (IsMediaName(name)) {
    ASSIGN_OR_RETURN(found, FindName(frame, name));
  }
  if (found.row) return std::optional<MatchedMedia>(Matched(std::move(found)));
  if (problems_ && found.too_many) problems_->TooMany();
  if (problems_ && !found.other_key.empty()) {
    problems_->AmbiguousRelated(frame, name, found.key, found.other_key);
  } else if (problems_) {
    problems_->MissingRelated(frame, name);
  }
  return std::optional<MatchedMedia>();
}

std::vector<Problem> MediaMatcher::TakeProblems() {
  return problems_ ? problems_->Take() : std::vector<Problem>();
}

absl::StatusOr<FoundObject> MediaMatcher::FindName(const Frame& frame, absl::string_view name) {
  if (absl::StartsWith(name, "/") || !IsKeyLong(name)) return FoundObject();
  if (ground_.objects.empty()) return FoundObject();  // nor has a dataset of none frames
  const bool has_subset = !frame.subset.empty() && IsKeyLong(frame.subset);
  ASSIGN_OR_RETURN(const Places* places,
                   PlacesOf(base_of_objects_[ground_.ObjectOf(frame.task)], DirName(name),
                            has_subset ? frame.subset : kDefaultSubset));
  ASSIGN_OR_RETURN(FoundObject found, FindInPlaces(*places, BaseName(name)));
  if (found.row) return found;
  if (MayHaveAnyExtension(name)) {
    ASSIGN_OR_RETURN(found, FindStem(*places, BaseName(name)));
    if (found.row || !found.other_key.empty()) return found;
  }
  // What lies in the source itself is not looked for all over the bucket.
  if (!suffixes_ || frame.inner) return found;
  const bool was_too_many = found.too_many;
  ASSIGN_OR_RETURN(found, suffixes_->Find(name));
  found.too_many |= was_too_many;
  return found;
}

absl::StatusOr<FoundObject> MediaMatcher::FindInPlaces(const Places& places,
                                                       absl::string_view name) {
  FoundObject found;
  for (const Place& place : places) {
    ASSIGN_OR_RETURN(const Row* row, rows_.FindObject(place.row, name));
    if (row == nullptr) continue;
    found.row = *row;
    found.key = JoinPath(place.path, row->key_name.empty() ? row->name : row->key_name);
    break;
  }
  return found;
}

absl::StatusOr<FoundObject> MediaMatcher::FindStem(const Places& places, absl::string_view name) {
  if (!stems_) stems_.emplace(catalog_, wanted_ ? &*wanted_ : nullptr, context_);
  FoundObject found;
  for (const Place& place : places) {
    ASSIGN_OR_RETURN(found, stems_->Find(place.row, place.path, MediaStem(name)));
    if (found.row || found.too_many || !found.other_key.empty()) break;
  }
  return found;
}

absl::StatusOr<const MediaMatcher::Places*> MediaMatcher::PlacesOf(size_t base,
                                                                   absl::string_view directory,
                                                                   absl::string_view subset) {
  // Frames of one directory come one after the other.
  const bool is_last = last_places_ != nullptr && places_base_ == base &&
                       places_key_.size() == directory.size() + 1 + subset.size() &&
                       absl::StartsWith(places_key_, directory) &&
                       absl::EndsWith(places_key_, subset) && places_key_[directory.size()] == 0;
  if (is_last) return last_places_;
  last_places_ = nullptr;
  places_base_ = base;
  places_key_ = absl::StrCat(directory, absl::string_view("\0", 1), subset);
  std::string key = absl::StrCat(base, "/", places_key_);
  auto known = places_.find(key);
  if (known == places_.end()) {
    Places places;
    auto add = [&](const std::string& path) {
      ASSIGN_OR_RETURN(const std::optional<RowId> row, FindDirectory(path));
      const bool is_new =
          row && absl::c_none_of(places, [&row](const Place& place) { return place.row == *row; });
      if (is_new) places.push_back({*row, path});
      return absl::OkStatus();
    };
    for (const std::string& path : bases_[base]) {
      RETURN_IF_ERROR(add(JoinPath(path, directory)));
      RETURN_IF_ERROR(add(JoinPath(JoinPath(path, subset), directory)));
    }
    size_t bytes = key.size() + kEntryBytes;
    for (const Place& place : places) bytes += place.path.size() + kEntryBytes;
    if ((places_bytes_ += bytes) > kMaxKnownBytes) {
      places_.clear();
      places_bytes_ = bytes;
    }
    known = places_.emplace(std::move(key), std::move(places)).first;
  }
  last_places_ = &known->second;
  return last_places_;
}

absl::StatusOr<std::optional<RowId>> MediaMatcher::FindDirectory(absl::string_view path) {
  std::optional<RowId> found = kRootRow;
  if (path.empty()) return found;
  if (!IsKeyLong(path)) return std::optional<RowId>();
  if (auto known = directories_.find(path); known != directories_.end()) return known->second;
  // From the root, up to the first that is not there.
  for (size_t begin = 0; found && begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const absl::string_view directory = path.substr(0, end);
    if (auto known = directories_.find(directory); known != directories_.end()) {
      found = known->second;
    } else {
      ASSIGN_OR_RETURN(found, rows_.FindDirectory(*found, path.substr(begin, end - begin)));
      Remember(directory, found);
    }
    begin = end + 1;
  }
  if (!found) Remember(path, found);
  return found;
}

void MediaMatcher::Remember(absl::string_view directory, std::optional<RowId> row) {
  const size_t bytes = directory.size() + kEntryBytes;
  if (directories_bytes_ + bytes > kMaxKnownBytes) {
    directories_.clear();
    directories_bytes_ = 0;
  }
  if (directories_.insert_or_assign(directory, row).second) directories_bytes_ += bytes;
}

}  // namespace annofs

#include "fs/object_facts.h"

#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/store/s3_version.h"
#include "formats/frame_names.h"
#include "formats/media_names.h"

namespace annofs {
namespace {

absl::string_view DigestName(DigestKind kind) {
  switch (kind) {
    case DigestKind::kMd5:
      return "md5";
    case DigestKind::kSha1:
      return "sha1";
    default:
      return "";
  }
}

// The frames that one name may be of, checked against the row.
class FrameSearch {
 public:
  FrameSearch(const IndexedDataset& data, RowId row) : data_(data), row_(row) {}

  absl::Status Add(absl::string_view name) {
    RETURN_IF_ERROR(AddIfFound(data_.FindPath(SafePath(name))));
    RETURN_IF_ERROR(AddIfFound(data_.FindSidecar(SafePath(MediaStem(name)))));
    // Frames of one name: of several tasks.
    for (uint32_t nth = 0; nth < kMostFramesOfObject; ++nth) {
      const std::optional<std::string> path = PathOfEqual(name, nth);
      if (!path) break;
      ASSIGN_OR_RETURN(const std::optional<Rank> rank, data_.FindPath(*path));
      RETURN_IF_ERROR(AddIfFound(rank));
      if (!rank && nth > 0) break;
    }
    return absl::OkStatus();
  }
  bool is_full() const { return ranks_.size() >= kMostFramesOfObject; }
  const std::set<Rank>& ranks() const { return ranks_; }

 private:
  absl::Status AddIfFound(const absl::StatusOr<std::optional<Rank>>& rank) {
    RETURN_IF_ERROR(rank.status());
    if (!*rank || is_full()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::optional<RowId> row, data_.MediaRow(**rank));
    if (row == row_) ranks_.insert(**rank);
    return absl::OkStatus();
  }

  const IndexedDataset& data_;
  const RowId row_;
  std::set<Rank> ranks_;
};

}  // namespace

absl::StatusOr<std::vector<Rank>> FramesOfObject(const IndexedDataset& data, absl::string_view key,
                                                 RowId row) {
  FrameSearch search(data, row);
  for (absl::string_view name = key; !search.is_full();) {
    RETURN_IF_ERROR(search.Add(name));
    const size_t slash = name.find('/');
    if (slash == name.npos) break;
    name.remove_prefix(slash + 1);
  }
  return std::vector<Rank>(search.ranks().begin(), search.ranks().end());
}

absl::StatusOr<std::vector<Fact>> ObjectFacts::Of(RowId row, const CallContext& context) {
  if (context.lane == Lane::kFast) return WouldBlock();
  std::vector<Fact> facts;
  ASSIGN_OR_RETURN(const Row found, catalog_.Get(row));
  if (found.is_directory) return facts;
  ASSIGN_OR_RETURN(const ObjectVersion version, catalog_.Version(row));
  AddStored(version, facts);
  ASSIGN_OR_RETURN(const std::vector<FrameAt> frames, FramesOf(version, row, context));
  ASSIGN_OR_RETURN(std::vector<Fact> told, frames_.Of(frames));
  facts.insert(facts.end(), std::make_move_iterator(told.begin()),
               std::make_move_iterator(told.end()));
  return facts;
}

// "b2" and "s3" are before "cvat", "file_id" before "md5" and "sha1", "etag" before "md5".
void ObjectFacts::AddStored(const ObjectVersion& version, std::vector<Fact>& facts) const {
  const std::string source = store_.name();
  const bool is_b2 = absl::StartsWith(source, "b2://");
  if (!is_b2 && !absl::StartsWith(source, "s3://")) return;
  const absl::string_view space = is_b2 ? "user.b2." : "user.s3.";
  const std::optional<S3Version> s3 = is_b2 ? std::nullopt : ParseS3Version(version.version);
  if (is_b2) facts.push_back({absl::StrCat(space, "file_id"), version.version});
  if (s3) facts.push_back({absl::StrCat(space, "etag"), s3->etag});
  const Digest digest = store_.DigestToCheck(version);
  const absl::string_view kind = DigestName(digest.kind);
  if (!kind.empty()) facts.push_back({absl::StrCat(space, kind), digest.Hex()});
  if (s3 && !s3->id.empty()) facts.push_back({absl::StrCat(space, "version"), s3->id});
}

absl::StatusOr<std::vector<FrameAt>> ObjectFacts::FramesOf(const ObjectVersion& version, RowId row,
                                                           const CallContext& context) const {
  std::vector<FrameAt> frames;
  const std::shared_ptr<const DatasetList> list = datasets_ ? datasets_->Known() : nullptr;
  if (!list) return frames;
  for (const std::shared_ptr<DatasetVersion>& dataset : list->datasets) {
    if (!dataset->is_open()) continue;
    ASSIGN_OR_RETURN(const std::shared_ptr<const IndexedDataset> data, dataset->Open(context));
    ASSIGN_OR_RETURN(const std::vector<Rank> ranks, FramesOfObject(*data, version.key, row));
    for (Rank rank : ranks) frames.push_back({data, rank});
  }
  return frames;
}

}  // namespace annofs

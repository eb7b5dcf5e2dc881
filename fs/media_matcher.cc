#include "fs/media_matcher.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr size_t kMaxKnownDirectories = 65536;

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

std::vector<std::string> Bases(absl::string_view annotation_directory) {
  std::vector<std::string> bases = {std::string(annotation_directory),
                                    JoinPath(annotation_directory, "images")};
  if (!annotation_directory.empty()) {
    bases.push_back("");
    bases.push_back("images");
  }
  return bases;
}

}  // namespace

MediaMatcher::MediaMatcher(Catalog& catalog, absl::string_view annotation_key,
                           const CallContext& context)
    : catalog_(catalog), context_(context), bases_(Bases(DirName(annotation_key))) {}

absl::StatusOr<std::optional<MatchedMedia>> MediaMatcher::Find(const Frame& frame) {
  for (const std::string& base : bases_) {
    ASSIGN_OR_RETURN(std::optional<Row> row, FindObject(JoinPath(base, frame.name)));
    if (!row && !frame.subset.empty()) {
      ASSIGN_OR_RETURN(row, FindObject(JoinPath(JoinPath(base, frame.subset), frame.name)));
    }
    if (!row) continue;
    ASSIGN_OR_RETURN(std::string key, catalog_.Key(row->id));
    return std::optional<MatchedMedia>(MatchedMedia{
        .row = row->id,
        .version = row->version,
        .media = {.key = std::move(key), .size = row->size, .digest = DigestText(row->digest)}});
  }
  return std::optional<MatchedMedia>();
}

absl::StatusOr<std::optional<Row>> MediaMatcher::FindObject(absl::string_view path) {
  ASSIGN_OR_RETURN(std::optional<RowId> directory, FindDirectory(DirName(path)));
  if (!directory) return std::optional<Row>();
  ASSIGN_OR_RETURN(std::optional<Row> row, FindChild(*directory, BaseName(path)));
  if (row && row->is_directory) row.reset();
  return row;
}

absl::StatusOr<std::optional<RowId>> MediaMatcher::FindDirectory(absl::string_view path) {
  if (path.empty()) return std::optional<RowId>(kRootRow);
  auto known = directories_.find(std::string(path));
  if (known != directories_.end()) return known->second;
  std::optional<RowId> found;
  ASSIGN_OR_RETURN(std::optional<RowId> parent, FindDirectory(DirName(path)));
  if (parent) {
    ASSIGN_OR_RETURN(std::optional<Row> row, FindChild(*parent, BaseName(path)));
    if (row && row->is_directory) found = row->id;
  }
  if (directories_.size() >= kMaxKnownDirectories) directories_.clear();
  directories_[std::string(path)] = found;
  return found;
}

absl::StatusOr<std::optional<Row>> MediaMatcher::FindChild(RowId directory,
                                                           absl::string_view name) {
  absl::StatusOr<Row> row = catalog_.Lookup(directory, name, context_);
  // A frame's name may be longer than any entry's.
  if (absl::IsNotFound(row.status()) || absl::IsOutOfRange(row.status())) {
    return std::optional<Row>();
  }
  RETURN_IF_ERROR(row.status());
  return std::optional<Row>(*std::move(row));
}

}  // namespace annofs

#include "tools/emulator/live_files.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "tools/emulator/content_type.h"

namespace annofs::emulator {
namespace {

// One pass over a whole directory goes in steps, so that listings of others come in between.
constexpr size_t kPassNames = 1000;

}  // namespace

LiveFiles::LiveFiles(std::string bucket_id, std::unique_ptr<ObjectDir> dir)
    : bucket_id_(std::move(bucket_id)), dir_(std::move(dir)), tree_(*dir_) {}

VersionPointer LiveFiles::Find(absl::string_view name) const {
  std::optional<FileStamp> stamp = dir_->StampOf(name);
  if (!stamp) return nullptr;
  auto version = std::make_shared<FileVersion>();
  version->name = std::string(name);
  version->file_id = FileId(bucket_id_, name, *stamp);
  version->upload_millis = MillisOf(*stamp);
  version->size = stamp->size;
  version->content_type = std::string(ContentTypeOf(name));
  version->info = {{"src_last_modified_millis", absl::StrCat(MillisOf(*stamp))}};
  version->stamp = stamp;
  Remember(version->file_id, name);
  return version;
}

VersionPointer LiveFiles::FindById(absl::string_view file_id) const {
  std::optional<std::string> name = NameOf(file_id);
  if (!name) return nullptr;
  VersionPointer version = Find(*name);
  return version != nullptr && version->file_id == file_id ? version : nullptr;
}

VersionPointer LiveFiles::WithDigests(const FileVersion& version) const {
  auto whole = std::make_shared<FileVersion>(version);
  std::optional<FileDigests> digests = DigestsOf(version.name, *version.stamp);
  // An ETag that is no MD5 has the form of an upload in parts.
  whole->etag =
      digests ? digests->md5 : absl::StrCat(Sha256Hex(version.file_id).substr(0, 32), "-1");
  if (digests) {
    whole->sha1 = digests->sha1;
    whole->md5 = digests->md5;
  }
  return whole;
}

std::optional<OpenFile> LiveFiles::Open(const FileVersion& version) const {
  std::optional<OpenFile> open = dir_->OpenObject(version.name);
  if (!open || open->stamp != version.stamp) return std::nullopt;
  return open;
}

// Nothing for large files, and for files that cannot be read any more.
std::optional<FileDigests> LiveFiles::DigestsOf(absl::string_view name,
                                                const FileStamp& stamp) const {
  if (IsLargeFile(stamp)) return std::nullopt;
  std::optional<FileDigests> known = digests_.Find(stamp);
  if (known) return known;
  std::optional<OpenFile> open = dir_->OpenObject(name);
  if (!open || open->stamp != stamp) return std::nullopt;
  return digests_.Compute(*open);
}

void LiveFiles::Remember(absl::string_view file_id, absl::string_view name) const {
  absl::MutexLock lock(&mutex_);
  names_.try_emplace(ParseFileId(file_id)->number, name);
}

std::optional<std::string> LiveFiles::Recall(uint64_t number) const {
  absl::MutexLock lock(&mutex_);
  auto found = names_.find(number);
  if (found == names_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> LiveFiles::NameOf(absl::string_view file_id) const {
  std::optional<FileIdParts> parts = ParseFileId(file_id);
  if (!parts || parts->bucket_id != bucket_id_) return std::nullopt;
  std::optional<std::string> name = Recall(parts->number);
  if (name) return name;
  absl::call_once(all_remembered_, [this] { RememberAll(); });
  return Recall(parts->number);
}

// An id that this process has not given out is of an earlier run; one pass finds all of these.
void LiveFiles::RememberAll() const {
  std::string start;
  for (bool more = true; more;) {
    Listing listing(tree_);
    for (size_t i = 0; i < kPassNames && more; ++i) {
      std::optional<std::string> name = listing.NameAtOrAfter(start);
      more = name.has_value();
      if (!more) break;
      if (std::optional<FileStamp> stamp = dir_->StampOf(*name)) {
        Remember(FileId(bucket_id_, *name, *stamp), *name);
      }
      start = absl::StrCat(*name, absl::string_view("\0", 1));
    }
  }
}

}  // namespace annofs::emulator

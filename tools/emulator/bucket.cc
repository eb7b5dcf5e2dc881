#include "tools/emulator/bucket.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

// The least text that is greater than everything that starts with `prefix`; nothing if there is
// none.
std::optional<std::string> AfterPrefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (prefix.empty()) return std::nullopt;
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

std::string AfterName(absl::string_view name) {
  return absl::StrCat(name, absl::string_view("\0", 1));
}

// The folder that a listing folds the name into; "" if none.
std::string FolderOf(const ListQuery& query, absl::string_view name) {
  if (query.delimiter.empty()) return "";
  size_t cut = name.find(query.delimiter, query.prefix.size());
  if (cut == name.npos) return "";
  return std::string(name.substr(0, cut + query.delimiter.size()));
}

// What a listing shows of one name's versions. An unfinished large file hides nothing.
std::vector<VersionPointer> Shown(const ListQuery& query, std::vector<VersionPointer> versions) {
  if (query.scope == ListQuery::Scope::kVersions) return versions;
  if (query.scope == ListQuery::Scope::kFinishedVersions) {
    std::erase_if(versions, [](const VersionPointer& v) { return v->action == Action::kStart; });
    return versions;
  }
  for (VersionPointer& version : versions) {
    if (version->action == Action::kStart) continue;
    if (version->action == Action::kHide) return {};
    return {std::move(version)};
  }
  return {};
}

// Without the versions that are newer than the one to begin with.
void BeginAt(const ListQuery& query, std::vector<VersionPointer>& versions) {
  if (query.start_id.empty() || versions.empty() || versions[0]->name != query.start) return;
  auto first = std::find_if(
      versions.begin(), versions.end(),
      [&query](const VersionPointer& version) { return version->file_id == query.start_id; });
  if (first != versions.end()) versions.erase(versions.begin(), first);
}

// Adds an entry; false if the page is full, and the entry is where the next one begins.
bool AddEntry(ListedEntry entry, size_t limit, EntryPage& page) {
  if (page.entries.size() < limit) {
    page.entries.push_back(std::move(entry));
    return true;
  }
  page.next = std::move(entry);
  return false;
}

absl::Status NotPresent(absl::string_view name, absl::string_view file_id) {
  return B2Error(400, "file_not_present", absl::StrCat("File not present: ", name, " ", file_id));
}

absl::Status InvalidFileId(absl::string_view file_id) {
  return BadRequest(absl::StrCat("Invalid fileId: ", file_id));
}

bool IsHeld(const FileVersion& version, Bucket::Bypass bypass, absl::Time now) {
  bool bypassed = version.retention.mode == "governance" && bypass == Bucket::Bypass::kGovernance;
  return bypassed ? version.legal_hold == "on" : version.IsLocked(now);
}

FileVersion FromNew(NewVersion given, Action action, absl::Time now) {
  FileVersion version;
  version.name = std::move(given.name);
  version.action = action;
  version.upload_millis = given.upload_millis.value_or(absl::ToUnixMillis(now));
  version.content_type = std::move(given.content_type);
  version.info = std::move(given.info);
  version.retention = std::move(given.retention);
  version.legal_hold = std::move(given.legal_hold);
  version.encryption = std::move(given.encryption);
  return version;
}

}  // namespace

Bucket::Bucket(std::string id, std::string name, BucketSettings settings,
               std::unique_ptr<LiveFiles> files)
    : id_(std::move(id)),
      name_(std::move(name)),
      files_(std::move(files)),
      settings_(std::move(settings)) {}

BucketSettings Bucket::settings() const {
  absl::ReaderMutexLock lock(&mutex_);
  return settings_;
}

absl::StatusOr<BucketSettings> Bucket::Update(BucketSettings settings,
                                              std::optional<int64_t> expected_revision) {
  absl::MutexLock lock(&mutex_);
  if (expected_revision && *expected_revision != settings_.revision) {
    return B2Error(409, "conflict", "simultaneous updates to bucket");
  }
  settings.revision = settings_.revision + 1;
  settings_ = std::move(settings);
  return settings_;
}

std::vector<VersionPointer> Bucket::VersionsOf(const std::string& name) const {
  std::vector<VersionPointer> versions = table_.Of(name);
  VersionPointer file = files_ == nullptr ? nullptr : files_->Find(name);
  if (file == nullptr || removed_.contains(file->file_id)) return versions;
  auto place = std::find_if(versions.begin(), versions.end(), [&file](const VersionPointer& other) {
    return IsNewer(*file, *other);
  });
  versions.insert(place, std::move(file));
  return versions;
}

std::optional<std::string> Bucket::NameAtOrAfter(LiveFiles::Listing* listing,
                                                 absl::string_view start) const {
  std::optional<std::string> written = table_.NameAtOrAfter(start);
  std::optional<std::string> file =
      listing == nullptr ? std::nullopt : listing->NameAtOrAfter(start);
  if (!written || !file) return written ? written : file;
  return std::min(*written, *file);
}

EntryPage Bucket::List(const ListQuery& query) const {
  EntryPage page;
  {
    absl::ReaderMutexLock lock(&mutex_);
    std::unique_ptr<LiveFiles::Listing> listing =
        files_ == nullptr ? nullptr : files_->NewListing();
    ListLocked(query, listing.get(), page);
  }
  for (ListedEntry& entry : page.entries) entry.version = Complete(std::move(entry.version));
  return page;
}

void Bucket::ListLocked(const ListQuery& query, LiveFiles::Listing* listing,
                        EntryPage& page) const {
  std::optional<std::string> cursor = std::max({query.start, query.prefix, query.after});
  while (cursor) {
    std::optional<std::string> name = NameAtOrAfter(listing, *cursor);
    if (!name || !absl::StartsWith(*name, query.prefix)) return;
    cursor = AfterName(*name);
    std::vector<VersionPointer> versions = Shown(query, VersionsOf(*name));
    if (versions.empty()) continue;
    std::string folder = FolderOf(query, *name);
    if (!folder.empty()) {
      cursor = AfterPrefix(folder);
      if (folder <= query.after) continue;
      if (!AddEntry({std::move(folder), nullptr}, query.limit, page)) return;
      continue;
    }
    if (*name <= query.after) continue;
    BeginAt(query, versions);
    for (VersionPointer& version : versions) {
      if (!AddEntry({*name, std::move(version)}, query.limit, page)) return;
    }
  }
}

VersionPointer Bucket::Complete(VersionPointer version) const {
  return version == nullptr || !version->stamp ? version : files_->WithDigests(*version);
}

VersionPointer Bucket::Newest(absl::string_view name) const {
  VersionPointer newest;
  {
    absl::ReaderMutexLock lock(&mutex_);
    newest = NewestLocked(std::string(name));
  }
  return Complete(std::move(newest));
}

VersionPointer Bucket::NewestLocked(const std::string& name) const {
  for (VersionPointer& version : VersionsOf(name)) {
    if (version->action != Action::kStart) return std::move(version);
  }
  return nullptr;
}

VersionPointer Bucket::FindById(absl::string_view file_id) const {
  VersionPointer version;
  {
    absl::ReaderMutexLock lock(&mutex_);
    version = FindLocked(file_id);
  }
  return Complete(std::move(version));
}

VersionPointer Bucket::FindLocked(absl::string_view file_id) const {
  VersionPointer version = table_.FindById(file_id);
  if (version != nullptr || files_ == nullptr || removed_.contains(file_id)) return version;
  return files_->FindById(file_id);
}

std::optional<Body> Bucket::Open(const FileVersion& version, ByteRange range) const {
  if (version.bytes != nullptr) return TextSlice{version.bytes, range.offset, range.length};
  if (!version.stamp) return std::string();
  std::optional<OpenFile> open = files_->Open(version);
  if (!open) return std::nullopt;
  return FileSlice{std::move(open->file), range.offset, range.length};
}

VersionPointer Bucket::AddLocked(FileVersion version) {
  version.order = ++last_order_;
  // A file of the directory may be of the future: what is written after it is newer all the same.
  if (files_ != nullptr) {
    if (VersionPointer file = files_->Find(version.name)) {
      version.upload_millis = std::max(version.upload_millis, file->upload_millis);
    }
  }
  version.replicates =
      version.encryption.mode != "SSE-C" &&
      absl::c_any_of(settings_.replicated_prefixes, [&version](const std::string& prefix) {
        return absl::StartsWith(version.name, prefix);
      });
  auto added = std::make_shared<const FileVersion>(std::move(version));
  table_.Add(added);
  return added;
}

VersionPointer Bucket::Put(NewVersion given, std::shared_ptr<const std::string> bytes,
                           std::string sha1, absl::Time now) {
  FileVersion version = FromNew(std::move(given), Action::kUpload, now);
  version.file_id = NewFileId(id_, FileSize::kSmall, version.upload_millis);
  version.size = bytes->size();
  version.sha1 = std::move(sha1);
  version.md5 = DigestOf(DigestKind::kMd5, *bytes).Hex();
  version.etag = version.md5;
  version.bytes = std::move(bytes);
  absl::MutexLock lock(&mutex_);
  return AddLocked(std::move(version));
}

VersionPointer Bucket::PutHideMarker(absl::string_view name, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  return AddHideMarker(name, now);
}

VersionPointer Bucket::AddHideMarker(absl::string_view name, absl::Time now) {
  FileVersion version = FromNew({.name = std::string(name)}, Action::kHide, now);
  version.file_id = NewFileId(id_, FileSize::kSmall, version.upload_millis);
  version.content_type = "application/x-bz-hide-marker";
  version.sha1 = DigestOf(DigestKind::kSha1, "").Hex();
  version.md5 = DigestOf(DigestKind::kMd5, "").Hex();
  return AddLocked(std::move(version));
}

absl::StatusOr<VersionPointer> Bucket::Hide(absl::string_view name, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  VersionPointer newest = NewestLocked(std::string(name));
  if (newest == nullptr) {
    return B2Error(400, "no_such_file", absl::StrCat("File not present: ", name));
  }
  if (newest->action == Action::kHide) {
    return B2Error(400, "already_hidden", absl::StrCat("File already hidden: ", name));
  }
  return AddHideMarker(name, now);
}

absl::StatusOr<VersionPointer> Bucket::FindExact(absl::string_view name,
                                                 absl::string_view file_id) const {
  VersionPointer version = FindLocked(file_id);
  if (version == nullptr || version->name != name) return NotPresent(name, file_id);
  return version;
}

absl::Status Bucket::Delete(absl::string_view name, absl::string_view file_id, Bypass bypass,
                            absl::Time now) {
  absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(VersionPointer version, FindExact(name, file_id));
  if (IsHeld(*version, bypass, now)) return B2Error(401, "unauthorized", "Access Denied");
  RemoveLocked(*version);
  return absl::OkStatus();
}

void Bucket::RemoveLocked(const FileVersion& version) {
  if (version.stamp) {
    removed_.insert(version.file_id);
    return;
  }
  large_.Remove(version.file_id);
  table_.Remove(version);
}

template <typename Change>
absl::StatusOr<VersionPointer> Bucket::Replace(absl::string_view name, absl::string_view file_id,
                                               Change change) {
  absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(VersionPointer version, FindExact(name, file_id));
  if (version->stamp) return BadRequest("a file of a directory cannot be locked");
  if (version->action == Action::kHide) return BadRequest("a hide marker cannot be locked");
  auto changed = std::make_shared<FileVersion>(*version);
  RETURN_IF_ERROR(change(*changed));
  table_.Replace(changed);
  return changed;
}

absl::StatusOr<VersionPointer> Bucket::SetRetention(absl::string_view name,
                                                    absl::string_view file_id,
                                                    const Retention& retention, Bypass bypass,
                                                    absl::Time now) {
  return Replace(name, file_id, [&](FileVersion& version) -> absl::Status {
    bool other_mode = version.retention.mode == "compliance" && retention.mode != "compliance";
    bool weaker = retention.mode.empty() || other_mode ||
                  retention.until_millis < version.retention.until_millis;
    FileVersion only_retained = version;
    only_retained.legal_hold = "";
    if (weaker && IsHeld(only_retained, bypass, now)) return LockDenied();
    version.retention = retention;
    return absl::OkStatus();
  });
}

absl::StatusOr<VersionPointer> Bucket::SetLegalHold(absl::string_view name,
                                                    absl::string_view file_id,
                                                    absl::string_view legal_hold) {
  return Replace(name, file_id, [&](FileVersion& version) {
    version.legal_hold = std::string(legal_hold);
    return absl::OkStatus();
  });
}

VersionPointer Bucket::StartLarge(NewVersion given, absl::Time now) {
  FileVersion version = FromNew(std::move(given), Action::kStart, now);
  version.file_id = NewFileId(id_, FileSize::kLarge, version.upload_millis);
  absl::MutexLock lock(&mutex_);
  large_.Start(version.file_id);
  return AddLocked(std::move(version));
}

absl::StatusOr<VersionPointer> Bucket::FindUnfinished(absl::string_view file_id) const {
  absl::ReaderMutexLock lock(&mutex_);
  if (large_.Find(file_id) == nullptr) return InvalidFileId(file_id);
  return table_.FindById(file_id);
}

absl::StatusOr<Part> Bucket::PutPart(absl::string_view file_id, int number,
                                     std::shared_ptr<const std::string> bytes, absl::Time now) {
  Part part{.number = number,
            .bytes = bytes,
            .sha1 = DigestOf(DigestKind::kSha1, *bytes).Hex(),
            .md5 = DigestOf(DigestKind::kMd5, *bytes).Hex(),
            .upload_millis = absl::ToUnixMillis(now)};
  absl::MutexLock lock(&mutex_);
  LargeFileTable::Parts* parts = large_.Find(file_id);
  if (parts == nullptr) return InvalidFileId(file_id);
  (*parts)[number] = part;
  return part;
}

absl::StatusOr<std::vector<Part>> Bucket::Parts(absl::string_view file_id) const {
  absl::ReaderMutexLock lock(&mutex_);
  const LargeFileTable::Parts* parts = large_.Find(file_id);
  if (parts == nullptr) return InvalidFileId(file_id);
  std::vector<Part> result;
  for (const auto& [number, part] : *parts) result.push_back(part);
  return result;
}

absl::StatusOr<VersionPointer> Bucket::FinishLarge(absl::string_view file_id,
                                                   const std::vector<Part>& parts,
                                                   std::shared_ptr<const std::string> bytes) {
  absl::MutexLock lock(&mutex_);
  VersionPointer start = table_.FindById(file_id);
  if (large_.Find(file_id) == nullptr || start == nullptr) return InvalidFileId(file_id);
  auto version = std::make_shared<FileVersion>(*start);
  version->action = Action::kUpload;
  version->size = bytes->size();
  version->bytes = std::move(bytes);
  version->etag = EtagOfParts(parts);
  large_.Remove(file_id);
  table_.Replace(version);
  return version;
}

absl::StatusOr<VersionPointer> Bucket::CancelLarge(absl::string_view file_id) {
  absl::MutexLock lock(&mutex_);
  VersionPointer version = table_.FindById(file_id);
  if (large_.Find(file_id) == nullptr || version == nullptr) return InvalidFileId(file_id);
  RemoveLocked(*version);
  return version;
}

std::vector<VersionPointer> Bucket::Unfinished() const {
  absl::ReaderMutexLock lock(&mutex_);
  std::vector<VersionPointer> unfinished;
  for (const std::string& name : table_.Names()) {
    std::vector<VersionPointer> versions = table_.Of(name);
    // In the order of their start, which is the reverse of a listing's.
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      if ((*version)->action == Action::kStart) unfinished.push_back(*version);
    }
  }
  return unfinished;
}

bool Bucket::empty() const {
  return List({.scope = ListQuery::Scope::kVersions, .limit = 1}).entries.empty();
}

}  // namespace annofs::emulator

#include "cache/store/dir_listing.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// Walks in byte order of keys: a directory sorts as its name with '/', before all that is in it.
class Walk {
 public:
  Walk(int root, const ListRequest& request, EntryCache& cache, const CallContext& context)
      : root_(root),
        request_(request),
        cache_(cache),
        context_(context),
        max_(std::max<uint32_t>(request.max, 1)),
        use_(request.start.empty() ? EntryCache::Use::kFresh : EntryCache::Use::kCached) {}

  // Adds what `directory` holds, until the page is full.
  absl::Status Add(const std::string& directory);
  ListPage TakePage() { return std::move(page_); }

 private:
  bool done() const { return !page_.next.empty(); }
  bool IsBefore(absl::string_view key) const {
    return key < request_.start || key <= request_.after;
  }
  // All of a directory comes before the page.
  bool IsWhollyBefore(absl::string_view directory) const {
    return IsWhollyBefore(directory, request_.start) || IsWhollyBefore(directory, request_.after);
  }
  static bool IsWhollyBefore(absl::string_view directory, absl::string_view key) {
    return directory < key && !absl::StartsWith(key, directory);
  }

  absl::Status AddEntry(const std::string& directory, const DirectoryEntry& entry);
  absl::Status AddSubdirectory(std::string key);
  void AddFile(std::string key);

  const int root_;
  const ListRequest& request_;
  EntryCache& cache_;
  const CallContext& context_;
  const size_t max_;
  const EntryCache::Use use_;
  ListPage page_;
};

absl::Status Walk::Add(const std::string& directory) {
  RETURN_IF_ERROR(context_.Check());
  ASSIGN_OR_RETURN(const EntryCache::Entries entries, cache_.Read(root_, directory, use_));
  if (entries->empty() && !directory.empty() && !IsBefore(directory)) AddFile(directory);
  for (const DirectoryEntry& entry : *entries) {
    RETURN_IF_ERROR(AddEntry(directory, entry));
    if (done()) break;
  }
  return absl::OkStatus();
}

absl::Status Walk::AddEntry(const std::string& directory, const DirectoryEntry& entry) {
  std::string key = absl::StrCat(directory, entry.name);
  if (entry.is_directory() ? IsWhollyBefore(key) : IsBefore(key)) return absl::OkStatus();
  if (page_.objects.size() + page_.directories.size() >= max_) {
    page_.next = std::move(key);
  } else if (entry.is_directory()) {
    return AddSubdirectory(std::move(key));
  } else {
    AddFile(std::move(key));
  }
  return absl::OkStatus();
}

absl::Status Walk::AddSubdirectory(std::string key) {
  if (!request_.recursive) {
    page_.directories.push_back(std::move(key));
    return absl::OkStatus();
  }
  const absl::Status status = Add(key);
  if (absl::IsNotFound(status)) return absl::OkStatus();  // removed meanwhile
  if (!absl::IsPermissionDenied(status) && !absl::IsOutOfRange(status)) return status;
  LogWarning(absl::StrCat("shown empty: ", status.message()));
  if (!IsBefore(key)) AddFile(std::move(key));
  return absl::OkStatus();
}

// A file, or the marker of an empty directory. What is gone meanwhile is left out.
void Walk::AddFile(std::string key) {
  const absl::StatusOr<OwnedFd> file = OpenBeneath(root_, key, O_PATH, Links::kWithin);
  if (!file.ok()) return;
  const absl::StatusOr<struct stat> status = StatOf(file->get());
  const bool marker = key.back() == '/';
  if (!status.ok() || (marker ? !S_ISDIR(status->st_mode) : !S_ISREG(status->st_mode))) return;
  page_.objects.push_back({.key = std::move(key),
                           .version = VersionOf(*status),
                           .size = marker ? 0 : static_cast<uint64_t>(status->st_size),
                           .modified = absl::TimeFromTimespec(status->st_mtim),
                           .digest = {}});
}

}  // namespace

absl::StatusOr<EntryCache::Entries> EntryCache::Read(int root, const std::string& directory,
                                                     Use use) {
  if (use == Use::kCached) {
    absl::MutexLock lock(&mutex_);
    if (entries_ != nullptr && directory_ == directory) return entries_;
  }
  ASSIGN_OR_RETURN(std::vector<DirectoryEntry> entries, ReadEntries(root, directory));
  auto shared = std::make_shared<const std::vector<DirectoryEntry>>(std::move(entries));
  absl::MutexLock lock(&mutex_);
  directory_ = directory;
  entries_ = shared;
  return shared;
}

absl::StatusOr<ListPage> ListDirectory(int root, const ListRequest& request, EntryCache& cache,
                                       const CallContext& context) {
  if (!request.prefix.empty() && request.prefix.back() != '/') {
    return absl::InvalidArgumentError("a prefix ends with '/'");
  }
  Walk walk(root, request, cache, context);
  const absl::Status status = walk.Add(request.prefix);
  // As in a bucket, a prefix without names is no error.
  if (!status.ok() && !(absl::IsNotFound(status) && !request.prefix.empty())) return status;
  return walk.TakePage();
}

}  // namespace annofs

#include "tools/emulator/object_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs::emulator {
namespace {

// One pass over a whole bucket goes in pages, so that listings of others come in between.
constexpr size_t kPassPage = 1000;

}  // namespace

Bucket::Bucket(std::string id, std::string name, std::unique_ptr<ObjectDir> dir)
    : id_(std::move(id)), name_(std::move(name)), dir_(std::move(dir)), tree_(*dir_) {}

FileVersion Bucket::Remember(std::string name, const FileStamp& stamp) {
  FileVersion version{.name = std::move(name), .file_id = {}, .stamp = stamp};
  version.file_id = FileId(id_, version.name, stamp);
  absl::MutexLock lock(&mutex_);
  names_.try_emplace(ParseFileId(version.file_id)->number, version.name);
  return version;
}

EntryPage Bucket::List(const NameQuery& query) {
  NamePage names = tree_.List(query);
  EntryPage page{.entries = {}, .next = std::move(names.next)};
  for (ListedName& listed : names.names) {
    if (listed.kind == ListedName::Kind::kFolder) {
      page.entries.push_back({std::move(listed.name), std::nullopt});
    } else if (std::optional<FileVersion> version = Find(listed.name)) {
      page.entries.push_back({std::move(listed.name), *std::move(version)});
    }
  }
  return page;
}

std::optional<FileVersion> Bucket::Find(absl::string_view name) {
  std::optional<FileStamp> stamp = dir_->StampOf(name);
  if (!stamp) return std::nullopt;
  return Remember(std::string(name), *stamp);
}

std::optional<Bucket::OpenVersion> Bucket::Open(absl::string_view name) {
  std::optional<OpenFile> open = dir_->OpenObject(name);
  if (!open) return std::nullopt;
  FileVersion version = Remember(std::string(name), open->stamp);
  return OpenVersion{.version = std::move(version), .open = *std::move(open)};
}

std::optional<Bucket::OpenVersion> Bucket::OpenById(absl::string_view file_id) {
  std::optional<std::string> name = NameOf(file_id);
  if (!name) return std::nullopt;
  std::optional<OpenVersion> found = Open(*name);
  if (!found || found->version.file_id != file_id) return std::nullopt;
  return found;
}

std::optional<std::string> Bucket::NameOf(absl::string_view file_id) {
  std::optional<FileIdParts> parts = ParseFileId(file_id);
  if (!parts || parts->bucket_id != id_) return std::nullopt;
  std::optional<std::string> name = Recall(parts->number);
  if (name) return name;
  absl::call_once(all_remembered_, [this] { RememberAll(); });
  return Recall(parts->number);
}

std::optional<std::string> Bucket::Recall(uint64_t number) {
  absl::MutexLock lock(&mutex_);
  auto found = names_.find(number);
  if (found == names_.end()) return std::nullopt;
  return found->second;
}

// An id that this process has not given out is of an earlier run; one pass finds all of these.
void Bucket::RememberAll() {
  std::optional<std::string> start = "";
  while (start) {
    EntryPage page = List({.prefix = "", .delimiter = "", .start = *start, .limit = kPassPage});
    start = std::move(page.next);
  }
}

std::optional<FileDigests> Bucket::DigestsOf(const FileVersion& version) {
  if (IsLargeFile(version.stamp)) return std::nullopt;
  std::optional<FileDigests> known = digests_.Find(version.stamp);
  if (known) return known;
  std::optional<OpenFile> open = dir_->OpenObject(version.name);
  if (!open || open->stamp != version.stamp) return std::nullopt;
  return digests_.Compute(*open);
}

absl::StatusOr<std::unique_ptr<ObjectStore>> ObjectStore::Open(const std::vector<BucketSpec>& specs,
                                                               absl::string_view account_id) {
  auto store = std::make_unique<ObjectStore>();
  for (const BucketSpec& spec : specs) {
    if (store->FindByName(spec.name) != nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("two buckets are named ", spec.name));
    }
    ASSIGN_OR_RETURN(std::unique_ptr<ObjectDir> dir, ObjectDir::Open(spec.directory));
    store->buckets_.push_back(
        std::make_unique<Bucket>(BucketId(account_id, spec.name), spec.name, std::move(dir)));
  }
  return store;
}

Bucket* ObjectStore::FindById(absl::string_view bucket_id) const {
  for (const auto& bucket : buckets_) {
    if (bucket->id() == bucket_id) return bucket.get();
  }
  return nullptr;
}

Bucket* ObjectStore::FindByName(absl::string_view name) const {
  for (const auto& bucket : buckets_) {
    if (bucket->name() == name) return bucket.get();
  }
  return nullptr;
}

}  // namespace annofs::emulator

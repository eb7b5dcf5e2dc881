#include "tools/emulator/object_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

constexpr uint64_t kMemory = uint64_t{4} << 30;
constexpr size_t kMostBuckets = 100;  // of an account (reference/b2.md §1.12)

absl::StatusOr<std::unique_ptr<LiveFiles>> OpenFiles(const BucketSpec& spec,
                                                     const std::string& bucket_id) {
  if (spec.directory.empty()) return nullptr;
  ASSIGN_OR_RETURN(std::unique_ptr<ObjectDir> dir, ObjectDir::Open(spec.directory));
  return std::make_unique<LiveFiles>(bucket_id, std::move(dir));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ObjectStore>> ObjectStore::Open(const std::vector<BucketSpec>& specs,
                                                               std::string account_id) {
  auto store = std::make_unique<ObjectStore>(std::move(account_id));
  for (const BucketSpec& spec : specs) {
    if (store->FindByName(spec.name) != nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("two buckets are named ", spec.name));
    }
    // The same id in every run: file ids that a client remembers stay good.
    std::string id = BucketId(store->account_id_, spec.name);
    ASSIGN_OR_RETURN(std::unique_ptr<LiveFiles> files, OpenFiles(spec, id));
    absl::MutexLock lock(&store->mutex_);
    store->buckets_.push_back(
        std::make_shared<Bucket>(id, spec.name, BucketSettings(), std::move(files)));
  }
  return store;
}

std::vector<BucketPointer> ObjectStore::buckets() const {
  std::vector<BucketPointer> buckets;
  {
    absl::MutexLock lock(&mutex_);
    buckets = buckets_;
  }
  std::sort(buckets.begin(), buckets.end(),
            [](const BucketPointer& a, const BucketPointer& b) { return a->name() < b->name(); });
  return buckets;
}

BucketPointer ObjectStore::FindById(absl::string_view bucket_id) const {
  absl::MutexLock lock(&mutex_);
  for (const BucketPointer& bucket : buckets_) {
    if (bucket->id() == bucket_id) return bucket;
  }
  return nullptr;
}

BucketPointer ObjectStore::FindByName(absl::string_view name) const {
  absl::MutexLock lock(&mutex_);
  for (const BucketPointer& bucket : buckets_) {
    if (bucket->name() == name) return bucket;
  }
  return nullptr;
}

BucketPointer ObjectStore::OfFileId(absl::string_view file_id) const {
  std::optional<FileIdParts> parts = ParseFileId(file_id);
  return parts ? FindById(parts->bucket_id) : nullptr;
}

absl::StatusOr<BucketPointer> ObjectStore::Create(const std::string& name,
                                                  BucketSettings settings) {
  absl::MutexLock lock(&mutex_);
  for (const BucketPointer& bucket : buckets_) {
    if (!absl::EqualsIgnoreCase(bucket->name(), name)) continue;
    return B2Error(400, "duplicate_bucket_name", "Bucket name is already in use.");
  }
  if (buckets_.size() >= kMostBuckets) {
    return B2Error(400, "too_many_buckets", "the account has as many buckets as it may have");
  }
  // A bucket of the same name as one that was deleted is another bucket.
  std::string id = BucketId(account_id_, absl::StrCat(name, " ", ++created_));
  buckets_.push_back(std::make_shared<Bucket>(id, name, std::move(settings), nullptr));
  return buckets_.back();
}

absl::Status ObjectStore::Delete(const Bucket& bucket) {
  if (!bucket.empty()) {
    return B2Error(400, "cannot_delete_non_empty_bucket", "the bucket holds files");
  }
  absl::MutexLock lock(&mutex_);
  std::erase_if(buckets_, [&](const BucketPointer& other) { return other.get() == &bucket; });
  return absl::OkStatus();
}

void ObjectStore::RunLifecycle(absl::Time now) {
  for (const BucketPointer& bucket : buckets()) bucket->RunLifecycle(now);
}

absl::StatusOr<VersionPointer> ObjectStore::Finish(Bucket& bucket, absl::string_view file_id,
                                                   const std::vector<Part>& parts) {
  uint64_t size = 0;
  for (const Part& part : parts) size += part.bytes->size();
  ASSIGN_OR_RETURN(std::shared_ptr<std::string> joined, Reserve(size));
  joined->reserve(size);
  for (const Part& part : parts) *joined += *part.bytes;
  return bucket.FinishLarge(file_id, parts, std::move(joined));
}

absl::StatusOr<std::shared_ptr<const std::string>> ObjectStore::Copy(const Bucket& bucket,
                                                                     const FileVersion& version,
                                                                     ByteRange range) {
  bool whole = range.offset == 0 && range.length == version.size;
  if (whole && version.bytes != nullptr) return version.bytes;
  ASSIGN_OR_RETURN(std::shared_ptr<std::string> copy, Reserve(range.length));
  std::optional<Body> body = bucket.Open(version, range);
  std::optional<std::string> bytes = body ? ReadBody(*body) : std::nullopt;
  if (!bytes) return NotFound(absl::StrCat("file_state_none: ", version.file_id));
  *copy = *std::move(bytes);
  return copy;
}

absl::StatusOr<std::shared_ptr<const std::string>> ObjectStore::Keep(std::string bytes) {
  ASSIGN_OR_RETURN(std::shared_ptr<std::string> kept, Reserve(bytes.size()));
  *kept = std::move(bytes);
  return kept;
}

absl::StatusOr<std::shared_ptr<std::string>> ObjectStore::Reserve(uint64_t size) {
  if (kept_->fetch_add(size) + size > kMemory) {
    kept_->fetch_sub(size);
    return B2Error(403, "storage_cap_exceeded", "the emulator keeps no more bytes in memory");
  }
  return std::shared_ptr<std::string>(new std::string(), [kept = kept_, size](std::string* text) {
    kept->fetch_sub(size);
    delete text;
  });
}

}  // namespace annofs::emulator

// The buckets that the emulator serves, whatever the API, and the memory that their versions take.
// Thread safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tools/emulator/bucket.h"

namespace annofs::emulator {

struct BucketSpec {
  std::string name;
  std::string directory;  // "" = in memory
};

using BucketPointer = std::shared_ptr<Bucket>;

class ObjectStore {
 public:
  // Error: a directory that cannot be opened, two buckets of one name.
  static absl::StatusOr<std::unique_ptr<ObjectStore>> Open(const std::vector<BucketSpec>& specs,
                                                           std::string account_id);

  // In order of names.
  std::vector<BucketPointer> buckets() const;
  // Null if there is none.
  BucketPointer FindById(absl::string_view bucket_id) const;
  BucketPointer FindByName(absl::string_view name) const;
  // The bucket that a file id names; null if it names none.
  BucketPointer OfFileId(absl::string_view file_id) const;

  // A bucket in memory. 400 duplicate_bucket_name, too_many_buckets.
  absl::StatusOr<BucketPointer> Create(const std::string& name, BucketSettings settings);
  // 400 cannot_delete_non_empty_bucket.
  absl::Status Delete(const Bucket& bucket);
  void RunLifecycle(absl::Time now);

  // Makes the upload of an unfinished large file's parts: joins their bytes.
  absl::StatusOr<VersionPointer> Finish(Bucket& bucket, absl::string_view file_id,
                                        const std::vector<Part>& parts);

  // Bytes of a version for another one. 404 not_found if its file is gone or changed by now, 403
  // storage_cap_exceeded.
  absl::StatusOr<std::shared_ptr<const std::string>> Copy(const Bucket& bucket,
                                                          const FileVersion& version,
                                                          ByteRange range);

  // Takes bytes in, counted until the last pointer to them goes. 403 storage_cap_exceeded when all
  // versions together would take more than 4 GiB.
  absl::StatusOr<std::shared_ptr<const std::string>> Keep(std::string bytes);

 private:
  // Room for so many bytes, counted before they take any.
  absl::StatusOr<std::shared_ptr<std::string>> Reserve(uint64_t size);

  const std::string account_id_;
  const std::shared_ptr<std::atomic<uint64_t>> kept_ = std::make_shared<std::atomic<uint64_t>>(0);
  mutable absl::Mutex mutex_;
  std::vector<BucketPointer> buckets_ ABSL_GUARDED_BY(mutex_);
  uint64_t created_ ABSL_GUARDED_BY(mutex_) = 0;

 public:
  explicit ObjectStore(std::string account_id) : account_id_(std::move(account_id)) {}
};

}  // namespace annofs::emulator

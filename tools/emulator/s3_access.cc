#include "tools/emulator/s3_access.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "tools/emulator/s3_error.h"

namespace annofs::emulator {
namespace {

bool HasCapabilities(const ApplicationKey& key, absl::string_view needed) {
  for (absl::string_view word : absl::StrSplit(needed, ' ', absl::SkipEmpty())) {
    std::vector<absl::string_view> any = absl::StrSplit(word, '|');
    if (!absl::c_any_of(any, [&key](absl::string_view one) { return key.Can(one); })) return false;
  }
  return true;
}

bool IsPublic(const Bucket& bucket) { return bucket.settings().type == "allPublic"; }

bool IsDownload(const S3Operation& operation) {
  return operation.name == "s3_get_object" || operation.name == "s3_head_object";
}

bool ListsNames(const S3Operation& operation) {
  return operation.level == S3Level::kBucket && operation.capabilities == "listFiles";
}

absl::Status AuthorizeAnonymous(const S3Operation& operation, const S3Call& call) {
  if (call.bucket == nullptr && !call.place.bucket.empty()) return S3Error("NoSuchBucket");
  bool allowed = call.bucket != nullptr && IsDownload(operation) && IsPublic(*call.bucket);
  return allowed ? absl::OkStatus()
                 : S3Error("AccessDenied", "Unauthenticated requests are not allowed for this api");
}

// A key for some buckets is told nothing of others, not even whether they exist.
absl::Status CheckBucket(const S3Operation& operation, const S3Call& call) {
  if (call.place.bucket.empty()) return absl::OkStatus();
  bool create = operation.name == "s3_create_bucket";
  if (call.bucket == nullptr) {
    if (call.key->bucket_ids) return S3Error("AccessDenied");
    return create ? absl::OkStatus() : S3Error("NoSuchBucket");
  }
  return call.key->CoversBucket(call.bucket->id()) ? absl::OkStatus() : S3Error("AccessDenied");
}

absl::Status CheckName(const S3Operation& operation, const S3Call& call) {
  bool covered = true;
  if (!call.place.key.empty()) covered = call.key->CoversName(call.place.key);
  if (ListsNames(operation)) covered = call.key->CoversName(ParameterOf(call.request, "prefix"));
  return covered ? absl::OkStatus() : S3Error("AccessDenied");
}

}  // namespace

absl::Status AuthorizeS3(const S3Operation& operation, S3Call& call) {
  call.bucket = call.context.store.FindByName(call.place.bucket);
  if (call.key == nullptr) return AuthorizeAnonymous(operation, call);
  if (!HasCapabilities(*call.key, operation.capabilities)) return S3Error("AccessDenied");
  RETURN_IF_ERROR(CheckBucket(operation, call));
  return CheckName(operation, call);
}

absl::StatusOr<BucketPointer> FindReadable(const S3Call& call, absl::string_view name,
                                           absl::string_view key) {
  BucketPointer bucket = call.context.store.FindByName(name);
  if (bucket != nullptr && IsPublic(*bucket)) return bucket;
  if (bucket == nullptr && !call.key->bucket_ids) return S3Error("NoSuchBucket");
  bool readable = bucket != nullptr && call.key->CoversBucket(bucket->id()) &&
                  call.key->CoversName(key) && call.Can("readFiles");
  if (!readable) return S3Error("AccessDenied");
  return bucket;
}

}  // namespace annofs::emulator

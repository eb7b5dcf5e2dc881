#include "tools/emulator/s3_operations.h"

#include "absl/algorithm/container.h"
#include "tools/emulator/s3_calls.h"

namespace annofs::emulator {
namespace {

constexpr S3Level kService = S3Level::kService;
constexpr S3Level kBucket = S3Level::kBucket;
constexpr S3Level kObject = S3Level::kObject;

constexpr absl::string_view kCopySource = "x-amz-copy-source";

// clang-format off
// Of two that fit the first counts.
constexpr S3Operation kOperations[] = {
    {"s3_list_buckets", kService, "GET", "", "", "listAllBucketNames", S3ListBuckets},

    {"s3_get_bucket_location", kBucket, "GET", "location", "", "listBuckets", S3GetBucketLocation},
    {"s3_get_bucket_versioning", kBucket, "GET", "versioning", "", "listBuckets|readBuckets", S3GetBucketVersioning},
    {"s3_put_bucket_versioning", kBucket, "PUT", "versioning", "", "writeBuckets", S3PutBucketVersioning},
    {"s3_get_bucket_acl", kBucket, "GET", "acl", "", "readBuckets", S3GetBucketAcl},
    {"s3_put_bucket_acl", kBucket, "PUT", "acl", "", "writeBuckets", S3PutBucketAcl},
    {"s3_get_bucket_cors", kBucket, "GET", "cors", "", "readBuckets", S3GetBucketCors},
    {"s3_put_bucket_cors", kBucket, "PUT", "cors", "", "writeBuckets", S3PutBucketCors},
    {"s3_delete_bucket_cors", kBucket, "DELETE", "cors", "", "writeBuckets", S3DeleteBucketCors},
    {"s3_get_bucket_encryption", kBucket, "GET", "encryption", "", "readBucketEncryption", S3GetBucketEncryption},
    {"s3_put_bucket_encryption", kBucket, "PUT", "encryption", "", "writeBucketEncryption", S3PutBucketEncryption},
    {"s3_delete_bucket_encryption", kBucket, "DELETE", "encryption", "", "writeBucketEncryption", S3DeleteBucketEncryption},
    {"s3_get_bucket_lifecycle", kBucket, "GET", "lifecycle", "", "readBuckets|readBucketLifecycleRules", S3GetBucketLifecycle},
    {"s3_put_bucket_lifecycle", kBucket, "PUT", "lifecycle", "", "writeBuckets|writeBucketLifecycleRules", S3PutBucketLifecycle},
    {"s3_delete_bucket_lifecycle", kBucket, "DELETE", "lifecycle", "", "writeBuckets|writeBucketLifecycleRules", S3DeleteBucketLifecycle},
    {"s3_get_object_lock_configuration", kBucket, "GET", "object-lock", "", "readBucketRetentions", S3GetObjectLockConfiguration},
    {"s3_put_object_lock_configuration", kBucket, "PUT", "object-lock", "", "writeBucketRetentions", S3PutObjectLockConfiguration},
    {"s3_get_bucket_policy", kBucket, "GET", "policy", "", "", S3GetBucketPolicy},
    {"s3_list_object_versions", kBucket, "GET", "versions", "", "listFiles", S3ListObjectVersions},
    {"s3_list_multipart_uploads", kBucket, "GET", "uploads", "", "listFiles", S3ListMultipartUploads},
    {"s3_list_objects_v2", kBucket, "GET", "list-type", "", "listFiles", S3ListObjectsV2},
    {"s3_list_objects", kBucket, "GET", "", "", "listFiles", S3ListObjects},
    {"s3_delete_objects", kBucket, "POST", "delete", "", "writeFiles deleteFiles", S3DeleteObjects},
    {"s3_create_bucket", kBucket, "PUT", "", "", "writeBuckets", S3CreateBucket},
    {"s3_delete_bucket", kBucket, "DELETE", "", "", "deleteBuckets", S3DeleteBucket},
    {"s3_head_bucket", kBucket, "HEAD", "", "", "listBuckets", S3HeadBucket},

    {"s3_get_object_acl", kObject, "GET", "acl", "", "readFiles", S3GetObjectAcl},
    {"s3_put_object_acl", kObject, "PUT", "acl", "", "writeFiles", S3PutObjectAcl},
    {"s3_get_object_retention", kObject, "GET", "retention", "", "readFileRetentions", S3GetObjectRetention},
    {"s3_put_object_retention", kObject, "PUT", "retention", "", "writeFileRetentions", S3PutObjectRetention},
    {"s3_get_object_legal_hold", kObject, "GET", "legal-hold", "", "readFileLegalHolds", S3GetObjectLegalHold},
    {"s3_put_object_legal_hold", kObject, "PUT", "legal-hold", "", "writeFileLegalHolds", S3PutObjectLegalHold},
    {"s3_list_parts", kObject, "GET", "uploadId", "", "listFiles|writeFiles", S3ListParts},
    {"s3_create_multipart_upload", kObject, "POST", "uploads", "", "writeFiles", S3CreateMultipartUpload},
    {"s3_complete_multipart_upload", kObject, "POST", "uploadId", "", "writeFiles", S3CompleteMultipartUpload},
    {"s3_upload_part_copy", kObject, "PUT", "partNumber", kCopySource, "writeFiles", S3UploadPartCopy},
    {"s3_upload_part", kObject, "PUT", "partNumber", "", "writeFiles", S3UploadPart},
    {"s3_abort_multipart_upload", kObject, "DELETE", "uploadId", "", "writeFiles", S3AbortMultipartUpload},
    {"s3_copy_object", kObject, "PUT", "", kCopySource, "writeFiles", S3CopyObject},
    {"s3_put_object", kObject, "PUT", "", "", "writeFiles", S3PutObject},
    {"s3_get_object", kObject, "GET", "", "", "readFiles", S3GetObject},
    {"s3_head_object", kObject, "HEAD", "", "", "readFiles", S3GetObject},
    {"s3_delete_object", kObject, "DELETE", "", "", "writeFiles deleteFiles", S3DeleteObject},
};
// clang-format on

constexpr S3Operation kNotImplemented = {"s3_not_implemented", kBucket, "", "", "", "",
                                         S3NotImplemented};
constexpr S3Operation kMethodNotAllowed = {"s3_method_not_allowed", kBucket, "", "", "", "",
                                           S3MethodNotAllowed};

// Parameters that make a request about something else than the bucket or object itself. An upload
// of a part has two: the first here counts.
constexpr absl::string_view kSubResources[] = {
    "accelerate",     "acl",
    "analytics",      "attributes",
    "cors",           "delete",
    "encryption",     "intelligent-tiering",
    "inventory",      "legal-hold",
    "lifecycle",      "list-type",
    "location",       "logging",
    "metrics",        "notification",
    "object-lock",    "ownershipControls",
    "partNumber",     "policy",
    "policyStatus",   "publicAccessBlock",
    "renameObject",   "replication",
    "requestPayment", "restore",
    "retention",      "select",
    "tagging",        "torrent",
    "uploadId",       "uploads",
    "versioning",     "versions",
    "website",
};

absl::string_view SubResourceOf(const Request& request) {
  for (absl::string_view name : kSubResources) {
    if (HasParameter(request, name)) return name;
  }
  return "";
}

S3Level LevelOf(const S3Place& place) {
  if (place.bucket.empty()) return kService;
  return place.key.empty() ? kBucket : kObject;
}

bool IsMethod(absl::string_view method) {
  return absl::c_any_of(kOperations,
                        [method](const S3Operation& known) { return known.method == method; });
}

}  // namespace

const S3Operation& S3OperationOf(const Request& request, const S3Place& place) {
  S3Level level = LevelOf(place);
  absl::string_view sub = SubResourceOf(request);
  for (const S3Operation& operation : kOperations) {
    if (operation.level != level || operation.method != request.method) continue;
    if (operation.query != sub) continue;
    if (operation.header.empty() || FindHeader(request.headers, operation.header)) return operation;
  }
  bool offered_elsewhere = !sub.empty() || request.method == "POST";
  return offered_elsewhere && IsMethod(request.method) ? kNotImplemented : kMethodNotAllowed;
}

const S3Operation& S3OperationNamed(absl::string_view name) {
  for (const S3Operation& operation : kOperations) {
    if (operation.name == name) return operation;
  }
  return name == kMethodNotAllowed.name ? kMethodNotAllowed : kNotImplemented;
}

}  // namespace annofs::emulator

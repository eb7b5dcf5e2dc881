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
    {"s3_list_buckets", kService, "GET", "", "", "listAllBucketNames", S3ListBuckets, 'C'},

    {"s3_get_bucket_location", kBucket, "GET", "location", "", "listBuckets", S3GetBucketLocation, 'C'},
    {"s3_get_bucket_versioning", kBucket, "GET", "versioning", "", "listBuckets|readBuckets", S3GetBucketVersioning, 'C'},
    {"s3_put_bucket_versioning", kBucket, "PUT", "versioning", "", "writeBuckets", S3PutBucketVersioning, 'C'},
    {"s3_get_bucket_acl", kBucket, "GET", "acl", "", "readBuckets", S3GetBucketAcl, 'C'},
    {"s3_put_bucket_acl", kBucket, "PUT", "acl", "", "writeBuckets", S3PutBucketAcl, 'C'},
    {"s3_get_bucket_cors", kBucket, "GET", "cors", "", "readBuckets", S3GetBucketCors, 'C'},
    {"s3_put_bucket_cors", kBucket, "PUT", "cors", "", "writeBuckets", S3PutBucketCors, 'C'},
    {"s3_delete_bucket_cors", kBucket, "DELETE", "cors", "", "writeBuckets", S3DeleteBucketCors, 'C'},
    {"s3_get_bucket_encryption", kBucket, "GET", "encryption", "", "readBucketEncryption", S3GetBucketEncryption, 'C'},
    {"s3_put_bucket_encryption", kBucket, "PUT", "encryption", "", "writeBucketEncryption", S3PutBucketEncryption, 'C'},
    {"s3_delete_bucket_encryption", kBucket, "DELETE", "encryption", "", "writeBucketEncryption", S3DeleteBucketEncryption, 'C'},
    {"s3_get_bucket_lifecycle", kBucket, "GET", "lifecycle", "", "readBuckets|readBucketLifecycleRules", S3GetBucketLifecycle, 'C'},
    {"s3_put_bucket_lifecycle", kBucket, "PUT", "lifecycle", "", "writeBuckets|writeBucketLifecycleRules", S3PutBucketLifecycle, 'C'},
    {"s3_delete_bucket_lifecycle", kBucket, "DELETE", "lifecycle", "", "writeBuckets|writeBucketLifecycleRules", S3DeleteBucketLifecycle, 'C'},
    {"s3_get_object_lock_configuration", kBucket, "GET", "object-lock", "", "readBucketRetentions", S3GetObjectLockConfiguration, 'C'},
    {"s3_put_object_lock_configuration", kBucket, "PUT", "object-lock", "", "writeBucketRetentions", S3PutObjectLockConfiguration, 'C'},
    {"s3_get_bucket_policy", kBucket, "GET", "policy", "", "", S3GetBucketPolicy, 'C'},
    {"s3_list_object_versions", kBucket, "GET", "versions", "", "listFiles", S3ListObjectVersions, 'C'},
    {"s3_list_multipart_uploads", kBucket, "GET", "uploads", "", "listFiles", S3ListMultipartUploads, 'C'},
    {"s3_list_objects_v2", kBucket, "GET", "list-type", "", "listFiles", S3ListObjectsV2, 'C'},
    {"s3_list_objects", kBucket, "GET", "", "", "listFiles", S3ListObjects, 'C'},
    {"s3_delete_objects", kBucket, "POST", "delete", "", "writeFiles deleteFiles", S3DeleteObjects, 'A'},
    {"s3_create_bucket", kBucket, "PUT", "", "", "writeBuckets", S3CreateBucket, 'C'},
    {"s3_delete_bucket", kBucket, "DELETE", "", "", "deleteBuckets", S3DeleteBucket, 'A'},
    {"s3_head_bucket", kBucket, "HEAD", "", "", "listBuckets", S3HeadBucket, 'C'},

    {"s3_get_object_acl", kObject, "GET", "acl", "", "readFiles", S3GetObjectAcl, 'C'},
    {"s3_put_object_acl", kObject, "PUT", "acl", "", "writeFiles", S3PutObjectAcl, 'C'},
    {"s3_get_object_retention", kObject, "GET", "retention", "", "readFileRetentions", S3GetObjectRetention, 'B'},
    {"s3_put_object_retention", kObject, "PUT", "retention", "", "writeFileRetentions", S3PutObjectRetention, 'A'},
    {"s3_get_object_legal_hold", kObject, "GET", "legal-hold", "", "readFileLegalHolds", S3GetObjectLegalHold, 'B'},
    {"s3_put_object_legal_hold", kObject, "PUT", "legal-hold", "", "writeFileLegalHolds", S3PutObjectLegalHold, 'A'},
    {"s3_list_parts", kObject, "GET", "uploadId", "", "listFiles|writeFiles", S3ListParts, 'C'},
    {"s3_create_multipart_upload", kObject, "POST", "uploads", "", "writeFiles", S3CreateMultipartUpload, 'A'},
    {"s3_complete_multipart_upload", kObject, "POST", "uploadId", "", "writeFiles", S3CompleteMultipartUpload, 'A'},
    {"s3_upload_part_copy", kObject, "PUT", "partNumber", kCopySource, "writeFiles", S3UploadPartCopy, 'C'},
    {"s3_upload_part", kObject, "PUT", "partNumber", "", "writeFiles", S3UploadPart, 'A'},
    {"s3_abort_multipart_upload", kObject, "DELETE", "uploadId", "", "writeFiles", S3AbortMultipartUpload, 'A'},
    {"s3_copy_object", kObject, "PUT", "", kCopySource, "writeFiles", S3CopyObject, 'C'},
    {"s3_put_object", kObject, "PUT", "", "", "writeFiles", S3PutObject, 'A'},
    {"s3_get_object", kObject, "GET", "", "", "readFiles", S3GetObject, 'B'},
    {"s3_head_object", kObject, "HEAD", "", "", "readFiles", S3GetObject, 'B'},
    {"s3_delete_object", kObject, "DELETE", "", "", "writeFiles deleteFiles", S3DeleteObject, 'A'},
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

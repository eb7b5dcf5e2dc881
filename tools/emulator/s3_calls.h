// The operations of the S3 API, one function each (reference/b2.md §4.2). They find the caller
// authorized, the bucket found and the body verified. Thread safe. Errors are S3Error() or the
// store's.
#pragma once

#include "absl/status/statusor.h"
#include "tools/emulator/http.h"
#include "tools/emulator/s3_call.h"

namespace annofs::emulator {

// s3_buckets.cc
absl::StatusOr<Reply> S3ListBuckets(S3Call& call);
absl::StatusOr<Reply> S3CreateBucket(S3Call& call);
absl::StatusOr<Reply> S3DeleteBucket(S3Call& call);
absl::StatusOr<Reply> S3HeadBucket(S3Call& call);
absl::StatusOr<Reply> S3GetBucketLocation(S3Call& call);
absl::StatusOr<Reply> S3GetBucketVersioning(S3Call& call);
absl::StatusOr<Reply> S3PutBucketVersioning(S3Call& call);
absl::StatusOr<Reply> S3GetBucketPolicy(S3Call& call);

// s3_acl.cc
absl::StatusOr<Reply> S3GetBucketAcl(S3Call& call);
absl::StatusOr<Reply> S3PutBucketAcl(S3Call& call);
absl::StatusOr<Reply> S3GetObjectAcl(S3Call& call);
absl::StatusOr<Reply> S3PutObjectAcl(S3Call& call);

// s3_cors.cc, s3_lifecycle.cc, s3_encryption.cc
absl::StatusOr<Reply> S3GetBucketCors(S3Call& call);
absl::StatusOr<Reply> S3PutBucketCors(S3Call& call);
absl::StatusOr<Reply> S3DeleteBucketCors(S3Call& call);
absl::StatusOr<Reply> S3GetBucketLifecycle(S3Call& call);
absl::StatusOr<Reply> S3PutBucketLifecycle(S3Call& call);
absl::StatusOr<Reply> S3DeleteBucketLifecycle(S3Call& call);
absl::StatusOr<Reply> S3GetBucketEncryption(S3Call& call);
absl::StatusOr<Reply> S3PutBucketEncryption(S3Call& call);
absl::StatusOr<Reply> S3DeleteBucketEncryption(S3Call& call);

// s3_list.cc
absl::StatusOr<Reply> S3ListObjects(S3Call& call);
absl::StatusOr<Reply> S3ListObjectsV2(S3Call& call);
absl::StatusOr<Reply> S3ListObjectVersions(S3Call& call);

// s3_get.cc: also HeadObject
absl::StatusOr<Reply> S3GetObject(S3Call& call);

// s3_put.cc
absl::StatusOr<Reply> S3PutObject(S3Call& call);
absl::StatusOr<Reply> S3CopyObject(S3Call& call);

// s3_delete.cc
absl::StatusOr<Reply> S3DeleteObject(S3Call& call);
absl::StatusOr<Reply> S3DeleteObjects(S3Call& call);

// s3_multipart.cc
absl::StatusOr<Reply> S3CreateMultipartUpload(S3Call& call);
absl::StatusOr<Reply> S3UploadPart(S3Call& call);
absl::StatusOr<Reply> S3UploadPartCopy(S3Call& call);
absl::StatusOr<Reply> S3CompleteMultipartUpload(S3Call& call);
absl::StatusOr<Reply> S3AbortMultipartUpload(S3Call& call);
// s3_uploads.cc
absl::StatusOr<Reply> S3ListMultipartUploads(S3Call& call);
absl::StatusOr<Reply> S3ListParts(S3Call& call);

// s3_lock.cc
absl::StatusOr<Reply> S3GetObjectLockConfiguration(S3Call& call);
absl::StatusOr<Reply> S3PutObjectLockConfiguration(S3Call& call);
absl::StatusOr<Reply> S3GetObjectRetention(S3Call& call);
absl::StatusOr<Reply> S3PutObjectRetention(S3Call& call);
absl::StatusOr<Reply> S3GetObjectLegalHold(S3Call& call);
absl::StatusOr<Reply> S3PutObjectLegalHold(S3Call& call);

// What the service does not offer: 501 NotImplemented; a method that nothing has: 405.
absl::StatusOr<Reply> S3NotImplemented(S3Call& call);
absl::StatusOr<Reply> S3MethodNotAllowed(S3Call& call);

}  // namespace annofs::emulator

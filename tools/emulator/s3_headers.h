// What the headers of a request say of a new object, and what the headers of an answer say of one
// (reference/b2.md §4.3; fileInfo §1.8). Pure functions.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/emulator/http.h"
#include "tools/emulator/s3_call.h"
#include "tools/emulator/version.h"

namespace annofs::emulator {

// Of objects, and of the source of a copy: the name of the plain header and the start of the
// others.
inline constexpr absl::string_view kEncryption = "x-amz-server-side-encryption";
inline constexpr absl::string_view kSourceEncryption = "x-amz-copy-source-server-side-encryption";

// x-amz-meta-K and fileInfo K; Cache-Control and its like and fileInfo b2-cache-control. Bytes of
// keys and values together are at most 7000, 2048 with encryption or a lock (§1.15).
struct ObjectMetadata {
  std::string content_type;
  FileInfo info;
};
ObjectMetadata MetadataOf(const Request& request);

// Everything that a PUT says of the object: metadata, encryption, lock, the bucket's defaults for
// what it does not say. S3 errors NotImplemented, InvalidArgument, InvalidRequest,
// InvalidStorageClass, AccessDenied, MetadataTooLarge.
absl::StatusOr<NewVersion> NewObjectOf(const S3Call& call);

// Headers that a PUT may not have: conditions (501), another ACL than the bucket's (403), tags.
absl::Status CheckPutHeaders(const S3Call& call);

// x-amz-acl is absent or the bucket's own (403 AccessDenied, 400 InvalidArgument).
absl::Status CheckObjectAcl(const S3Call& call);

// ETag, Last-Modified, version id, type, metadata, encryption and lock.
void DescribeObject(const S3Call& call, const FileVersion& version, Reply& reply);
std::string QuotedEtag(absl::string_view etag);

}  // namespace annofs::emulator

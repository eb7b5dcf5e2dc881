// Where an S3 bucket is: host, path and region (reference/b2.md §4.1). Pure functions.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/store/stores.h"

namespace annofs {

struct S3Endpoint {
  std::string origin;  // "https://HOST[:PORT]"
  std::string host;    // "HOST[:PORT]", as the header Host says it and the signature signs it
  std::string path;    // of the bucket, escaped, without a final '/': "/BUCKET" or ""
  std::string region;
  std::string service;  // URL, without the bucket; "" = AWS, where names of buckets are unique
};

// The endpoint of `options`, that of AWS in the region if there is none. S3Addressing::kAuto puts
// the bucket's name into the host of AWS and Backblaze if it can be one label of it, and into the
// path elsewhere. kInvalidArgument: an endpoint that is refused (CheckEndpoint), a region that is
// no word, a bucket's name that is to be in the host and cannot.
absl::StatusOr<S3Endpoint> ResolveS3Endpoint(const std::string& bucket,
                                             const StoreOptions& options);

// The region that the name of a host tells: "s3.us-west-004.backblazeb2.com" -> "us-west-004",
// "s3-eu-west-1.amazonaws.com" -> "eu-west-1", R2 -> "auto", anything else -> "us-east-1", which is
// what MinIO and Ceph take unless told otherwise.
std::string S3RegionOfHost(absl::string_view host);

}  // namespace annofs

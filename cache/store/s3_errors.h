// The error answers of S3 (reference/b2.md §4.3), and what to do about them. What a code means is
// in service_errors.h. Pure functions.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "cache/store/http.h"
#include "cache/store/s3_endpoint.h"
#include "cache/store/service_errors.h"
#include "cache/store/stores.h"

namespace annofs {

struct S3Error {
  ServiceError service;
  std::string region;  // where the bucket is, if the answer says so
};

// The error document of an answer; the status only where there is none, or another one.
S3Error ParseS3Error(const HttpResponse& response);

// The status of an answer to a download that is not 2xx.
absl::Status S3DownloadError(const HttpResponse& response);

// The status of an answer to a listing that is not 2xx, with what the user can do about it: name a
// prefix that the key may list, another key, another region, the right bucket, set the clock.
// kUnimplemented: the service does not list versions.
enum class S3ListCall { kNames, kVersions };
absl::Status S3ListError(const HttpResponse& response, S3ListCall call, const SourceUrl& source,
                         const S3Endpoint& endpoint);

}  // namespace annofs

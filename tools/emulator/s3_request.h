// Which bucket and key an S3 request is for (reference/b2.md §4.1). Pure functions.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "tools/emulator/http.h"

namespace annofs::emulator {

struct S3Place {
  std::string path;    // of the request, decoded: what signatures cover
  std::string bucket;  // "" = none: the service itself
  std::string key;     // "" = none: the bucket itself
};

// Path style `/BUCKET/KEY`, or by the Host header `BUCKET.s3.REGION.…`, `BUCKET.localhost` and
// `BUCKET.127.0.0.1`, with or without a port, `/KEY`. Nothing if the path has a broken escape.
std::optional<S3Place> S3PlaceOf(const Request& request);

// The bucket that the Host header names; "" if it names none. Such a request is S3's, whatever its
// path.
std::string BucketOfHost(const Request& request);

// `%XX` only: in S3 paths a '+' is a '+' (reference/b2.md §1.15).
std::optional<std::string> DecodeS3Path(absl::string_view path);

// What an S3 key may be: 1..1024 bytes of UTF-8 without control bytes; unlike a native name it may
// end with '/' and have "//" in it. S3 errors KeyTooLongError, InvalidArgument.
absl::Status CheckS3Key(absl::string_view key);

// The value of a header or query parameter; "" if absent.
absl::string_view HeaderOf(const Request& request, absl::string_view name);
absl::string_view ParameterOf(const Request& request, absl::string_view name);
bool HasParameter(const Request& request, absl::string_view name);

// A whole number in a query, `otherwise` if absent. S3 error InvalidArgument if it is none,
// negative or, where that is refused, over `most`; else what is over `most` counts as `most`.
enum class OverMost { kClamp, kRefuse };
absl::StatusOr<int64_t> NumberOf(const Request& request, absl::string_view name, int64_t otherwise,
                                 int64_t most, OverMost over);

}  // namespace annofs::emulator

// The S3 API (reference/b2.md §4), over the same buckets as the native one. Thread safe.
#pragma once

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/emulator/api_context.h"
#include "tools/emulator/http.h"
#include "tools/emulator/router.h"
#include "tools/emulator/s3_call.h"

namespace annofs::emulator {

class S3Api {
 public:
  explicit S3Api(ApiContext context) : context_(std::move(context)), start_(context_.clock.Now()) {}

  // Answers a request of Api::kS3, errors in S3's form. Takes its body.
  Reply Answer(const Route& route, Request& request) const;
  // The name of the operation for counters and faults: "s3_get_object".
  static absl::string_view CounterName(const Route& route);
  // The key, or the prefix of a listing, that the request is about; "" if none.
  static std::string SubjectOf(const Route& route, const Request& request);

 private:
  absl::StatusOr<Reply> Run(Request& request) const;

  const ApiContext context_;
  const absl::Time start_;
};

}  // namespace annofs::emulator

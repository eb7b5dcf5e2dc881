// One S3 request on its way through the emulator, and what its operations share. Owned by the
// thread that serves it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/emulator/api_context.h"
#include "tools/emulator/http.h"
#include "tools/emulator/s3_request.h"

namespace annofs::emulator {

struct S3Call {
  const ApiContext& context;
  const Request& request;
  S3Place place;
  absl::Time now;
  absl::Time service_start;

  KeyPointer key;        // null: anonymous
  BucketPointer bucket;  // null: none is named, or it is to be created
  std::string body;      // verified, without the frames of aws-chunked

  // How many entries the page has for which so many are asked.
  size_t PageSize(int64_t asked) const {
    return asked == 0 ? 0 : context.settings.DrawPageSize(static_cast<size_t>(asked));
  }
  bool signed_by_key() const { return key != nullptr; }
  bool Can(absl::string_view capability) const { return key != nullptr && key->Can(capability); }
};

using S3Function = absl::StatusOr<Reply> (*)(S3Call& call);

}  // namespace annofs::emulator

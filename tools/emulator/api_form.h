// Where the APIs differ outside their own files: the form of errors that the emulator makes before
// or instead of the API's answer, and the name in the log. Pure functions.
#pragma once

#include "absl/strings/string_view.h"
#include "tools/emulator/http.h"
#include "tools/emulator/router.h"

namespace annofs::emulator {

// "native" for the API's calls and for downloads by name, "s3", "unknown".
absl::string_view ApiName(Api api);

// An error in the form of the API. A code of "" is the one that the API sends most often with the
// status.
Reply ErrorReplyOf(Api api, int status, absl::string_view code, absl::string_view message);

// The refusal of a request over a cap. `code` is the native API's; S3 has none of its own.
Reply CapReplyOf(Api api, absl::string_view code, absl::string_view message);

// The refusal of a request over the rate; `retry_after` seconds, 0: without the header.
Reply RateReplyOf(Api api, int retry_after);

}  // namespace annofs::emulator

// The XML that S3 answers. Pure functions.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annofs {

// Calls `fn` at the end of each element with the names from the root to it and the text directly in
// it: ("ListBucketResult/Contents/Key", "a.jpg"). Names come without the prefix of their namespace,
// which services write differently. Error: malformed XML (cache/base/xml.h), or the first error of
// `fn`.
absl::Status ReadS3Xml(
    absl::string_view body,
    absl::FunctionRef<absl::Status(absl::string_view path, absl::string_view text)> fn);

}  // namespace annofs

// Errors as the S3 endpoint gives them (reference/b2.md §4.3). They travel as the native API's do
// (b2_error.h), with S3's codes; errors of the store keep theirs and are translated at the end.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/emulator/http.h"

namespace annofs::emulator {

// An error with its usual HTTP status; with its usual message if none is given.
absl::Status S3Error(absl::string_view code, absl::string_view message = "");

// What the client is told of any error: of S3Error(), or of the store.
struct S3ErrorInfo {
  int http_status = 500;
  std::string code;
  std::string message;
};
S3ErrorInfo S3ErrorInfoOf(const absl::Status& error);

Reply XmlReply(int http_status, std::string xml);
// The ids that every answer of the endpoint has, if the reply has none yet.
void AddRequestIds(Reply& reply);

Reply S3ErrorReply(const absl::Status& error);
// "" = the code that the endpoint sends most often with that status: 503 -> "ServiceUnavailable".
Reply S3ErrorReply(int http_status, absl::string_view code, absl::string_view message);

}  // namespace annofs::emulator

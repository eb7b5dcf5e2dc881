// One HTTP exchange with a server on 127.0.0.1 over a socket of its own: how tests talk to servers
// without the client that they test. Thread safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace annofs::testing {

struct PlainRequest {
  std::string method = "GET";
  std::string url;                   // "http://127.0.0.1:PORT/PATH"
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
};

struct PlainAnswer {
  int status = 0;
  std::string body;
};

// Whatever the status. kInvalidArgument: another URL; or the error of the system call. Ends within
// ten seconds of silence. Bodies in chunks are not understood.
absl::StatusOr<PlainAnswer> AskPlainly(const PlainRequest& request);

// The body of a 2xx answer; kInternal with the answer for any other.
absl::StatusOr<std::string> AskForBody(const PlainRequest& request);

}  // namespace annofs::testing

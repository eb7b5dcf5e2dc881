// What an HTTP call is made of. Values.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/store/url.h"

namespace annofs {

struct HttpRequest {
  std::string url;                   // https, or http to where it may go
  std::vector<std::string> headers;  // "Name: value"
  std::optional<std::string> post;   // JSON: a POST; nothing: a GET
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;  // of an error, or where no HttpReceiver takes it

  bool ok() const { return status >= 200 && status < 300; }
  // The first header of that (lower case) name, "" if there is none.
  absl::string_view Header(absl::string_view name) const;
};

// Takes the body of a 2xx answer. `accept` sees status and headers first; then `data` gets the
// bytes in order. An error of either ends the call and is what it returns. Both run on the curl
// thread while the caller waits: they must be cheap, and must not want a lock that the caller
// holds.
struct HttpReceiver {
  absl::FunctionRef<absl::Status(const HttpResponse&)> accept;
  absl::FunctionRef<absl::Status(absl::string_view)> data;
};

struct HttpClientOptions {
  std::string ca_file;  // "" = the system's
  PlainHttp plain_http = PlainHttp::kThisMachine;
  // To one host, in flight and kept; and a quarter more for requests that are sent again.
  int connections = 64;
  absl::Duration connect_timeout = absl::Seconds(10);
  absl::Duration stall_timeout = absl::Seconds(20);  // without one byte: kUnavailable
  // Told, on the curl thread, of every request that is sent a further time as its answer is late.
  std::function<void()> sent_again;
};

// Bounds on what a server may send.
inline constexpr size_t kMaxHttpHeaderBytes = 64 << 10;
inline constexpr size_t kMaxHttpBodyBytes = 64 << 20;   // of a 2xx answer that is kept
inline constexpr size_t kMaxHttpErrorBytes = 64 << 10;  // of any other; the rest is dropped

}  // namespace annofs

// HTTP/1.1 on a listening socket (libmicrohttpd), one thread per connection: a handler may block.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "tools/emulator/http.h"
#include "tools/emulator/unique_fd.h"

namespace annofs::emulator {

// Called from many threads at once.
using Handler = std::function<Reply(Request)>;
// The most bytes of body that a request of this method and target may have. Thread safe.
using BodyLimit = std::function<uint64_t(absl::string_view method, absl::string_view target)>;

// A socket on 127.0.0.1; port 0 takes a free one. Error: names the port.
struct Listening {
  UniqueFd socket;
  int port = 0;
};
absl::StatusOr<Listening> ListenOnLoopback(int port);

// Serves until it is destroyed; the destructor closes all connections and waits for handlers that
// run. At most 4,096 connections at once.
class HttpServer {
 public:
  virtual ~HttpServer() = default;
};
absl::StatusOr<std::unique_ptr<HttpServer>> NewHttpServer(UniqueFd socket, BodyLimit limit,
                                                          Handler handler);

}  // namespace annofs::emulator

// Serves one text over HTTP: /metrics for Prometheus (libmicrohttpd). One thread for all; at most
// 16 connections at once, each closed after 10 idle seconds. No authentication. Thread safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace annofs {

class MetricsServer {
 public:
  // Takes `socket`, which listens. `text` is called on the thread for each scrape; it must not
  // wait. Starts the thread.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(int socket,
                                                              std::function<std::string()> text);
  // Closes all connections, and waits for a call of `text`.
  virtual ~MetricsServer() = default;
};

}  // namespace annofs

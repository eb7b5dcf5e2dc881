// An HTTP/1.1 server on 127.0.0.1 that answers what a test tells it to, also what no honest server
// would: short bodies, silence, raw bytes. Keeps connections open. Thread safe.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace annofs::testing {

struct ScriptedRequest {
  std::string method;
  std::string target;                          // path and query as sent
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct ScriptedReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::optional<size_t> cut_after;  // bytes of the body, then the connection is closed
  bool stall = false;               // headers and body up to `cut_after`, then nothing for ever
  std::string raw;                  // if not empty: these bytes instead of it all, then closed
};

class ScriptedServer {
 public:
  // Runs on the thread of the connection, on several at a time.
  using Handler = std::function<ScriptedReply(const ScriptedRequest&)>;

  explicit ScriptedServer(Handler handler);
  // Closes all connections.
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  int port() const { return port_; }
  std::string url() const;  // "http://127.0.0.1:PORT"

  std::vector<ScriptedRequest> requests() const;
  // Of targets that contain `part`.
  int CountRequests(absl::string_view part) const;
  int connections_accepted() const;

 private:
  void Accept();
  void Serve(int connection);
  bool ServeOne(int connection, std::string& buffer);
  void Close(int connection);

  const Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<int> connections_ ABSL_GUARDED_BY(mutex_);
  int accepted_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<ScriptedRequest> requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
  std::thread acceptor_;
};

}  // namespace annofs::testing

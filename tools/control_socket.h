// The daemon's control socket: a client says a first line, and what follows is between it and who
// serves that. `status` gets the status JSON; `warm` is in warm_protocol.h. Thread safe.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/base/worker_pool.h"
#include "tools/line_reader.h"

namespace annofs {

// One who has connected, on the daemon's side.
class ControlClient {
 public:
  // Both outlive it.
  ControlClient(int connection, const Cancellation& stopped)
      : connection_(connection), stopped_(stopped), lines_(connection, &stopped) {}

  // Of the thread that serves the client.
  LineReader& lines() { return lines_; }
  // False: it has gone, or does not read what it is told within `patience`. One thread at a time.
  bool Send(absl::string_view text, absl::Duration patience = absl::Seconds(1)) const;
  // A few lines would be sent at once, or it has gone.
  bool IsReady() const;
  // The server stops: what serves a client ends soon.
  const Cancellation& stopped() const { return stopped_; }

 private:
  const int connection_;
  const Cancellation& stopped_;
  LineReader lines_;
};

class ControlServer {
 public:
  // Serves a client, on a thread of its own, until the end of the connection.
  using Serve = std::function<void(absl::string_view first_line, ControlClient& client)>;
  // Listens at `path` (directory made with mode 0700, socket 0600). A client that says no line
  // within a second, or comes while 32 others are served, is told so and cut off. Error: cannot;
  // the mount works without.
  static absl::StatusOr<std::unique_ptr<ControlServer>> Start(const std::string& path, Serve serve);
  // No client is taken in any more, those that are served are told to end, and the socket is
  // removed.
  void Stop();
  // As Stop(), and waits for their end.
  ~ControlServer();

 private:
  ControlServer(int listener, int wakeup, std::string path, Serve serve);
  void Accept();
  void TakeIn(int connection);
  void ServeOne(int connection) const;

  const int listener_;
  const int wakeup_;
  const std::string path_;
  const std::pair<dev_t, ino_t> file_;  // that has the name
  const Serve serve_;
  Cancellation stopped_;
  std::atomic<int> clients_{0};
  WorkerPool pool_;     // its jobs use what is above
  std::thread thread_;  // gives it jobs
};

// A connection to the socket at `path`, which the caller closes.
absl::StatusOr<int> ConnectControl(const std::string& path);
// There is a socket that nobody listens at: its server was killed.
bool IsAbandonedControl(const std::string& path);
// Sends all of it, however long that takes. False: nobody reads it any more.
bool SendControl(int connection, absl::string_view text);

// Asks; never waits longer than `timeout` in all.
absl::StatusOr<std::string> AskControl(const std::string& path, absl::string_view question,
                                       absl::Duration timeout);

}  // namespace annofs

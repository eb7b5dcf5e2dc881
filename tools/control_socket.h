// The daemon's control socket: one question a line, one answer, then the connection ends. `status`
// gets the status JSON. Thread safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace annofs {

class ControlServer {
 public:
  using Answer = std::function<std::string(absl::string_view question)>;
  // Listens at `path` (directory made with mode 0700, socket 0600) with one thread. Error: cannot;
  // the mount works without.
  static absl::StatusOr<std::unique_ptr<ControlServer>> Start(const std::string& path,
                                                              Answer answer);
  // Ends the thread and removes the socket.
  ~ControlServer();

 private:
  ControlServer(int listener, int wakeup, std::string path, Answer answer);
  void Serve();
  void AnswerOne(int connection) const;

  const int listener_;
  const int wakeup_;
  const std::string path_;
  const Answer answer_;
  std::thread thread_;
};

// Asks; never waits longer than `timeout` in all.
absl::StatusOr<std::string> AskControl(const std::string& path, absl::string_view question,
                                       absl::Duration timeout);

}  // namespace annofs

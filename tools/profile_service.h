// `profile` on the control socket: a client hears of the kernel's requests as they end
// (profile_protocol.h). Thread safe.
#pragma once

#include <atomic>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "fs/filesystem.h"
#include "tools/control_socket.h"
#include "tools/op_stream.h"

namespace annofs {

struct ProfileServiceOptions {
  std::string root;          // of the mount: the path in `tree` that it shows
  int clients = 4;           // at once
  size_t most_kept = 65536;  // requests that a client has not heard of yet
  absl::Duration period = absl::Milliseconds(100);  // at which it is told
  absl::Duration patience = absl::Seconds(5);       // for one that does not read
};

class ProfileService {
 public:
  // Both outlive the service.
  ProfileService(Filesystem& tree, OpStream& stream, const ProfileServiceOptions& options)
      : tree_(tree), stream_(stream), options_(options) {}

  // A client whose first line was that: until it goes, or soon after the server stops.
  void Serve(absl::string_view first_line, ControlClient& client);

 private:
  Filesystem& tree_;
  OpStream& stream_;
  const ProfileServiceOptions options_;
  std::atomic<int> clients_{0};
};

}  // namespace annofs

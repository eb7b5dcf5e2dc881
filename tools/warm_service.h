// `warm` on the control socket: what clients ask for is brought into the cache of the mount
// (warm_protocol.h). Thread safe.
#pragma once

#include <atomic>
#include <string>

#include "absl/strings/string_view.h"
#include "cache/block_cache.h"
#include "fs/filesystem.h"
#include "tools/control_socket.h"

namespace annofs {

struct WarmServiceOptions {
  Tree* names = nullptr;  // as of WarmOptions
  std::string views_name;
  // Requests at once, and as of WarmOptions, of one client alone; the second at the same time has
  // half as much, the third a third.
  size_t readers = 32;
  uint64_t unwritten = 24 << 20;
  int clients = 8;                                    // at once
  absl::Duration patience = absl::Minutes(1);         // for a client's next line
  absl::Duration progress_period = absl::Seconds(1);  // at which it is told how far it is
  absl::Duration timeout = absl::Seconds(60);         // of one lookup or listing
};

class WarmService {
 public:
  // Both outlive the service.
  WarmService(Filesystem& tree, BlockCache& blocks, const WarmServiceOptions& options)
      : tree_(tree), blocks_(blocks), options_(options) {}

  // A client whose first line was that. Returns when all it asked for is done, though it may have
  // gone, or soon when the server stops.
  void Serve(absl::string_view first_line, ControlClient& client);

 private:
  Filesystem& tree_;
  BlockCache& blocks_;
  const WarmServiceOptions options_;
  std::atomic<int> clients_{0};
};

}  // namespace annofs

// An address of this machine to listen at, as people write it. Value.
#pragma once

#include <sys/socket.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

struct ListenAddress {
  std::string text;  // "127.0.0.1:9464"
  sockaddr_storage address{};
  socklen_t length = 0;
  bool is_loopback = false;  // only this machine can come there
};

// "127.0.0.1:9464", "[::1]:9464", "localhost:9464" (the first of these), ":9464" (every IPv4
// address of the machine); port 0: a free one. No name is looked up. kInvalidArgument names these
// forms.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text);

// A socket that listens there, which the caller closes; `address` becomes what it got. Errors say
// what to do: the port is in use, the address is not this machine's, not allowed.
absl::StatusOr<int> ListenAt(ListenAddress& address);

}  // namespace annofs

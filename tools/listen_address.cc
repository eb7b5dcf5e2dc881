#include "tools/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr int kBacklog = 16;

absl::Status Malformed(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "'", text,
      "' is not an address to listen at, such as 127.0.0.1:9464, [::1]:9464, or :9464 for all"));
}

template <typename Socket>
Socket& As(ListenAddress& address) {
  address.length = sizeof(Socket);
  return reinterpret_cast<Socket&>(address.address);
}

bool SetHost(std::string host, uint16_t port, ListenAddress& address) {
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]")) {
    sockaddr_in6& v6 = As<sockaddr_in6>(address);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    if (inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6.sin6_addr) != 1) {
      return false;
    }
    address.is_loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    return true;
  }
  if (host.empty()) host = "0.0.0.0";
  if (host == "localhost") host = "127.0.0.1";
  sockaddr_in& v4 = As<sockaddr_in>(address);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) != 1) return false;
  address.is_loopback = ntohl(v4.sin_addr.s_addr) >> 24 == 127;
  return true;
}

std::string TextOf(ListenAddress& address) {
  char host[INET6_ADDRSTRLEN] = "";
  if (address.address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.address);
    inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
    return absl::StrCat("[", host, "]:", ntohs(v6.sin6_port));
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.address);
  inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
  return absl::StrCat(host, ":", ntohs(v4.sin_port));
}

absl::Status Explain(int error, const ListenAddress& address) {
  switch (error) {
    case EADDRINUSE:
      return absl::AlreadyExistsError(
          absl::StrCat(address.text,
                       " is in use, perhaps by another mount: choose another port, "
                       "or 0 for a free one"));
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return absl::InvalidArgumentError(absl::StrCat(
          address.text, " is not an address of this machine: 127.0.0.1 is, and :PORT is all"));
    case EACCES:
      return absl::PermissionDeniedError(
          absl::StrCat(address.text, " may not be listened at: choose a port from 1024"));
    default:
      return ErrnoToStatus(error, absl::StrCat("listening at ", address.text));
  }
}

}  // namespace

absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text) {
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  if (colon == text.npos || !absl::SimpleAtoi(text.substr(colon + 1), &port) || port > 65535) {
    return Malformed(text);
  }
  ListenAddress address;
  if (!SetHost(std::string(text.substr(0, colon)), uint16_t(port), address)) {
    return Malformed(text);
  }
  address.text = TextOf(address);
  return address;
}

absl::StatusOr<int> ListenAt(ListenAddress& address) {
  auto* const generic = reinterpret_cast<sockaddr*>(&address.address);
  const int fd = socket(address.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return Explain(errno, address);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);  // those of the mount before linger
  if (bind(fd, generic, address.length) != 0 || listen(fd, kBacklog) != 0 ||
      getsockname(fd, generic, &address.length) != 0) {
    const int error = errno;
    close(fd);
    return Explain(error, address);
  }
  address.text = TextOf(address);
  return fd;
}

}  // namespace annofs

#include "cache/store/http_sockets.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace annofs {
namespace {

// 0 if the socket is not bound to a port.
int LocalPort(int socket) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

bool IsReadable(int socket) {
  pollfd polled = {.fd = socket, .events = POLLIN, .revents = 0};
  return poll(&polled, 1, 0) > 0;
}

}  // namespace

void HttpSockets::Watch(CURL* handle) {
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &HttpSockets::Open);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, &HttpSockets::Close);
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, this);
}

bool HttpSockets::HasBytes(int local_port) {
  const curl_socket_t socket = SocketOf(local_port);
  return socket != CURL_SOCKET_BAD && IsReadable(socket);
}

curl_socket_t HttpSockets::SocketOf(int local_port) {
  const auto known = by_port_.find(local_port);
  if (known != by_port_.end()) return known->second;
  for (const curl_socket_t socket : open_) {
    if (LocalPort(socket) != local_port) continue;
    by_port_[local_port] = socket;
    return socket;
  }
  return CURL_SOCKET_BAD;
}

curl_socket_t HttpSockets::Open(void* self, curlsocktype, curl_sockaddr* address) {
  const curl_socket_t made =
      socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (made >= 0) static_cast<HttpSockets*>(self)->open_.insert(made);
  return made;
}

int HttpSockets::Close(void* self, curl_socket_t socket) {
  auto* sockets = static_cast<HttpSockets*>(self);
  sockets->open_.erase(socket);
  std::erase_if(sockets->by_port_, [=](const auto& known) { return known.second == socket; });
  return close(socket);
}

}  // namespace annofs

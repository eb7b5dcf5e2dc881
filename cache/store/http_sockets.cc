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

bool HttpSockets::HasBytes(int local_port) const {
  for (const curl_socket_t socket : open_) {
    if (LocalPort(socket) == local_port) return IsReadable(socket);
  }
  return false;
}

curl_socket_t HttpSockets::Open(void* self, curlsocktype, curl_sockaddr* address) {
  const curl_socket_t made =
      socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (made >= 0) static_cast<HttpSockets*>(self)->open_.insert(made);
  return made;
}

int HttpSockets::Close(void* self, curl_socket_t socket) {
  static_cast<HttpSockets*>(self)->open_.erase(socket);
  return close(socket);
}

}  // namespace annofs

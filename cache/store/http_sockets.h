// The sockets of one client's connections. libcurl 7.88 uses a kept connection again although bytes
// came on it that nobody had asked for, and takes them for the answer to the next request: what was
// meant for one call would be given to another. This tells such connections. Used by the curl
// thread alone; outlives the connections.
#pragma once

#include <curl/curl.h>

#include <map>
#include <set>

namespace annofs {

class HttpSockets {
 public:
  HttpSockets() = default;
  HttpSockets(const HttpSockets&) = delete;
  HttpSockets& operator=(const HttpSockets&) = delete;

  // Connections that `handle` opens are known from now on, also when others use them.
  void Watch(CURL* handle);

  // Whether something waits to be read on the connection with this port on our side.
  bool HasBytes(int local_port);

 private:
  static curl_socket_t Open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int Close(void* self, curl_socket_t socket);

  // CURL_SOCKET_BAD: none of them.
  curl_socket_t SocketOf(int local_port);

  std::set<curl_socket_t> open_;
  std::map<int, curl_socket_t> by_port_;  // of those that were looked for
};

}  // namespace annofs

#include "tests/testing/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace annofs::testing {
namespace {

int ListenOnLoopback(int& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(fd, 128) != 0 || getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    perror("scripted server");
    abort();
  }
  port = ntohs(address.sin_port);
  return fd;
}

// Appends what comes; false at the end of the connection.
bool Receive(int connection, std::string& buffer) {
  char chunk[16384];
  const ssize_t count = recv(connection, chunk, sizeof(chunk), 0);
  if (count <= 0) return false;
  buffer.append(chunk, static_cast<size_t>(count));
  return true;
}

bool Send(int connection, absl::string_view data) {
  while (!data.empty()) {
    const ssize_t count = send(connection, data.data(), data.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    data.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

ScriptedRequest ParseHead(absl::string_view head) {
  ScriptedRequest request;
  const std::vector<absl::string_view> lines = absl::StrSplit(head, "\r\n");
  const std::vector<std::string> words = absl::StrSplit(lines[0], ' ');
  if (words.size() >= 2) {
    request.method = words[0];
    request.target = words[1];
  }
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(lines[i], absl::MaxSplits(':', 1));
    request.headers[absl::AsciiStrToLower(pair.first)] =
        std::string(absl::StripAsciiWhitespace(pair.second));
  }
  return request;
}

std::string Head(const ScriptedReply& reply) {
  std::string head = absl::StrCat("HTTP/1.1 ", reply.status, " Scripted\r\n");
  bool has_length = false;
  for (const auto& [name, value] : reply.headers) {
    absl::StrAppend(&head, name, ": ", value, "\r\n");
    has_length = has_length || absl::EqualsIgnoreCase(name, "content-length");
  }
  if (!has_length) absl::StrAppend(&head, "Content-Length: ", reply.body.size(), "\r\n");
  return absl::StrCat(head, "\r\n");
}

}  // namespace

ScriptedServer::ScriptedServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = ListenOnLoopback(port_);
  acceptor_ = std::thread([this] { Accept(); });
}

ScriptedServer::~ScriptedServer() {
  std::vector<std::thread> threads;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  shutdown(listener_, SHUT_RDWR);  // ends accept()
  acceptor_.join();
  close(listener_);
  {
    absl::MutexLock lock(&mutex_);
    for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

std::string ScriptedServer::url() const { return absl::StrCat("http://127.0.0.1:", port_); }

std::vector<ScriptedRequest> ScriptedServer::requests() const {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

int ScriptedServer::CountRequests(absl::string_view part) const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(absl::c_count_if(requests_, [&](const ScriptedRequest& request) {
    return absl::StrContains(request.target, part);
  }));
}

int ScriptedServer::connections_accepted() const {
  absl::MutexLock lock(&mutex_);
  return accepted_;
}

void ScriptedServer::Accept() {
  while (true) {
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    absl::MutexLock lock(&mutex_);
    if (stopping_ || connection < 0) {
      if (connection >= 0) close(connection);
      return;
    }
    const int on = 1;  // head and body are two sends
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    connections_.insert(connection);
    ++accepted_;
    threads_.emplace_back([this, connection] { Serve(connection); });
  }
}

void ScriptedServer::Serve(int connection) {
  std::string buffer;
  while (ServeOne(connection, buffer)) {
  }
  Close(connection);
}

void ScriptedServer::Close(int connection) {
  absl::MutexLock lock(&mutex_);
  connections_.erase(connection);
  close(connection);
}

// One request and its answer; false where the connection ends.
bool ScriptedServer::ServeOne(int connection, std::string& buffer) {
  size_t end = buffer.npos;
  while ((end = buffer.find("\r\n\r\n")) == buffer.npos) {
    if (!Receive(connection, buffer)) return false;
  }
  ScriptedRequest request = ParseHead(absl::string_view(buffer).substr(0, end));
  buffer.erase(0, end + 4);
  size_t length = 0;
  const auto said = request.headers.find("content-length");
  if (said == request.headers.end() || !absl::SimpleAtoi(said->second, &length)) length = 0;
  while (buffer.size() < length) {
    if (!Receive(connection, buffer)) return false;
  }
  request.body = buffer.substr(0, length);
  buffer.erase(0, length);
  {
    absl::MutexLock lock(&mutex_);
    requests_.push_back(request);
  }
  const ScriptedReply reply = handler_(request);
  if (!reply.raw.empty()) {
    Send(connection, reply.raw);
    return false;
  }
  const absl::string_view body =
      absl::string_view(reply.body).substr(0, reply.cut_after.value_or(reply.body.size()));
  if (!Send(connection, Head(reply)) || !Send(connection, body)) return false;
  if (reply.stall) Receive(connection, buffer);  // until the client or the test hangs up
  return !reply.stall && !reply.cut_after.has_value();
}

}  // namespace annofs::testing

#include "tests/testing/plain_http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"

namespace annofs::testing {
namespace {

constexpr int kTimeoutSeconds = 10;

struct Address {
  int port = 0;
  std::string path;
};

absl::StatusOr<Address> AddressOf(absl::string_view url) {
  const std::string text(url);
  Address address;
  const bool is_here = absl::ConsumePrefix(&url, "http://127.0.0.1:");
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(url, absl::MaxSplits('/', 1));
  if (!is_here || !absl::SimpleAtoi(parts.first, &address.port)) {
    return absl::InvalidArgumentError(absl::StrCat("no server of a test: ", text));
  }
  address.path = absl::StrCat("/", parts.second);
  return address;
}

std::string TextOf(const PlainRequest& request, const std::string& path) {
  std::string text = absl::StrCat(
      request.method, " ", path,
      " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: ", request.body.size(),
      "\r\n");
  for (const std::string& header : request.headers) absl::StrAppend(&text, header, "\r\n");
  return absl::StrCat(text, "\r\n", request.body);
}

bool SendAll(int fd, absl::string_view data) {
  while (!data.empty()) {
    const ssize_t count = send(fd, data.data(), data.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    data.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

absl::StatusOr<std::string> Exchange(int port, absl::string_view text) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const absl::Cleanup close_fd = [fd] { close(fd); };
  const timeval timeout = {.tv_sec = kTimeoutSeconds, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      !SendAll(fd, text)) {
    return annofs::ErrnoToStatus(errno, "a server of a test");
  }
  std::string answer;
  char chunk[16384];
  ssize_t count = 0;
  while ((count = recv(fd, chunk, sizeof(chunk), 0)) > 0) {
    answer.append(chunk, static_cast<size_t>(count));
  }
  if (count < 0) return annofs::ErrnoToStatus(errno, "a server of a test");
  return answer;
}

}  // namespace

absl::StatusOr<PlainAnswer> AskPlainly(const PlainRequest& request) {
  ASSIGN_OR_RETURN(const Address address, AddressOf(request.url));
  ASSIGN_OR_RETURN(const std::string text, Exchange(address.port, TextOf(request, address.path)));
  absl::string_view rest = text;
  const size_t end = text.find("\r\n\r\n");
  PlainAnswer answer;
  if (!absl::ConsumePrefix(&rest, "HTTP/1.1 ") || end == text.npos ||
      !absl::SimpleAtoi(rest.substr(0, 3), &answer.status)) {
    return absl::InternalError(absl::StrCat("no HTTP answer: ", text));
  }
  answer.body = text.substr(end + 4);
  return answer;
}

absl::StatusOr<std::string> AskForBody(const PlainRequest& request) {
  ASSIGN_OR_RETURN(PlainAnswer answer, AskPlainly(request));
  if (answer.status >= 200 && answer.status < 300) return std::move(answer.body);
  return absl::InternalError(
      absl::StrCat(request.method, " ", request.url, ": ", answer.status, " ", answer.body));
}

}  // namespace annofs::testing

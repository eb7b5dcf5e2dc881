#include "tests/testing/emulator_process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"

namespace annofs::testing {
namespace {

constexpr int kTimeoutSeconds = 10;

absl::StatusOr<std::string> Exchange(int port, absl::string_view request) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const absl::Cleanup close_fd = [fd] { close(fd); };
  const timeval timeout = {.tv_sec = kTimeoutSeconds, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      send(fd, request.data(), request.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(request.size())) {
    return annofs::ErrnoToStatus(errno, "emulator");
  }
  std::string answer;
  char chunk[16384];
  ssize_t count = 0;
  while ((count = recv(fd, chunk, sizeof(chunk), 0)) > 0) {
    answer.append(chunk, static_cast<size_t>(count));
  }
  if (count < 0) return annofs::ErrnoToStatus(errno, "emulator");
  return answer;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EmulatorProcess>> EmulatorProcess::Start(
    const std::vector<Bucket>& buckets, const std::vector<std::string>& arguments) {
  ProcessOptions options{.argv = {ANNOFS_EMULATOR}};
  for (const Bucket& bucket : buckets) {
    options.argv.insert(options.argv.end(),
                        {"--bucket", absl::StrCat(bucket.name, "=", bucket.directory)});
  }
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  std::unique_ptr<EmulatorProcess> emulator(new EmulatorProcess);
  ASSIGN_OR_RETURN(emulator->process_, Process::Start(options));
  ASSIGN_OR_RETURN(const std::string line, emulator->process_->ReadLine());
  ASSIGN_OR_RETURN(const JsonDocument json, JsonDocument::Parse(line));
  emulator->url_ = std::string(json.root().StringOr("url", ""));
  emulator->admin_ = std::string(json.root().StringOr("admin", ""));
  emulator->key_id_ = std::string(json.root().StringOr("keyId", ""));
  emulator->key_ = std::string(json.root().StringOr("applicationKey", ""));
  return emulator;
}

absl::StatusOr<std::string> EmulatorProcess::Ask(absl::string_view method, absl::string_view path,
                                                 absl::string_view body) const {
  // admin_ is "http://127.0.0.1:PORT/PATH"
  const size_t colon = admin_.rfind(':');
  const size_t slash = admin_.find('/', colon + 1);
  const absl::string_view base =
      slash == admin_.npos ? "" : absl::string_view(admin_).substr(slash);
  int port = 0;
  if (colon == admin_.npos ||
      !absl::SimpleAtoi(absl::string_view(admin_).substr(colon + 1, slash - colon - 1), &port)) {
    return absl::InternalError(absl::StrCat("admin address ", admin_));
  }
  ASSIGN_OR_RETURN(const std::string answer,
                   Exchange(port, absl::StrCat(method, " ", base, path,
                                               " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                               "Connection: close\r\nContent-Length: ",
                                               body.size(), "\r\n\r\n", body)));
  const size_t end = answer.find("\r\n\r\n");
  if (!absl::StartsWith(answer, "HTTP/1.1 2") || end == answer.npos) {
    return absl::InternalError(absl::StrCat("emulator: ", answer));
  }
  return answer.substr(end + 4);
}

absl::Status EmulatorProcess::AddFault(absl::string_view json) const {
  return Ask("POST", "/faults", json).status();
}

absl::Status EmulatorProcess::ClearFaults() const {
  return Ask("POST", "/faults/clear", "{}").status();
}

absl::StatusOr<std::string> EmulatorProcess::Counters() const {
  return Ask("GET", "/counters", "");
}

}  // namespace annofs::testing

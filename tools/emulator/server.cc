#include "tools/emulator/server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/send.h"

namespace annofs::emulator {
namespace {

constexpr unsigned kConnections = 4096;
constexpr int kBacklog = 1024;
// The deepest use is the walk down a name of 511 directories; with AddressSanitizer's frames that
// takes more than half a MiB. Untouched stack costs no memory.
constexpr size_t kStack = 2 << 20;

// What is kept from the request line to the last byte of the answer.
struct Exchange {
  std::string target;
  Request request;
  bool begun = false;
  uint64_t body_limit = 0;
};

MHD_Result AddHeader(void* headers, MHD_ValueKind, const char* name, const char* value) {
  static_cast<HeaderList*>(headers)->emplace_back(name, value == nullptr ? "" : value);
  return MHD_YES;
}

int SocketOf(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == nullptr ? -1 : info->connect_fd;
}

// The library's own idea of the target is decoded: only the request line has it as sent.
void* NewExchange(void*, const char* target, MHD_Connection*) {
  return new Exchange{.target = target};
}

void EndExchange(void*, MHD_Connection*, void** exchange, MHD_RequestTerminationCode) {
  delete static_cast<Exchange*>(std::exchange(*exchange, nullptr));
}

size_t KeepEscapes(void*, MHD_Connection*, char* text) {
  return std::char_traits<char>::length(text);
}

void AddBody(absl::string_view piece, uint64_t limit, Request& request) {
  if (request.body_too_large) return;
  if (request.body.size() + piece.size() <= limit) {
    absl::StrAppend(&request.body, piece);
    return;
  }
  request.body_too_large = true;
  request.body = std::string();
}

class MicroHttpServer : public HttpServer {
 public:
  MicroHttpServer(BodyLimit limit, Handler handler)
      : limit_(std::move(limit)), handler_(std::move(handler)) {}
  ~MicroHttpServer() override {
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);  // closes the socket too
  }

  absl::Status Start(UniqueFd socket) {
    constexpr unsigned kFlags =
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL;
    daemon_ = MHD_start_daemon(
        kFlags, 0, nullptr, nullptr, &MicroHttpServer::OnAccess, this, MHD_OPTION_LISTEN_SOCKET,
        socket.get(), MHD_OPTION_CONNECTION_LIMIT, kConnections, MHD_OPTION_THREAD_STACK_SIZE,
        kStack, MHD_OPTION_URI_LOG_CALLBACK, &NewExchange, nullptr, MHD_OPTION_UNESCAPE_CALLBACK,
        &KeepEscapes, nullptr, MHD_OPTION_NOTIFY_COMPLETED, &EndExchange, nullptr, MHD_OPTION_END);
    if (daemon_ == nullptr) return ErrnoToStatus(errno, "start the HTTP server");
    socket.Release();
    return absl::OkStatus();
  }

 private:
  const BodyLimit limit_;
  const Handler handler_;
  MHD_Daemon* daemon_ = nullptr;

  // Called once when the headers are there, for each piece of the body, and once at its end.
  static MHD_Result OnAccess(void* self, MHD_Connection* connection, const char*,
                             const char* method, const char*, const char* data, size_t* size,
                             void** state) {
    auto& exchange = *static_cast<Exchange*>(*state);
    if (!exchange.begun) {
      exchange.begun = true;
      exchange.request.method = method;
      exchange.body_limit = static_cast<MicroHttpServer*>(self)->limit_(method, exchange.target);
      return MHD_YES;
    }
    if (*size > 0) {
      AddBody(absl::string_view(data, std::exchange(*size, 0)), exchange.body_limit,
              exchange.request);
      return MHD_YES;
    }
    return static_cast<MicroHttpServer*>(self)->Serve(connection, exchange);
  }

  MHD_Result Serve(MHD_Connection* connection, Exchange& exchange) const {
    MHD_get_connection_values(connection, MHD_HEADER_KIND, &AddHeader, &exchange.request.headers);
    exchange.request.socket = SocketOf(connection);
    absl::StatusOr<Target> target = ParseTarget(exchange.target);
    if (!target.ok()) return Send(connection, ErrorReply(BadRequest(target.status().message())));
    exchange.request.target = *std::move(target);
    return Send(connection, handler_(std::move(exchange.request)));
  }
};

}  // namespace

absl::StatusOr<Listening> ListenOnLoopback(int port) {
  Listening result{.socket = UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
                   .port = port};
  int fd = result.socket.get();
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof(address);
  if (fd < 0 || bind(fd, generic, length) != 0 || listen(fd, kBacklog) != 0 ||
      getsockname(fd, generic, &length) != 0) {
    return ErrnoToStatus(errno, absl::StrCat("listen on 127.0.0.1:", port));
  }
  result.port = ntohs(address.sin_port);
  return result;
}

absl::StatusOr<std::unique_ptr<HttpServer>> NewHttpServer(UniqueFd socket, BodyLimit limit,
                                                          Handler handler) {
  auto server = std::make_unique<MicroHttpServer>(std::move(limit), std::move(handler));
  RETURN_IF_ERROR(server->Start(std::move(socket)));
  return server;
}

}  // namespace annofs::emulator

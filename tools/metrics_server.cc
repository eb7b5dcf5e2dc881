#include "tools/metrics_server.h"

#include <microhttpd.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/string_view.h"
#include "cache/base/quiet_thread.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr unsigned kConnections = 16;
constexpr unsigned kIdleSeconds = 10;
constexpr size_t kRequestBytes = 16 << 10;  // headers of one request

constexpr absl::string_view kMetricsPath = "/metrics";
constexpr char kMetricsType[] = "text/plain; version=0.0.4; charset=utf-8";
constexpr char kPage[] =
    "<!DOCTYPE html><title>annofs</title><p>Metrics of an annofs mount: <a "
    "href=\"/metrics\">/metrics</a></p>\n";

// Paths are compared as they were sent.
size_t KeepEscapes(void*, MHD_Connection*, char* text) {
  return std::char_traits<char>::length(text);
}

struct Answer {
  unsigned status = MHD_HTTP_OK;
  const char* type = "text/plain; charset=utf-8";
  std::string body;
};

class MicroHttpServer : public MetricsServer {
 public:
  explicit MicroHttpServer(std::function<std::string()> text) : text_(std::move(text)) {}
  ~MicroHttpServer() override {
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);  // closes the socket, too
  }

  absl::Status Start(int socket) {
    constexpr unsigned kFlags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL;
    const QuietThreads quiet;
    daemon_ = MHD_start_daemon(kFlags, 0, nullptr, nullptr, &MicroHttpServer::OnRequest, this,
                               MHD_OPTION_LISTEN_SOCKET, socket, MHD_OPTION_CONNECTION_LIMIT,
                               kConnections, MHD_OPTION_CONNECTION_TIMEOUT, kIdleSeconds,
                               MHD_OPTION_CONNECTION_MEMORY_LIMIT, kRequestBytes,
                               MHD_OPTION_UNESCAPE_CALLBACK, &KeepEscapes, nullptr, MHD_OPTION_END);
    if (daemon_ != nullptr) return absl::OkStatus();
    const int error = errno;
    close(socket);
    return ErrnoToStatus(error, "starting the server of metrics");
  }

 private:
  // Answered as soon as the headers are there: a body is not read.
  static MHD_Result OnRequest(void* self, MHD_Connection* connection, const char* path,
                              const char* method, const char*, const char*, size_t*, void**) {
    return Send(connection, static_cast<MicroHttpServer*>(self)->AnswerTo(method, path));
  }

  Answer AnswerTo(absl::string_view method, absl::string_view path) const {
    if (method != "GET" && method != "HEAD") {
      return {.status = MHD_HTTP_METHOD_NOT_ALLOWED, .body = "only GET and HEAD are answered\n"};
    }
    if (path == kMetricsPath) return {.type = kMetricsType, .body = text_()};
    if (path == "/") return {.type = "text/html; charset=utf-8", .body = kPage};
    return {.status = MHD_HTTP_NOT_FOUND, .body = "not here: the metrics are at /metrics\n"};
  }

  static MHD_Result Send(MHD_Connection* connection, Answer answer) {
    MHD_Response* response = MHD_create_response_from_buffer(answer.body.size(), answer.body.data(),
                                                             MHD_RESPMEM_MUST_COPY);
    if (response == nullptr) return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer.type);
    if (answer.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
      MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    }
    const MHD_Result sent = MHD_queue_response(connection, answer.status, response);
    MHD_destroy_response(response);
    return sent;
  }

  const std::function<std::string()> text_;
  MHD_Daemon* daemon_ = nullptr;
};

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(
    int socket, std::function<std::string()> text) {
  auto server = std::make_unique<MicroHttpServer>(std::move(text));
  RETURN_IF_ERROR(server->Start(socket));
  return std::unique_ptr<MetricsServer>(std::move(server));
}

}  // namespace annofs

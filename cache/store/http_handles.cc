#include "cache/store/http_handles.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cache/base/status.h"
#include "cache/store/url.h"

namespace annofs {
namespace {

// Fewer callbacks than with curl's 16 KiB, little memory with hundreds of connections.
constexpr long kBufferBytes = 128 << 10;

std::string UserAgent() {
  return absl::StrCat("annofs/" ANNOFS_VERSION " libcurl/",
                      curl_version_info(CURLVERSION_NOW)->version);
}

void SetLimits(CURL* curl, const HttpClientOptions& options) {
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_UNRESTRICTED_AUTH, 0L);
  curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, kBufferBytes);
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(options.connect_timeout)));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
                   static_cast<long>(absl::ToInt64Seconds(options.stall_timeout)));
  // An abandoned call must not hold the curl thread until a silent name server answers.
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
}

void SetTransport(CURL* curl, const HttpClientOptions& options) {
  // A name may hold "/../": what was signed is what is sent.
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_USERAGENT, UserAgent().c_str());
}

// "https://host:port" of a URL with a path; "" where that is not so plain.
absl::string_view OriginOf(absl::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == url.npos || absl::StrContains(url, '#')) return "";
  const size_t end = url.find_first_of("/?\\", scheme + 3);
  return end != url.npos && url[end] == '/' ? url.substr(0, end) : "";
}

}  // namespace

std::unique_ptr<HttpHandle> HttpHandles::Take() {
  {
    absl::MutexLock lock(&mutex_);
    if (!free_.empty()) {
      std::unique_ptr<HttpHandle> handle = std::move(free_.back());
      free_.pop_back();
      return handle;
    }
  }
  return New();
}

std::unique_ptr<HttpHandle> HttpHandles::New() {
  auto handle = std::make_unique<HttpHandle>();
  handle->curl.reset(curl_easy_init());
  SetLimits(handle->curl.get(), options_);
  SetTransport(handle->curl.get(), options_);
  sockets_.Watch(handle->curl.get());
  return handle;
}

void HttpHandles::GiveBack(std::unique_ptr<HttpHandle> handle) {
  // What belonged to the request is gone.
  curl_easy_setopt(handle->curl.get(), CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(handle->curl.get(), CURLOPT_ERRORBUFFER, nullptr);
  absl::MutexLock lock(&mutex_);
  free_.push_back(std::move(handle));
}

absl::Status HttpHandles::SetUrl(HttpHandle& handle, const std::string& url) const {
  const absl::string_view origin = OriginOf(url);
  if (origin.empty() || origin != handle.origin) {
    handle.origin.clear();
    RETURN_IF_ERROR(SetOrigin(handle, url));
    handle.origin = std::string(origin);
  }
  curl_easy_setopt(handle.curl.get(), CURLOPT_URL, url.c_str());
  return absl::OkStatus();
}

absl::Status HttpHandles::SetOrigin(HttpHandle& handle, const std::string& url) const {
  const std::string base = url.substr(0, url.find('?'));
  ASSIGN_OR_RETURN(const UrlParts parts, ParseUrl(base));
  RETURN_IF_ERROR(CheckEndpoint(base, options_.plain_http));
  handle.host = parts.host;
  CURL* curl = handle.curl.get();
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, parts.scheme.c_str());
  // A proxy elsewhere cannot reach this machine's loopback, and would learn the token.
  curl_easy_setopt(curl, CURLOPT_PROXY, IsLoopback(parts.host) ? "" : nullptr);
  return absl::OkStatus();
}

}  // namespace annofs

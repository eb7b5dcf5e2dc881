#include "cache/store/http_transfer.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/store/http_log.h"
#include "cache/store/url.h"

namespace annofs {
namespace {

constexpr size_t kUsualHeaders = 16;

// "HTTP/1.1 206 Partial Content" -> 206, 0 of anything else.
int StatusOfLine(absl::string_view line) {
  const size_t space = line.find(' ');
  int status = 0;
  if (space == line.npos || !absl::SimpleAtoi(line.substr(space + 1, 3), &status)) return 0;
  return status;
}

absl::StatusCode CodeOf(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // an answer that is not HTTP/1: the URL was checked before
      return absl::StatusCode::kDataLoss;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::string_view HttpResponse::Header(absl::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

bool HttpAnswer::Begin(const HttpTransfer& transfer) {
  const HttpTransfer* before = by();
  if (before != nullptr) return before == &transfer;
  began_ = clock_.Now();
  by_.store(&transfer, std::memory_order_release);
  return true;
}

HttpTransfer::HttpTransfer(const HttpRequest& request, const HttpReceiver* receiver,
                           HttpHandles& handles, HttpSockets& sockets, HttpAnswer& answer)
    : request_(request),
      receiver_(receiver),
      handles_(handles),
      sockets_(sockets),
      answer_(answer),
      handle_(handles.Take()),
      reusable_(!request.post.has_value()),
      headers_(nullptr, curl_slist_free_all) {}

HttpTransfer::~HttpTransfer() {
  if (reusable_) handles_.GiveBack(std::move(handle_));
}

absl::Status HttpTransfer::Prepare() {
  RETURN_IF_ERROR(handles_.SetUrl(*handle_, request_.url));
  SetRequest();
  curl_easy_setopt(handle(), CURLOPT_HEADERFUNCTION, &HttpTransfer::HeaderCallback);
  curl_easy_setopt(handle(), CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle(), CURLOPT_WRITEFUNCTION, &HttpTransfer::BodyCallback);
  curl_easy_setopt(handle(), CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle(), CURLOPT_PREREQFUNCTION, &HttpTransfer::ConnectionCallback);
  curl_easy_setopt(handle(), CURLOPT_PREREQDATA, this);
  curl_easy_setopt(handle(), CURLOPT_ERRORBUFFER, error_);
  if (IsLogged(LogLevel::kDebug)) {
    reusable_ = false;
    LogHttpHeaders(handle(), host().c_str());
  }
  return absl::OkStatus();
}

void HttpTransfer::AddHeader(const std::string& line) {
  headers_.reset(curl_slist_append(headers_.release(), line.c_str()));
}

void HttpTransfer::SetRequest() {
  for (const std::string& header : request_.headers) AddHeader(header);
  if (request_.post.has_value()) {
    AddHeader("Content-Type: application/json");
    AddHeader("Expect:");  // no round trip for "100 Continue"
    curl_easy_setopt(handle(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.post->size()));
    curl_easy_setopt(handle(), CURLOPT_POSTFIELDS, request_.post->data());
  }
  curl_easy_setopt(handle(), CURLOPT_HTTPHEADER, headers_.get());
}

// Before the request is sent. On a new connection bytes may wait that belong to TLS.
int HttpTransfer::ConnectionCallback(void* transfer, char*, char*, int, int local_port) {
  auto* self = static_cast<HttpTransfer*>(transfer);
  long opened = 0;
  curl_easy_getinfo(self->handle(), CURLINFO_NUM_CONNECTS, &opened);
  self->had_bad_connection_ = opened == 0 && self->sockets_.HasBytes(local_port);
  return self->had_bad_connection_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

size_t HttpTransfer::HeaderCallback(char* data, size_t size, size_t count, void* transfer) {
  auto* self = static_cast<HttpTransfer*>(transfer);
  self->failure_ = self->OnHeaderLine({data, size * count});
  return self->failure_.ok() ? size * count : 0;
}

size_t HttpTransfer::BodyCallback(char* data, size_t size, size_t count, void* transfer) {
  auto* self = static_cast<HttpTransfer*>(transfer);
  self->failure_ = self->OnBody({data, size * count});
  return self->failure_.ok() ? size * count : size * count + 1;  // any other count stops curl
}

absl::Status HttpTransfer::OnHeaderLine(absl::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHttpHeaderBytes) {
    return absl::DataLossError(
        absl::StrCat(host(), ": answer with more than ", kMaxHttpHeaderBytes, " bytes of headers"));
  }
  if (in_body_) return absl::OkStatus();
  line = absl::StripAsciiWhitespace(line);
  if (absl::StartsWith(line, "HTTP/")) return OnStatusLine(line);
  const size_t colon = line.find(':');
  if (colon == line.npos) return absl::OkStatus();
  response_.headers.emplace_back(
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(line.substr(0, colon))),
      absl::StripAsciiWhitespace(line.substr(colon + 1)));
  return absl::OkStatus();
}

// Also after "100 Continue": the last one counts.
absl::Status HttpTransfer::OnStatusLine(absl::string_view line) {
  response_.status = StatusOfLine(line);
  response_.headers.clear();
  response_.headers.reserve(kUsualHeaders);
  const bool is_answer = response_.status / 100 != 1;
  if (!is_answer || answer_.Begin(*this)) return absl::OkStatus();
  return absl::CancelledError("the request was answered already");
}

absl::Status HttpTransfer::Accept() {
  if (accepted_ || receiver_ == nullptr || !response_.ok()) return absl::OkStatus();
  accepted_ = true;
  return receiver_->accept(response_);
}

absl::Status HttpTransfer::OnBody(absl::string_view data) {
  in_body_ = true;
  RETURN_IF_ERROR(Accept());
  return receiver_ != nullptr && response_.ok() ? receiver_->data(data) : KeepBody(data);
}

absl::Status HttpTransfer::KeepBody(absl::string_view data) {
  if (!response_.ok()) {
    const size_t room = kMaxHttpErrorBytes - response_.body.size();
    absl::StrAppend(&response_.body, data.substr(0, room));
    return absl::OkStatus();
  }
  if (data.size() > kMaxHttpBodyBytes - response_.body.size()) {
    return absl::DataLossError(
        absl::StrCat(host(), ": answer of more than ", kMaxHttpBodyBytes, " bytes"));
  }
  absl::StrAppend(&response_.body, data);
  return absl::OkStatus();
}

absl::Status HttpTransfer::FailureOf(CURLcode code) const {
  const absl::string_view detail = error_[0] != '\0' ? error_ : curl_easy_strerror(code);
  const bool certificates =
      code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
  const absl::string_view remedy =
      certificates ? "; --ca-file FILE names the certificates to trust" : "";
  return absl::Status(CodeOf(code), Redact(absl::StrCat(host(), ": ", detail, remedy)));
}

absl::StatusOr<HttpResponse> HttpTransfer::Result(CURLcode code) {
  RETURN_IF_ERROR(failure_);
  if (code != CURLE_OK) return FailureOf(code);
  RETURN_IF_ERROR(Accept());  // an answer without a body
  return std::move(response_);
}

}  // namespace annofs

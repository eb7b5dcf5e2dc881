// One HTTP exchange on one curl handle: set up by the caller's thread, driven by the curl thread.
// Owned by the HttpClient call that makes it; not thread safe, one thread at a time has it.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/base/clock.h"
#include "cache/store/http.h"
#include "cache/store/http_handles.h"
#include "cache/store/http_sockets.h"

namespace annofs {

class HttpTransfer;

// Which transfer answers a request that was sent more than once: the one whose answer begins first.
// The others end without a use of the receiver. Thread safe.
class HttpAnswer {
 public:
  explicit HttpAnswer(Clock& clock) : clock_(clock) {}

  // Of the curl thread. False: another one's has begun.
  bool Begin(const HttpTransfer& transfer);

  const HttpTransfer* by() const { return by_.load(std::memory_order_acquire); }  // null: none yet
  absl::Time began() const { return began_; }  // REQUIRES: by() is not null

 private:
  Clock& clock_;
  absl::Time began_;
  std::atomic<const HttpTransfer*> by_{nullptr};
};

class HttpTransfer {
 public:
  // `receiver` may be null; all of them outlive the transfer.
  HttpTransfer(const HttpRequest& request, const HttpReceiver* receiver, HttpHandles& handles,
               HttpSockets& sockets, HttpAnswer& answer);
  ~HttpTransfer();
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  // Sets the curl options. kInvalidArgument: a URL that is not allowed.
  absl::Status Prepare();
  CURL* handle() const { return handle_->curl.get(); }
  const std::string& host() const { return handle_->host; }

  // Once it has ended: nothing was sent, as the kept connection that it got was not fit for use. It
  // is closed; another transfer gets another one.
  bool had_bad_connection() const { return had_bad_connection_; }

  // Of the answer; 0: none came.
  int status() const { return response_.status; }

  // What curl's result means, together with what the callbacks found. Once, at the end.
  absl::StatusOr<HttpResponse> Result(CURLcode code);

 private:
  using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

  static size_t HeaderCallback(char* data, size_t size, size_t count, void* transfer);
  static size_t BodyCallback(char* data, size_t size, size_t count, void* transfer);

  static int ConnectionCallback(void* transfer, char* remote_address, char* local_address,
                                int remote_port, int local_port);

  absl::Status OnHeaderLine(absl::string_view line);
  absl::Status OnStatusLine(absl::string_view line);
  absl::Status OnBody(absl::string_view data);
  absl::Status KeepBody(absl::string_view data);
  // The receiver's decision on the headers: once, and only for a 2xx answer.
  absl::Status Accept();
  void AddHeader(const std::string& line);
  void SetRequest();
  absl::Status FailureOf(CURLcode code) const;

  const HttpRequest& request_;
  const HttpReceiver* receiver_;
  HttpHandles& handles_;
  HttpSockets& sockets_;
  HttpAnswer& answer_;
  std::unique_ptr<HttpHandle> handle_;
  bool reusable_;
  HeaderList headers_;
  char error_[CURL_ERROR_SIZE] = "";

  HttpResponse response_;
  bool had_bad_connection_ = false;
  size_t header_bytes_ = 0;
  bool in_body_ = false;  // trailers come as header lines, and are not headers
  bool accepted_ = false;
  absl::Status failure_;  // of a callback: what ended the transfer
};

}  // namespace annofs

// HTTP/1.1 over one curl-multi thread: pooled connections, bounded answers, calls that end by their
// deadline or cancellation. Redirects are not followed; certificates are verified; TLS 1.2 or
// newer.
//
// Thread safe. The thread starts at the first call (a mount daemonises before that) and is joined
// by the destructor, which no call may outlive.
#pragma once

#include <curl/curl.h>

#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/store/http.h"
#include "cache/store/http_sockets.h"

namespace annofs {

class HttpTransfer;

class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Any answer of the server, also 4xx and 5xx. kUnavailable: network; kDataLoss: malformed or too
  // long, an untrusted certificate; kInvalidArgument: the URL; kDeadlineExceeded, kCancelled; or
  // the error of `receiver`, which is not used after the return. `receiver` may be null: the body
  // is kept.
  absl::StatusOr<HttpResponse> Do(const HttpRequest& request, const HttpReceiver* receiver,
                                  const CallContext& context);

 private:
  // A call between its two threads.
  struct Call {
    HttpTransfer* transfer;
    CURLcode code = CURLE_OK;
    bool done = false;
    absl::CondVar finished;
  };

  void StartThread() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Waits until the curl thread has let go of the call; why, if the caller's context ended it.
  absl::Status Await(Call& call, const CallContext& context) ABSL_LOCKS_EXCLUDED(mutex_);

  // Of the curl thread.
  void Run();
  bool TakeWork();
  void Drain();
  void Finish(CURL* handle, CURLcode code);

  const HttpClientOptions options_;
  HttpSockets sockets_;  // the curl thread's
  CURLM* const multi_;   // the curl thread's, but for curl_multi_wakeup
  absl::Mutex mutex_;
  std::thread thread_ ABSL_GUARDED_BY(mutex_);
  std::vector<Call*> added_ ABSL_GUARDED_BY(mutex_);
  std::vector<Call*> abandoned_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace annofs

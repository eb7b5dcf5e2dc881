// HTTP/1.1 over one curl-multi thread: pooled connections, bounded answers, calls that end by their
// deadline or cancellation. Redirects are not followed; certificates are verified; TLS 1.2 or
// newer. A download whose answer is late is sent again (hedge.h): the answer that begins first is
// taken, and the connections of the others closed.
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
#include "cache/store/hedge.h"
#include "cache/store/http.h"
#include "cache/store/http_call.h"
#include "cache/store/http_handles.h"
#include "cache/store/http_sockets.h"

namespace annofs {

class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Any answer of the server, also 4xx and 5xx. kUnavailable: network; kDataLoss: malformed or too
  // long, an untrusted certificate; kInvalidArgument: the URL; kDeadlineExceeded, kCancelled; or
  // the error of `receiver`, which is not used after the return. `receiver` may be null: the body
  // is kept. A GET with a receiver is a download.
  absl::StatusOr<HttpResponse> Do(const HttpRequest& request, const HttpReceiver* receiver,
                                  const CallContext& context);

 private:
  void WakeCurlThread() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void StartThread() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Waits until the curl thread has let go of the call; why, if the caller's context ended it.
  absl::Status Await(HttpCall& call) ABSL_LOCKS_EXCLUDED(mutex_);
  void Send(HttpAttempt& attempt) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // How long the caller may sleep before it looks again.
  absl::Duration WaitOf(const HttpCall& call) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // How long until the answer is late; infinite where that does not matter.
  absl::Duration TimeLeft(const HttpCall& call) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendAgainIfLate(HttpCall& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // For the policy: what the outcome tells of the service.
  void Learn(HttpCall& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Of the curl thread. The caller returns, and the call is gone, as soon as it is done.
  void Run();
  bool TakeWork();
  // Until something comes, from the network or a caller.
  void Sleep() ABSL_LOCKS_EXCLUDED(mutex_);
  bool Add(HttpAttempt& attempt);
  void Drain();
  // Whether the call has ended, unless another attempt waits to be added.
  bool Finish(HttpAttempt& attempt, CURLcode code);
  void Abandon(HttpCall& call) ABSL_LOCKS_EXCLUDED(mutex_);
  void Remove(HttpAttempt& attempt, CURLcode code);
  void RemoveAll(HttpCall& call);
  // Whether an attempt of the call waits to be added.
  bool IsAdded(const HttpCall& call) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(HttpCall& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const HttpClientOptions options_;
  HttpSockets sockets_;  // the curl thread's
  HttpHandles handles_;
  CURLM* const multi_;  // the curl thread's, but for curl_multi_wakeup
  absl::Mutex mutex_;
  std::thread thread_ ABSL_GUARDED_BY(mutex_);
  HedgePolicy hedges_ ABSL_GUARDED_BY(mutex_);
  int sent_again_ ABSL_GUARDED_BY(mutex_) = 0;  // and not done
  std::vector<HttpAttempt*> added_ ABSL_GUARDED_BY(mutex_);
  std::vector<HttpCall*> abandoned_ ABSL_GUARDED_BY(mutex_);
  bool sleeping_ ABSL_GUARDED_BY(mutex_) = false;  // the curl thread
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace annofs

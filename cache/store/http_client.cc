#include "cache/store/http_client.h"

#include <signal.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/algorithm/container.h"
#include "cache/base/status.h"
#include "cache/store/http_transfer.h"
#include "cache/store/waiting.h"

namespace annofs {
namespace {

// How long the curl thread sleeps where nothing wakes it.
constexpr int kIdleMilliseconds = 1000;

CURLM* NewMulti(long connections) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  CURLM* multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connections);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  return multi;
}

// All signals stay with the program's own threads: with SIGPIPE blocked, a write to a closed
// connection is an error and not the end of the process.
template <typename Function>
std::thread StartWithoutSignals(Function function) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(function));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

HttpClient::HttpClient(HttpClientOptions options)
    : options_(std::move(options)), multi_(NewMulti(options_.connections)) {}

HttpClient::~HttpClient() {
  std::thread thread;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    thread = std::move(thread_);
  }
  if (thread.joinable()) {
    curl_multi_wakeup(multi_);
    thread.join();
  }
  curl_multi_cleanup(multi_);
}

absl::StatusOr<HttpResponse> HttpClient::Do(const HttpRequest& request,
                                            const HttpReceiver* receiver,
                                            const CallContext& context) {
  // All kept connections may be unfit; then there is none left.
  for (int left = options_.connections;; --left) {
    RETURN_IF_ERROR(MayWait(context));
    HttpTransfer transfer(request, receiver, options_, sockets_);
    RETURN_IF_ERROR(transfer.Prepare());
    Call call{.transfer = &transfer};
    curl_easy_setopt(transfer.handle(), CURLOPT_PRIVATE, &call);
    RETURN_IF_ERROR(Annotate(Await(call, context), transfer.host()));
    if (!transfer.had_bad_connection() || left <= 0) return transfer.Result(call.code);
  }
}

absl::Status HttpClient::Await(Call& call, const CallContext& context) {
  absl::MutexLock lock(&mutex_);
  StartThread();
  added_.push_back(&call);
  curl_multi_wakeup(multi_);
  absl::Status ended;
  while (!call.done && ended.ok()) {
    call.finished.WaitWithTimeout(&mutex_, std::min(kCancellationPoll, context.Remaining()));
    if (!call.done) ended = context.Check();
  }
  if (call.done) return absl::OkStatus();
  abandoned_.push_back(&call);
  curl_multi_wakeup(multi_);
  while (!call.done) call.finished.Wait(&mutex_);
  return ended;
}

void HttpClient::StartThread() {
  if (!thread_.joinable()) thread_ = StartWithoutSignals([this] { Run(); });
}

void HttpClient::Run() {
  while (TakeWork()) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    Drain();
    curl_multi_poll(multi_, nullptr, 0, kIdleMilliseconds, nullptr);
  }
}

bool HttpClient::TakeWork() {
  std::vector<Call*> added;
  std::vector<Call*> abandoned;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return false;
    added.swap(added_);
    abandoned.swap(abandoned_);
  }
  for (Call* call : added) {
    const CURLMcode code = curl_multi_add_handle(multi_, call->transfer->handle());
    if (code != CURLM_OK && !absl::c_linear_search(abandoned, call)) {
      Finish(call->transfer->handle(), CURLE_FAILED_INIT);
    }
  }
  for (Call* call : abandoned) Finish(call->transfer->handle(), CURLE_ABORTED_BY_CALLBACK);
  return true;
}

void HttpClient::Drain() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;  // gone once the handle is removed
    Finish(message->easy_handle, code);
  }
}

void HttpClient::Finish(CURL* handle, CURLcode code) {
  char* data = nullptr;
  curl_easy_getinfo(handle, CURLINFO_PRIVATE, &data);
  Call* call = reinterpret_cast<Call*>(data);
  curl_multi_remove_handle(multi_, handle);
  absl::MutexLock lock(&mutex_);
  // The caller returns, and the call is gone, as soon as it is done.
  abandoned_.erase(std::remove(abandoned_.begin(), abandoned_.end(), call), abandoned_.end());
  call->code = code;
  call->done = true;
  call->finished.Signal();
}

}  // namespace annofs

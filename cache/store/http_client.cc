#include "cache/store/http_client.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/algorithm/container.h"
#include "cache/base/quiet_thread.h"
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

// How many requests may be on their way again: beside the connections of all others, as behind
// these they would wait for what they are to overtake.
int MostSentAgain(const HttpClientOptions& options) { return std::max(1, options.connections / 4); }

// With one stall in a hundred requests, all of these stall once in a hundred million calls.
constexpr size_t kMostFurther = 3;

bool IsThrottle(int status) { return status == 429 || status == 503; }

HttpAttempt& AttemptOf(CURL* handle) {
  char* data = nullptr;
  curl_easy_getinfo(handle, CURLINFO_PRIVATE, &data);
  return *reinterpret_cast<HttpAttempt*>(data);
}

}  // namespace

HttpClient::HttpClient(HttpClientOptions options)
    : options_(std::move(options)),
      handles_(options_, sockets_),
      multi_(NewMulti(options_.connections + MostSentAgain(options_))) {}

HttpClient::~HttpClient() {
  std::thread thread;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    thread = std::move(thread_);
    WakeCurlThread();
  }
  if (thread.joinable()) thread.join();
  curl_multi_cleanup(multi_);
}

absl::StatusOr<HttpResponse> HttpClient::Do(const HttpRequest& request,
                                            const HttpReceiver* receiver,
                                            const CallContext& context) {
  // All kept connections may be unfit; then there is none left.
  for (int left = options_.connections;; --left) {
    RETURN_IF_ERROR(MayWait(context));
    HttpCall call(request, receiver, context);
    HttpAttempt& first = call.first.emplace(call, handles_, sockets_);
    RETURN_IF_ERROR(first.transfer.Prepare());
    RETURN_IF_ERROR(Annotate(Await(call), first.transfer.host()));
    if (HttpAttempt* outcome = call.outcome()) return outcome->transfer.Result(outcome->code);
    if (left <= 0) return first.transfer.Result(first.code);
  }
}

absl::Status HttpClient::Await(HttpCall& call) {
  absl::MutexLock lock(&mutex_);
  StartThread();
  Send(*call.first);
  if (call.is_download()) hedges_.Started();
  absl::Status ended;
  while (!call.done && ended.ok()) {
    call.finished.WaitWithTimeout(&mutex_, WaitOf(call));
    if (call.done) break;
    ended = call.context.Check();
    if (ended.ok()) SendAgainIfLate(call);
  }
  if (!call.done) {
    abandoned_.push_back(&call);
    WakeCurlThread();
    while (!call.done) call.finished.Wait(&mutex_);
  }
  sent_again_ -= static_cast<int>(call.further.size());
  if (ended.ok()) Learn(call);
  return ended;
}

void HttpClient::Send(HttpAttempt& attempt) {
  curl_easy_setopt(attempt.transfer.handle(), CURLOPT_PRIVATE, &attempt);
  attempt.begun = attempt.call.context.clock->Now();
  added_.push_back(&attempt);
  WakeCurlThread();
}

void HttpClient::WakeCurlThread() {
  if (std::exchange(sleeping_, false)) curl_multi_wakeup(multi_);
}

absl::Duration HttpClient::WaitOf(const HttpCall& call) const {
  const absl::Duration until_late =
      call.refused ? kCancellationPoll : std::max(TimeLeft(call), absl::ZeroDuration());
  return std::min({kCancellationPoll, call.context.Remaining(), until_late});
}

absl::Duration HttpClient::TimeLeft(const HttpCall& call) const {
  const bool matters =
      call.is_download() && call.further.size() < kMostFurther && call.answer.by() == nullptr;
  if (!matters) return absl::InfiniteDuration();
  return call.latest().begun + hedges_.Delay() - call.context.clock->Now();
}

void HttpClient::SendAgainIfLate(HttpCall& call) {
  if (TimeLeft(call) > absl::ZeroDuration()) return;
  call.refused = sent_again_ >= MostSentAgain(options_) || !hedges_.Take(call.context.clock->Now());
  if (call.refused) return;
  call.further.push_back(std::make_unique<HttpAttempt>(call, handles_, sockets_));
  ++sent_again_;
  HttpAttempt& attempt = *call.further.back();
  if (attempt.transfer.Prepare().ok()) Send(attempt);
}

void HttpClient::Learn(HttpCall& call) {
  const HttpAttempt* outcome = call.outcome();
  if (outcome == nullptr) return;
  const int status = outcome->transfer.status();
  if (IsThrottle(status)) hedges_.Throttled(call.context.clock->Now());
  if (status / 100 != 2 || !call.is_download()) return;
  hedges_.Answered(call.answer.began() - outcome->begun, call.refused);
}

void HttpClient::StartThread() {
  if (!thread_.joinable()) thread_ = StartWithoutSignals([this] { Run(); });
}

void HttpClient::Run() {
  while (TakeWork()) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    Drain();
    Sleep();
  }
}

void HttpClient::Sleep() {
  {
    absl::MutexLock lock(&mutex_);
    if (!added_.empty() || !abandoned_.empty() || stopping_) return;
    sleeping_ = true;
  }
  curl_multi_poll(multi_, nullptr, 0, kIdleMilliseconds, nullptr);
}

bool HttpClient::TakeWork() {
  std::vector<HttpAttempt*> added;
  std::vector<HttpCall*> abandoned;
  {
    absl::MutexLock lock(&mutex_);
    sleeping_ = false;
    if (stopping_) return false;
    added.swap(added_);
    abandoned.swap(abandoned_);
  }
  for (HttpAttempt* attempt : added) {
    if (Add(*attempt) || absl::c_linear_search(abandoned, &attempt->call)) continue;
    abandoned.push_back(&attempt->call);
  }
  for (HttpCall* call : abandoned) Abandon(*call);
  return true;
}

bool HttpClient::Add(HttpAttempt& attempt) {
  HttpCall& call = attempt.call;
  if (call.answer.by() != nullptr) return true;  // meanwhile: not sent
  if (curl_multi_add_handle(multi_, attempt.transfer.handle()) != CURLM_OK) {
    attempt.code = CURLE_FAILED_INIT;
    call.failed = &attempt;
    return false;
  }
  call.running.push_back(&attempt);
  if (&attempt != &*call.first && options_.sent_again) options_.sent_again();
  return true;
}

void HttpClient::Drain() {
  std::vector<HttpCall*> ended;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;  // gone once the handle is removed
    HttpAttempt& attempt = AttemptOf(message->easy_handle);
    if (Finish(attempt, code)) ended.push_back(&attempt.call);
  }
  if (ended.empty()) return;
  absl::MutexLock lock(&mutex_);
  for (HttpCall* call : ended) {
    if (call->answer.by() != nullptr || !IsAdded(*call)) End(*call);
  }
}

bool HttpClient::Finish(HttpAttempt& attempt, CURLcode code) {
  HttpCall& call = attempt.call;
  Remove(attempt, code);
  if (call.answer.by() == &attempt.transfer) RemoveAll(call);
  return call.running.empty();
}

bool HttpClient::IsAdded(const HttpCall& call) const {
  return absl::c_any_of(added_, [&](const HttpAttempt* added) { return &added->call == &call; });
}

void HttpClient::Abandon(HttpCall& call) {
  RemoveAll(call);
  absl::MutexLock lock(&mutex_);
  End(call);
}

void HttpClient::Remove(HttpAttempt& attempt, CURLcode code) {
  curl_multi_remove_handle(multi_, attempt.transfer.handle());
  HttpCall& call = attempt.call;
  call.running.erase(absl::c_find(call.running, &attempt));
  attempt.code = code;
  if (!attempt.transfer.had_bad_connection()) call.failed = &attempt;
}

void HttpClient::RemoveAll(HttpCall& call) {
  while (!call.running.empty()) Remove(*call.running.back(), CURLE_ABORTED_BY_CALLBACK);
}

void HttpClient::End(HttpCall& call) {
  std::erase_if(added_, [&](const HttpAttempt* added) { return &added->call == &call; });
  std::erase(abandoned_, &call);
  call.done = true;
  call.finished.Signal();
}

}  // namespace annofs

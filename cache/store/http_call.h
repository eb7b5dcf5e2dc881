// A request on its way: its transfer, and another one each time that the answer is late (hedge.h).
// Owned by the HttpClient::Do() that makes it, which waits until the curl thread has let go of all.
// Not thread safe: what guards each member is said at it.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/store/http_transfer.h"

namespace annofs {

struct HttpCall;

struct HttpAttempt {
  HttpAttempt(HttpCall& its_call, HttpHandles& handles, HttpSockets& sockets);

  HttpCall& call;
  HttpTransfer transfer;
  absl::Time begun;          // the caller's
  CURLcode code = CURLE_OK;  // the curl thread's until the call is done
};

struct HttpCall {
  HttpCall(const HttpRequest& its_request, const HttpReceiver* its_receiver,
           const CallContext& its_context)
      : request(its_request),
        receiver(its_receiver),
        context(its_context),
        answer(*its_context.clock) {}

  bool is_download() const { return receiver != nullptr && !request.post.has_value(); }

  // Whose result it is once the call is done: that of the attempt which was answered, else of the
  // last to fail. Null: nothing was sent, as the kept connections were not fit for use.
  HttpAttempt* outcome() {
    for (const auto& attempt : further) {
      if (&attempt->transfer == answer.by()) return attempt.get();
    }
    return answer.by() == nullptr ? failed : &*first;
  }

  // The one that was sent last.
  const HttpAttempt& latest() const { return further.empty() ? *first : *further.back(); }

  const HttpRequest& request;
  const HttpReceiver* const receiver;
  const CallContext& context;
  HttpAnswer answer;  // thread safe

  // The curl thread's until the call is done.
  absl::InlinedVector<HttpAttempt*, 2> running;
  HttpAttempt* failed = nullptr;

  // Guarded by the mutex of the client.
  std::optional<HttpAttempt> first;
  std::vector<std::unique_ptr<HttpAttempt>> further;
  bool refused = false;  // another one was wanted, and not allowed
  bool done = false;
  absl::CondVar finished;
};

inline HttpAttempt::HttpAttempt(HttpCall& its_call, HttpHandles& handles, HttpSockets& sockets)
    : call(its_call),
      transfer(its_call.request, its_call.receiver, handles, sockets, its_call.answer) {}

}  // namespace annofs

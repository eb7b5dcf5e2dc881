// An HTTP client whose requests are counted as they are sent and as they are answered. Thread safe,
// as HttpClient.
//
// Of `counters`: those of transactions.h, and
//   http.requests.KIND   sent, a further time as the answer was late (hedge.h) not included
//   http.seconds.KIND    histogram: until the end of the answer, or of the wait for it
//   http.answers.STATUS  answers, whatever they say: "http.answers.200"
//   http.no_answer       requests that ended without one: network, deadline, cancelled
//   http.throttled       answers that ask for fewer requests: 429, 503
//   gauge http.in_flight
#pragma once

#include <array>
#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/counters.h"
#include "cache/base/gauge.h"
#include "cache/base/histogram.h"
#include "cache/store/http_client.h"
#include "cache/store/transactions.h"

namespace annofs {

enum class HttpKind { kAuthorize, kFindBucket, kList, kListVersions, kGet };
inline constexpr size_t kHttpKinds = 5;
// "authorize", "find_bucket", "list", "list_versions", "get".
absl::string_view NameOf(HttpKind kind);

class MeteredHttp {
 public:
  // `counters` outlives it. `options.sent_again` is its own.
  MeteredHttp(HttpClientOptions options, Counters& counters);

  // HttpClient::Do().
  absl::StatusOr<HttpResponse> Do(HttpKind kind, const HttpRequest& request,
                                  const HttpReceiver* receiver, const CallContext& context);

  // Transactions that no request of their own stands for.
  void Count(TransactionClass kind, uint64_t transactions) { meter_.Count(kind, transactions); }

 private:
  struct Meter {
    Meter(Counters& counters, HttpKind kind);
    Counter& sent;
    const Histogram took;
  };
  void CountAnswer(int status);

  Counters& counters_;
  TransactionMeter meter_;
  const std::array<Meter, kHttpKinds> kinds_;
  Counter& no_answer_;
  Counter& throttled_;
  const Gauge in_flight_;
  HttpClient http_;  // last: its thread counts
};

}  // namespace annofs

#include "cache/store/metered_http.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

// Reading an object is class B at B2 and at S3, all else that is asked is class C.
TransactionClass ClassOf(HttpKind kind) {
  return kind == HttpKind::kGet ? TransactionClass::kB : TransactionClass::kC;
}

bool IsThrottle(int status) { return status == 429 || status == 503; }

}  // namespace

absl::string_view NameOf(HttpKind kind) {
  switch (kind) {
    case HttpKind::kAuthorize:
      return "authorize";
    case HttpKind::kFindBucket:
      return "find_bucket";
    case HttpKind::kList:
      return "list";
    case HttpKind::kListVersions:
      return "list_versions";
    case HttpKind::kGet:
      break;
  }
  return "get";
}

MeteredHttp::Meter::Meter(Counters& counters, HttpKind kind)
    : sent(counters.Get(absl::StrCat("http.requests.", NameOf(kind)))),
      took(counters, absl::StrCat("http.seconds.", NameOf(kind))) {}

MeteredHttp::MeteredHttp(HttpClientOptions options, Counters& counters)
    : counters_(counters),
      meter_(counters),
      kinds_{Meter(counters, HttpKind::kAuthorize), Meter(counters, HttpKind::kFindBucket),
             Meter(counters, HttpKind::kList), Meter(counters, HttpKind::kListVersions),
             Meter(counters, HttpKind::kGet)},
      no_answer_(counters.Get("http.no_answer")),
      throttled_(counters.Get("http.throttled")),
      in_flight_(counters, "http.in_flight"),
      http_([this, &options] {
        options.sent_again = [this] { meter_.CountHedge(); };
        return std::move(options);
      }()) {}

absl::StatusOr<HttpResponse> MeteredHttp::Do(HttpKind kind, const HttpRequest& request,
                                             const HttpReceiver* receiver,
                                             const CallContext& context) {
  const Meter& meter = kinds_[static_cast<size_t>(kind)];
  meter_.Count(ClassOf(kind));
  meter.sent.Add();
  const InGauge in_flight(in_flight_);
  const absl::Time begun = context.clock->Now();
  absl::StatusOr<HttpResponse> response = http_.Do(request, receiver, context);
  meter.took.Add(context.clock->Now() - begun);
  response.ok() ? CountAnswer(response->status) : no_answer_.Add();
  return response;
}

void MeteredHttp::CountAnswer(int status) {
  // What no server of HTTP says would be a counter each.
  const bool is_known = status >= 100 && status <= 599;
  counters_.Get(is_known ? absl::StrCat("http.answers.", status) : "http.answers.other").Add();
  if (IsThrottle(status)) throttled_.Add();
}

}  // namespace annofs

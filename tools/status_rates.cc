#include "tools/status_rates.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

uint64_t CountOf(JsonValue object, absl::string_view name) {
  return uint64_t(std::max<int64_t>(0, object.IntOr(name, 0)));
}

uint64_t Sum(JsonValue counters, absl::string_view prefix) {
  uint64_t sum = 0;
  counters.ForEachMember([&](absl::string_view name, JsonValue value) {
    if (absl::StartsWith(name, prefix)) sum += uint64_t(value.AsInt().value_or(0));
  });
  return sum;
}

// What rates are made of.
struct Totals {
  explicit Totals(JsonValue status) {
    const JsonValue counters = status["counters"];
    status["latency"]["fuse"].ForEachMember([this](absl::string_view, JsonValue times) {
      operations += double(CountOf(times, "count"));
    });
    read_bytes = double(CountOf(counters, "fuse.read_bytes"));
    const uint64_t sent = Sum(counters, "http.requests.");
    requests = double(sent > 0 ? sent
                               : CountOf(counters, "store.requests.list") +
                                     CountOf(counters, "store.requests.get"));
    received = double(CountOf(counters, "store.bytes"));
    hits = double(CountOf(counters, "cache.hits"));
    misses = double(CountOf(counters, "cache.misses"));
  }
  double operations = 0, read_bytes = 0, requests = 0, received = 0, hits = 0, misses = 0;
};

}  // namespace

std::optional<StatusRates> RatesBetween(JsonValue before, JsonValue after, absl::Duration elapsed) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  const bool same = before.is_object() && after.is_object() &&
                    before.StringOr("started", "") == after.StringOr("started", "");
  if (!same || seconds <= 0) return std::nullopt;
  const Totals a(before);
  const Totals b(after);
  StatusRates rates{.operations = (b.operations - a.operations) / seconds,
                    .read_bytes = (b.read_bytes - a.read_bytes) / seconds,
                    .requests = (b.requests - a.requests) / seconds,
                    .received_bytes = (b.received - a.received) / seconds};
  const double blocks = b.hits - a.hits + b.misses - a.misses;
  if (blocks > 0) rates.hit_ratio = (b.hits - a.hits) / blocks;
  return rates;
}

std::string RatesText(const StatusRates& rates) {
  const auto size = [](double bytes) { return HumanSize(uint64_t(std::max(bytes, 0.0))); };
  std::string text = absl::StrFormat("%.4g operations/s, %s/s read, %.4g requests/s, %s/s received",
                                     rates.operations, size(rates.read_bytes), rates.requests,
                                     size(rates.received_bytes));
  if (rates.hit_ratio)
    absl::StrAppend(&text, ", ", absl::StrFormat("%.1f %%", *rates.hit_ratio * 100), " hits");
  return text;
}

void WriteRates(const StatusRates& rates, JsonWriter& json) {
  json.BeginObject().Key("operations").Double(rates.operations);
  json.Key("read_bytes").Double(rates.read_bytes).Key("requests").Double(rates.requests);
  json.Key("received_bytes").Double(rates.received_bytes).Key("hit_ratio");
  rates.hit_ratio ? json.Double(*rates.hit_ratio) : json.Null();
  json.EndObject();
}

}  // namespace annofs

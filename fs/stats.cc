#include "fs/stats.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "fs/status_json.h"

namespace annofs {
namespace {

// The counts whose name is `prefix` and one word more, by that word.
void WriteCounts(absl::string_view key, absl::string_view prefix, const Readings& readings,
                 JsonWriter& json) {
  json.Key(key).BeginObject();
  for (const auto& [name, value] : readings.counts) {
    absl::string_view word = name;
    if (!absl::ConsumePrefix(&word, prefix) || absl::StrContains(word, '.')) continue;
    json.Key(word).Int(int64_t(value));
  }
  json.EndObject();
}

void WriteHttp(const Readings& readings, JsonWriter& json) {
  json.Key("http").BeginObject();
  WriteCounts("requests", "http.requests.", readings, json);
  WriteCounts("answers", "http.answers.", readings, json);
  json.Key("no_answer").Int(int64_t(readings.Count("http.no_answer")));
  json.Key("throttled").Int(int64_t(readings.Count("http.throttled")));
  json.Key("retries").Int(int64_t(readings.Count("store.retries"))).EndObject();
}

// The kernel's requests by their kind: the counts "fuse.OP" that have a histogram.
void WriteOperations(const Readings& readings, JsonWriter& json) {
  json.Key("operations").BeginObject();
  for (const auto& [name, value] : readings.counts) {
    absl::string_view op = name;
    if (!absl::ConsumePrefix(&op, "fuse.")) continue;
    if (readings.histograms.contains(absl::StrCat("fuse.seconds.", op))) {
      json.Key(op).Int(int64_t(value));
    }
  }
  json.EndObject();
  json.Key("waited").Int(int64_t(readings.Count("fuse.waited")));
  json.Key("read_bytes").Int(int64_t(readings.Count("fuse.read_bytes")));
}

void WriteTimes(absl::string_view key, absl::string_view prefix, const Readings& readings,
                JsonWriter& json) {
  json.Key(key).BeginObject();
  for (const auto& [name, times] : readings.histograms) {
    absl::string_view what = name;
    if (!absl::ConsumePrefix(&what, prefix) || times.count() == 0) continue;
    json.Key(what).BeginObject().Key("count").Int(int64_t(times.count()));
    json.Key("mean").Double(absl::ToDoubleSeconds(times.mean()));
    json.Key("p50").Double(absl::ToDoubleSeconds(times.Quantile(0.5)));
    json.Key("p90").Double(absl::ToDoubleSeconds(times.Quantile(0.9)));
    json.Key("p99").Double(absl::ToDoubleSeconds(times.Quantile(0.99))).EndObject();
  }
  json.EndObject();
}

}  // namespace

std::string StatsJson(const MountStatus& status, absl::Time now) {
  const Readings& readings = status.readings;
  JsonWriter json(JsonWriter::Style::kPretty);
  json.BeginObject();
  WriteCounts("transactions", "store.transactions.", readings, json);
  json.Key("bytes").Int(int64_t(readings.Count("store.bytes")));
  WriteCounts("requests", "store.requests.", readings, json);
  json.Key("errors").Int(int64_t(readings.Count("store.errors")));
  json.Key("cache").BeginObject();
  json.Key("hits").Int(int64_t(readings.Count("cache.hits")));
  json.Key("misses").Int(int64_t(readings.Count("cache.misses"))).EndObject();
  WriteHttp(readings, json);
  WriteOperations(readings, json);
  WriteErrors(status, json);
  WriteLatency(readings, json);
  WriteMemory(status, json);
  WriteQueues(status, json);
  WriteDatasets(status, json);
  WriteCosts(status, now, json);
  return json.EndObject().Take() + "\n";
}

void WriteLatency(const Readings& readings, JsonWriter& json) {
  json.Key("latency").BeginObject();
  WriteTimes("fuse", "fuse.seconds.", readings, json);
  WriteTimes("store", "store.seconds.", readings, json);
  WriteTimes("http", "http.seconds.", readings, json);
  json.EndObject();
}

void WriteEstimate(const std::optional<Estimate>& estimate, JsonWriter& json) {
  json.Key("estimate");
  if (!estimate) {
    json.Null();
    return;
  }
  json.BeginObject().Key("currency").String(estimate->currency);
  json.Key("amount").Double(estimate->amount);
  json.Key("table_date").String(estimate->table_date);
  json.Key("note").String(estimate->note).EndObject();
}

}  // namespace annofs

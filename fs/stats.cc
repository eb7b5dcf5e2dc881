#include "fs/stats.h"

#include "absl/strings/strip.h"

namespace annofs {
namespace {

void WriteRequests(const Counters& counters, JsonWriter& json) {
  json.Key("requests").BeginObject();
  for (const auto& [name, value] : counters.Snapshot()) {
    absl::string_view kind = name;
    if (absl::ConsumePrefix(&kind, "store.requests.")) json.Key(kind).Int(int64_t(value));
  }
  json.EndObject();
}

}  // namespace

std::string StatsJson(const Counters& counters, const std::optional<Estimate>& estimate) {
  Usage usage = UsageOf(counters);
  JsonWriter json(JsonWriter::Style::kPretty);
  json.BeginObject().Key("transactions").BeginObject();
  json.Key("a").Int(int64_t(usage.a)).Key("b").Int(int64_t(usage.b));
  json.Key("c").Int(int64_t(usage.c)).EndObject();
  json.Key("bytes").Int(int64_t(usage.bytes));
  WriteRequests(counters, json);
  json.Key("errors").Int(int64_t(counters.ValueOf("store.errors")));
  json.Key("cache").BeginObject();
  json.Key("hits").Int(int64_t(counters.ValueOf("cache.hits")));
  json.Key("misses").Int(int64_t(counters.ValueOf("cache.misses"))).EndObject();
  WriteEstimate(estimate, json);
  return json.EndObject().Take() + "\n";
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

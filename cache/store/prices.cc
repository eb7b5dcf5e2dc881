#include "cache/store/prices.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/store/url.h"

namespace annofs {
namespace {

absl::StatusOr<PriceTable> ParseTable(JsonValue json) {
  ASSIGN_OR_RETURN(absl::string_view service, json.GetString("service"));
  ASSIGN_OR_RETURN(absl::string_view from, json.GetString("from"));
  PriceTable table{.service = std::string(service),
                   .from = std::string(from),
                   .free = std::string(json.StringOr("free", ""))};
  ASSIGN_OR_RETURN(table.a, json["per_1000"].GetDouble("a"));
  ASSIGN_OR_RETURN(table.b, json["per_1000"].GetDouble("b"));
  ASSIGN_OR_RETURN(table.c, json["per_1000"].GetDouble("c"));
  ASSIGN_OR_RETURN(table.egress, json.GetDouble("egress_per_gb"));
  ASSIGN_OR_RETURN(table.gb, json.GetDouble("gb"));
  if (!(table.gb > 0)) return absl::InvalidArgumentError("gb is not a number of bytes");
  return table;
}

// Dates as text are ordered as days are.
const PriceTable* TableAt(const Prices& prices, absl::string_view service, absl::Time now) {
  std::string today = absl::FormatTime("%Y-%m-%d", now, absl::UTCTimeZone());
  const PriceTable* newest = nullptr;
  for (const PriceTable& table : prices.tables) {
    if (table.service != service || table.from > today) continue;
    if (newest == nullptr || table.from > newest->from) newest = &table;
  }
  return newest;
}

bool IsIn(absl::string_view host, absl::string_view domain) {
  return absl::EndsWith(host, absl::StrCat(".", domain));
}

}  // namespace

absl::StatusOr<Prices> ParsePrices(absl::string_view json) {
  ASSIGN_OR_RETURN(JsonDocument document, JsonDocument::Parse(json));
  ASSIGN_OR_RETURN(absl::string_view currency, document.root().GetString("currency"));
  Prices prices{.currency = std::string(currency)};
  JsonValue tables = document.root()["tables"];
  for (size_t i = 0; i < tables.size(); ++i) {
    absl::StatusOr<PriceTable> table = ParseTable(tables[i]);
    if (!table.ok()) return Annotate(table.status(), absl::StrCat("price table ", i));
    prices.tables.push_back(*std::move(table));
  }
  return prices;
}

std::string ServiceOf(Billing billing, absl::string_view endpoint) {
  if (billing == Billing::kNative) return "b2";
  if (endpoint.empty()) return "aws-s3";
  absl::StatusOr<UrlParts> parts = ParseUrl(endpoint);
  if (!parts.ok()) return "";
  if (IsIn(parts->host, "backblazeb2.com")) return "b2";
  return IsIn(parts->host, "amazonaws.com") ? "aws-s3" : "";
}

Usage UsageOf(const Counters& counters) {
  Usage usage;
  for (const auto& [name, value] : counters.Snapshot()) {
    if (name == "store.transactions.a") usage.a = value;
    if (name == "store.transactions.b") usage.b = value;
    if (name == "store.transactions.c") usage.c = value;
    if (name == "store.bytes") usage.bytes = value;
  }
  return usage;
}

std::optional<Estimate> EstimateCost(const Prices& prices, absl::string_view service,
                                     const Usage& usage, absl::Time now) {
  const PriceTable* table = TableAt(prices, service, now);
  if (table == nullptr) return std::nullopt;
  double transactions =
      double(usage.a) * table->a + double(usage.b) * table->b + double(usage.c) * table->c;
  return Estimate{
      .currency = prices.currency,
      .amount = transactions / 1000 + double(usage.bytes) / table->gb * table->egress,
      .table_date = table->from,
      .note = absl::StrCat("by published prices, without storage; not deducted: ", table->free)};
}

}  // namespace annofs

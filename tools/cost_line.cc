#include "tools/cost_line.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

std::string Price(JsonValue estimate) {
  if (!estimate.is_object()) return "no prices of this service are known";
  return PriceText({.currency = std::string(estimate.StringOr("currency", "")),
                    .amount = estimate.DoubleOr("amount", 0),
                    .table_date = std::string(estimate.StringOr("table_date", "?"))});
}

uint64_t Count(JsonValue counters, absl::string_view name) {
  return uint64_t(counters.IntOr(name, 0));
}

}  // namespace

std::string PriceText(const Estimate& estimate) {
  const std::string amount = absl::StrFormat("%.2f", estimate.amount);
  return absl::StrCat("about ", estimate.currency == "USD" ? "$" : estimate.currency + " ", amount,
                      " (prices of ", estimate.table_date, ")");
}

std::string WithThousands(uint64_t number) {
  std::string digits = absl::StrCat(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string CostLine(JsonValue counters, JsonValue estimate) {
  uint64_t a = Count(counters, "store.transactions.a");
  uint64_t b = Count(counters, "store.transactions.b");
  uint64_t c = Count(counters, "store.transactions.c");
  if (!estimate.is_object() && a + b + c == 0) return "";
  return absl::StrCat("A ", WithThousands(a), ", B ", WithThousands(b), ", C ", WithThousands(c),
                      "; ", HumanSize(Count(counters, "store.bytes")), "; ", Price(estimate));
}

}  // namespace annofs

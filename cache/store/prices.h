// What requests and bytes cost by the services' published prices: a dated table in prices.json,
// which is part of the program. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/counters.h"

namespace annofs {

struct PriceTable {
  std::string service;  // "b2", "aws-s3"
  std::string from;     // the day from which it holds: "2026-05-01"
  double a = 0;         // for 1,000 transactions of the class
  double b = 0;
  double c = 0;
  double egress = 0;  // for one `gb` of bytes that leave the service
  double gb = 0;      // bytes
  std::string free;   // what the service gives for nothing, in words
};

struct Prices {
  std::string currency;  // "USD"
  std::vector<PriceTable> tables;
};

// The text of prices.json as it was when the program was built.
absl::string_view BuiltInPrices();
// kInvalidArgument: what is missing or of a wrong type.
absl::StatusOr<Prices> ParsePrices(absl::string_view json);

// Which tables of prices.json are for a source: "b2", also for B2's S3 service, "aws-s3"; "" where
// none is: a local directory, S3 services of others. `endpoint`: "" for the service's own.
enum class Billing { kNative, kS3 };
std::string ServiceOf(Billing billing, absl::string_view endpoint);

// By class as in transactions.h, and bytes received.
struct Usage {
  uint64_t a = 0;
  uint64_t b = 0;
  uint64_t c = 0;
  uint64_t bytes = 0;
};
Usage UsageOf(const Counters& counters);

struct Estimate {
  std::string currency;
  double amount = 0;
  std::string table_date;
  std::string note;  // what is not in it
};
// By the newest table of the service that holds at `now`; nothing if there is none. What a service
// gives for nothing belongs to the whole account, of which one mount knows nothing: it is not
// deducted.
std::optional<Estimate> EstimateCost(const Prices& prices, absl::string_view service,
                                     const Usage& usage, absl::Time now);

}  // namespace annofs

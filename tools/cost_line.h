// What people are told about costs. Pure functions.
#pragma once

#include <string>

#include "cache/base/json.h"
#include "cache/store/prices.h"

namespace annofs {

// What `annofs status` says about the cost of a mount: "A 0, B 2,000, C 3; 195 MiB; about $0.00
// (prices of 2026-05-01)" from the members of the status JSON; "" where no request was billed by a
// service, as for a local directory.
std::string CostLine(JsonValue counters, JsonValue estimate);

// "about $0.12 (prices of 2026-05-01)".
std::string PriceText(const Estimate& estimate);

// "1,234,567".
std::string WithThousands(uint64_t number);

}  // namespace annofs

// What a call costs: the transaction classes of reference/b2.md §3.1, for both APIs. Pure.
#pragma once

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "tools/emulator/http.h"

namespace annofs::emulator {

enum class TransactionClass { kA, kB, kC, kNone };
inline constexpr size_t kBilledClasses = 3;
inline constexpr std::array<absl::string_view, kBilledClasses> kClassNames = {"A", "B", "C"};

struct Billing {
  TransactionClass transaction_class = TransactionClass::kNone;
  int64_t count = 1;  // transactions of that class: a listing costs one per 1,000 names asked for
  bool download = false;  // its body counts for the download cap
};

// `operation` as the counters name it: "b2_list_file_names", "s3_get_object". Calls that the
// reference does not place have no class.
Billing BillingOf(absl::string_view operation, const Request& request);

}  // namespace annofs::emulator

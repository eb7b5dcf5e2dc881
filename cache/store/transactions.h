// What requests cost: counts of requests by the class that the services bill (reference/b2.md
// §3.1). Every request counts when it is sent, whatever its answer, tries again included; a page of
// more than 1,000 names counts again for each further 1,000 once it has come. Thread safe.
#pragma once

#include <cstdint>

#include "cache/base/counters.h"

namespace annofs {

// A: free. B: reading an object. C: listing, authorising, settings.
enum class TransactionClass { kA, kB, kC };

// The counters "store.transactions.a", ".b" and ".c" of `counters`, which outlives the meter; and
// "store.requests.hedge", downloads that were sent again as the answer was late.
class TransactionMeter {
 public:
  explicit TransactionMeter(Counters& counters)
      : counters_{&counters.Get("store.transactions.a"), &counters.Get("store.transactions.b"),
                  &counters.Get("store.transactions.c")},
        hedges_(&counters.Get("store.requests.hedge")) {}

  void Count(TransactionClass kind, uint64_t transactions = 1) {
    counters_[static_cast<int>(kind)]->Add(transactions);
  }

  void CountHedge() {
    hedges_->Add();
    Count(TransactionClass::kB);
  }

 private:
  Counter* counters_[3];
  Counter* hedges_;
};

}  // namespace annofs

#include "tests/golden/round_trip_losses.h"

namespace annofs::testing {

const std::vector<Deviation>& RoundTripLosses() {
  static const auto* list = new std::vector<Deviation>{};
  return *list;
}

}  // namespace annofs::testing

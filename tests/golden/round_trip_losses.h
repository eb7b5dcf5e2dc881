// What does not come back when an export is read and written again, because its format does not
// hold it, or our readers do not read it: the whole list, with a reason each. An entry that no
// dataset needs fails a test.
#pragma once

#include <vector>

#include "tests/golden/deviations.h"

namespace annofs::testing {

const std::vector<Deviation>& RoundTripLosses();
// What is still lost when it is read and written once more.
const std::vector<Deviation>& RoundTripDrifts();

}  // namespace annofs::testing

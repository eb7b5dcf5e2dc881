// The fuzz target of all that reads a service's answers: every parser of cache/store takes any text
// without a crash, and what it makes of it keeps its promises. The same function is a test of
// cache_store_test and libFuzzer's target (README.md).
#pragma once

#include "absl/strings/string_view.h"

namespace annofs::testing {

// The first byte chooses the parser, the rest is for it. Aborts, with the promise on stderr, where
// one is broken.
void FuzzResponse(absl::string_view input);

}  // namespace annofs::testing

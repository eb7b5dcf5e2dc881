// Names by chance, made of what is easily got wrong: order, separators, escapes, characters beyond
// ASCII. Pure functions.
#pragma once

#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/cache/store/conformance_buckets.h"

namespace annofs::testing {

// A key that a bucket may hold besides `keys`.
std::string RandomKey(ConformanceBucket::Names names, const std::set<std::string>& keys,
                      std::mt19937& random);
std::set<std::string> RandomKeys(ConformanceBucket::Names names, size_t count,
                                 std::mt19937& random);

// What a listing may be asked to begin after: keys, parts of them and more than them, and bytes
// that are no key.
std::string RandomAfter(const std::set<std::string>& keys, std::mt19937& random);

}  // namespace annofs::testing

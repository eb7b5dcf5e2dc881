// Images as files, for tests of the comparers.
#pragma once

#include <string>

#include "tests/golden/pixels.h"

namespace annofs::testing {

// Not as golden files are written: interlaced where it may be, and packed worse.
std::string EncodePng(const Pixels& pixels, bool is_interlaced = false);
// Rows from the bottom, or from the top; the bytes that fill rows up are `filling`.
std::string EncodeBmp(const Pixels& pixels, bool from_top = false, char filling = 0);

}  // namespace annofs::testing

// How much more anonymous memory this process had at most than when the object was made. Thread
// safe but for the destructor.
#pragma once

#include <unistd.h>

#include <cstdint>

#include "absl/base/config.h"
#include "tests/testing/memory_watch.h"

namespace annofs::testing {

class MemoryGrowth {
 public:
  uint64_t mib() const {
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
    return 0;  // it keeps what was freed
#else
    const uint64_t peak = watch_.peak_bytes();
    return peak > before_ ? (peak - before_) >> 20 : 0;
#endif
  }

 private:
  const uint64_t before_ = AnonymousBytes(getpid());
  MemoryWatch watch_{getpid()};
};

}  // namespace annofs::testing

// libFuzzer's entry for the target that the build names.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/ingest_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  annofs::testing::ANNOFS_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}

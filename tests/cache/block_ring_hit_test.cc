// What a hit costs.
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "cache/block_cache.h"
#include "gtest/gtest.h"
#include "tests/cache/ring_testing.h"
#include "tests/testing/temp_dir.h"

namespace {
thread_local uint64_t allocations = 0;
}  // namespace

// Of the whole test program: counted, and otherwise as usual.
void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new[](size_t size) { return operator new(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new[](size_t size, const std::nothrow_t& tag) noexcept {
  return operator new(size, tag);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

namespace annofs {
namespace {

using testing::OpenRing;
using testing::TempDir;
using testing::TestKey;
using testing::WriteBlock;

TEST(BlockRingHitTest, AllocatesNothing) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), 32 << 20);
  const size_t sizes[] = {100, 3000, 65'536, 500'000};
  std::vector<BlockKey> keys;
  for (uint64_t number = 0; number < 40; ++number) {
    WriteBlock(*ring, number, sizes[number % 4]);
    keys.push_back(TestKey(number));
  }
  ring->Flush();
  const auto read_all = [&] {
    uint64_t hits = 0;
    for (uint64_t i = 0; i < 1000; ++i) {
      const BlockResult result = ring->Read(keys[i % 40], Lane::kFast, [](absl::string_view) {});
      hits += result == BlockResult::kHit ? 1 : 0;
    }
    return hits;
  };
  // The first one on each processor takes a transaction.
  uint64_t hits = 0;
  uint64_t allocated = 1;
  for (int attempt = 0; attempt < 20 && allocated != 0; ++attempt) {
    const uint64_t before = allocations;
    hits = read_all();
    allocated = allocations - before;
  }
  EXPECT_EQ(hits, 1000u);
  EXPECT_EQ(allocated, 0u);
}

}  // namespace
}  // namespace annofs

// What a hit costs: nothing is asked of the store, and no memory is taken.
#include <algorithm>
#include <cstdlib>
#include <new>

#include "gtest/gtest.h"
#include "tests/cache/ring_testing.h"
#include "tests/fs/fs_testing.h"

namespace {
thread_local uint64_t allocations = 0;  // of this thread
}  // namespace

// Of the whole test program; the other tests do not notice.
void* operator new(size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace annofs::testing {
namespace {

class HitPathTest : public ::testing::Test {
 protected:
  // A file that was read once, and lies in the block cache.
  NodeId Cached(absl::string_view name, uint64_t size) {
    store_.Put(name, ContentOf(size, size));
    EXPECT_TRUE(mounted_.Open().ok());
    const NodeAttr attr = mounted_.At(name).value();
    EXPECT_EQ(mounted_.Bytes(attr.id, {0, size}).value(), ContentOf(size, size));
    mounted_.cache().blocks->Flush();
    store_.ResetCounts();
    return attr.id;
  }

  // Reads from front to back on the fast lane; answers the bytes that came.
  uint64_t ReadFast(NodeId node, uint64_t size, uint64_t length) {
    uint64_t bytes = 0;
    for (uint64_t offset = 0; offset < size; offset += length) {
      absl::Status status = mounted_.fs().Read(
          node, {offset, length}, [&bytes](Pieces data) { bytes += BytesOf(data); },
          Soon(Lane::kFast));
      EXPECT_TRUE(status.ok()) << status;
    }
    return bytes;
  }

  void ExpectThatHitsTakeNoMemory(NodeId node, uint64_t size, uint64_t length) {
    ReadFast(node, size, length);  // transactions are kept from the first time on
    uint64_t bytes = 0, least = UINT64_MAX;
    for (int round = 0; round < 10; ++round) {  // the cache looks after itself once a second
      const uint64_t before = allocations;
      for (int i = 0; i < 10; ++i) bytes += ReadFast(node, size, length);
      least = std::min(least, allocations - before);
    }
    EXPECT_EQ(least, 0u);
    EXPECT_EQ(bytes, 100 * size);
    EXPECT_EQ(store_.gets(), 0);
  }

  MemoryStore store_;
  Mounted mounted_{store_};
};

TEST_F(HitPathTest, AHitOfASmallFileTakesNoMemory) {
  ExpectThatHitsTakeNoMemory(Cached("a.jpg", 100'000), 100'000, 131'072);
}

TEST_F(HitPathTest, AHitOfALargeFileTakesNoMemory) {
  ExpectThatHitsTakeNoMemory(Cached("a.mp4", 3'000'000), 3'000'000, 1 << 20);
}

}  // namespace
}  // namespace annofs::testing

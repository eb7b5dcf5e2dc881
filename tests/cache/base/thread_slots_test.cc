#include "cache/base/thread_slots.h"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

TEST(ThreadSlotsTest, AThreadGetsWhatItGaveBackOnce) {
  ThreadSlots<int> slots;
  EXPECT_EQ(slots.Take(), nullptr);
  slots.Give(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = slots.Take();
  ASSERT_NE(taken, nullptr);
  EXPECT_EQ(*taken, 7);
  EXPECT_EQ(slots.Take(), nullptr);
}

TEST(ThreadSlotsTest, TheLastOfSeveralIsKept) {
  ThreadSlots<int> slots;
  slots.Give(std::make_unique<int>(1));
  slots.Give(std::make_unique<int>(2));
  EXPECT_EQ(*slots.Take(), 2);
  EXPECT_EQ(slots.Take(), nullptr);
}

TEST(ThreadSlotsTest, NoTwoThreadsHaveOneAtATime) {
  struct Object {
    std::atomic<int> users = 0;
  };
  ThreadSlots<Object> slots;
  std::atomic<bool> were_two = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {  // more than there are slots
    threads.emplace_back([&] {
      for (int round = 0; round < 1000; ++round) {
        std::unique_ptr<Object> object = slots.Take();
        if (object == nullptr) object = std::make_unique<Object>();
        if (object->users.fetch_add(1) != 0) were_two = true;
        object->users.fetch_sub(1);
        slots.Give(std::move(object));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(were_two);
}

}  // namespace
}  // namespace annofs::testing

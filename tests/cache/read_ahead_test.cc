#include "cache/read_ahead.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace annofs {
namespace {

constexpr uint64_t kKiB = 1 << 10;
constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kRead = 128 * kKiB;
constexpr auto kWaited = ReadAhead::Outcome::kWaited;
constexpr auto kHit = ReadAhead::Outcome::kHit;
constexpr auto kPlenty = ReadAhead::Memory::kPlenty;
constexpr auto kTight = ReadAhead::Memory::kTight;

// Follows reads of a version of 1 GiB, with windows of 16 MiB at most.
class ReadAheadTest : public ::testing::Test {
 protected:
  ByteRange Read(uint64_t offset, ReadAhead::Outcome outcome = kWaited,
                 ReadAhead::Memory memory = kPlenty, uint64_t length = kRead) {
    const ByteRange fetch = ahead_.OnRead({offset, length}, outcome, memory);
    fetched_ += fetch.length;
    return fetch;
  }
  // From front to back; answers the longest fetch ahead.
  uint64_t ReadOn(uint64_t from, uint64_t to, ReadAhead::Outcome outcome = kWaited,
                  ReadAhead::Memory memory = kPlenty) {
    uint64_t longest = 0;
    for (; from < to; from += kRead) {
      longest = std::max(longest, Read(from, outcome, memory).length);
    }
    return longest;
  }

  ReadAhead ahead_{1024 * kMiB, 16 * kMiB};
  uint64_t fetched_ = 0;
};

TEST_F(ReadAheadTest, TheFirstReadFetchesNothingAhead) {
  EXPECT_EQ(Read(0).length, 0u);
  EXPECT_EQ(ahead_.OnRead({700 * kMiB, 4096}, kWaited, kPlenty).length, 0u);
}

TEST_F(ReadAheadTest, WhatIsFetchedFollowsWithoutGapOrOverlap) {
  uint64_t end = 0;
  for (uint64_t offset = 0; offset < 64 * kMiB; offset += kRead) {
    const ByteRange fetch = Read(offset);
    if (fetch.length == 0) continue;
    EXPECT_EQ(fetch.offset, std::max(end, offset + kRead));
    end = fetch.end();
  }
  EXPECT_GE(end, 64 * kMiB);
}

TEST_F(ReadAheadTest, TheWindowDoublesEachTimeTheReaderWaitsUpToItsBound) {
  Read(0);
  Read(kRead);
  EXPECT_LE(ReadOn(2 * kRead, 4 * kRead), kMiB);
  EXPECT_GE(ReadOn(4 * kRead, 64 * kMiB), 8 * kMiB);
  EXPECT_LE(ReadOn(64 * kMiB, 256 * kMiB), 16 * kMiB);
}

TEST_F(ReadAheadTest, TheWindowStaysWhileTheReaderDoesNotWait) {
  ReadOn(0, 4 * kRead);
  const uint64_t before = ReadOn(4 * kRead, 8 * kMiB, kHit);
  EXPECT_GT(before, 0u) << "reading ahead goes on";
  EXPECT_EQ(ReadOn(8 * kMiB, 16 * kMiB, kHit), before);
}

TEST_F(ReadAheadTest, AReaderThatNeverWaitsHasNothingFetchedAhead) {
  EXPECT_EQ(ReadOn(0, 64 * kMiB, kHit), 0u);
}

TEST_F(ReadAheadTest, TheWindowShrinksToNothingWhileMemoryIsTightAndGrowsAgain) {
  ReadOn(0, 64 * kMiB);
  ReadOn(64 * kMiB, 84 * kMiB, kWaited, kTight);
  EXPECT_EQ(ReadOn(84 * kMiB, 90 * kMiB, kWaited, kTight), 0u);
  EXPECT_GT(ReadOn(90 * kMiB, 100 * kMiB), 0u);
}

TEST_F(ReadAheadTest, NeverMoreIsAheadThanWasRead) {
  uint64_t end = 0;
  for (uint64_t offset = 0; offset < 32 * kMiB; offset += kRead) {
    const ByteRange fetch = Read(offset);
    if (fetch.length > 0) end = fetch.end();
    EXPECT_LE(end, 2 * (offset + kRead));
  }
}

// The kernel reads ahead itself: its requests are taken up by several threads, in any order.
TEST_F(ReadAheadTest, RequestsThatComeOutOfOrderAreOneStream) {
  std::mt19937 random(1);
  std::vector<uint64_t> offsets;
  for (uint64_t offset = 0; offset < 64 * kMiB; offset += kRead) offsets.push_back(offset);
  for (size_t i = 0; i + 1 < offsets.size(); i += 2) {
    if (random() % 2 == 0) std::swap(offsets[i], offsets[i + 1]);
  }
  for (uint64_t offset : offsets) Read(offset);
  EXPECT_GE(fetched_, 62 * kMiB);
  EXPECT_LE(fetched_, 80 * kMiB);
}

TEST_F(ReadAheadTest, TwoReadersOfOneFileAreTwoStreams) {
  for (uint64_t offset = 0; offset < 32 * kMiB; offset += kRead) {
    Read(offset);
    Read(512 * kMiB + offset);
  }
  EXPECT_GE(fetched_, 62 * kMiB);
}

TEST_F(ReadAheadTest, AReaderHereAndThereDoesNotEndAStream) {
  for (uint64_t offset = 0; offset < 32 * kMiB; offset += kRead) {
    Read(offset);
    Read((offset * 7919 + 100 * kMiB) % (900 * kMiB) + 100 * kMiB, kWaited, kPlenty, 4096);
  }
  EXPECT_GE(fetched_, 30 * kMiB);
}

TEST_F(ReadAheadTest, ReadsHereAndThereFetchNextToNothingAhead) {
  std::mt19937_64 random(1);
  uint64_t read = 0;
  for (int i = 0; i < 2000; ++i, read += 64 * kKiB) {
    Read(random() % (1024 * 16) * 64 * kKiB, kWaited, kPlenty, 64 * kKiB);
  }
  EXPECT_LE(fetched_, read / 100);
}

TEST_F(ReadAheadTest, NothingIsFetchedBehindTheEnd) {
  ReadAhead ahead(5 * kMiB + 17, 16 * kMiB);
  for (uint64_t offset = 0; offset < 5 * kMiB; offset += kRead) {
    EXPECT_LE(ahead.OnRead({offset, kRead}, kWaited, kPlenty).end(), 5 * kMiB + 17);
  }
}

TEST_F(ReadAheadTest, WhatThereWasNoMemoryForIsAskedForAgain) {
  ReadOn(0, 8 * kMiB);
  ByteRange dropped{};
  uint64_t offset = 8 * kMiB;
  for (; dropped.length == 0; offset += kRead) dropped = Read(offset);
  ahead_.OnDropped(dropped);
  ByteRange again{};
  for (; again.length == 0; offset += kRead) again = Read(offset);
  EXPECT_LE(again.offset, std::max(dropped.offset, offset));
}

}  // namespace
}  // namespace annofs

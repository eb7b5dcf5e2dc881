#include "cache/object_reader.h"

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "cache/block_layout.h"
#include "cache/memory_budget.h"
#include "gtest/gtest.h"
#include "tests/cache/ring_testing.h"
#include "tests/testing/memory_store.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::ContentOf;
using testing::MemoryStore;
using testing::TempDir;

constexpr uint64_t kMiB = 1 << 20;

const CallContext kSlow{.lane = Lane::kSlow};
const CallContext kFast{.lane = Lane::kFast};

// A store between reader and fake that counts what is in flight and spoils answers.
class SpoilingStore : public ObjectStore {
 public:
  explicit SpoilingStore(ObjectStore& store) : store_(store) {}

  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override {
    return store_.List(request, context);
  }
  absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                   const CallContext& context) override {
    Remember(range);
    uint64_t now = in_flight_.fetch_add(range.length) + range.length;
    uint64_t most = most_in_flight_.load();
    while (now > most && !most_in_flight_.compare_exchange_weak(most, now)) {
    }
    bool flip = flips_.fetch_sub(1) > 0;
    uint64_t left = range.length - std::min(range.length, short_by_.load());
    absl::Status status = store_.Get(
        version, range,
        [&](absl::string_view data) {
          std::string copy(data.substr(0, left));
          left -= copy.size();
          if (flip && !copy.empty()) copy[0] = static_cast<char>(copy[0] ^ 1);
          return sink(copy);
        },
        context);
    in_flight_.fetch_sub(range.length);
    return status;
  }
  absl::Status Connect(const CallContext& context) override { return store_.Connect(context); }
  std::string name() const override { return store_.name(); }
  Digest DigestToCheck(const ObjectVersion& version) const override {
    return digests_count_ ? version.digest : Digest();
  }

  void IgnoreDigests() { digests_count_ = false; }
  void ForgetRanges() {
    absl::MutexLock lock(&mutex_);
    ranges_.clear();
  }
  // Of the ranges of one object that were asked for.
  bool AnyByteTwice() {
    absl::MutexLock lock(&mutex_);
    std::sort(ranges_.begin(), ranges_.end(),
              [](const ByteRange& a, const ByteRange& b) { return a.offset < b.offset; });
    for (size_t i = 1; i < ranges_.size(); ++i) {
      if (ranges_[i].offset < ranges_[i - 1].end()) return true;
    }
    return false;
  }
  void FlipNext(int gets) { flips_.store(gets); }
  void ShortenBy(uint64_t bytes) { short_by_.store(bytes); }
  uint64_t most_in_flight() const { return most_in_flight_.load(); }

 private:
  void Remember(ByteRange range) {
    absl::MutexLock lock(&mutex_);
    ranges_.push_back(range);
  }

  ObjectStore& store_;
  absl::Mutex mutex_;
  std::vector<ByteRange> ranges_ ABSL_GUARDED_BY(mutex_);
  std::atomic<uint64_t> in_flight_{0}, most_in_flight_{0}, short_by_{0};
  std::atomic<int> flips_{0};
  std::atomic<bool> digests_count_{true};
};

// recent_failures.h
constexpr absl::Duration kFailuresAreForgotten = absl::Milliseconds(1050);

class ObjectReaderTest : public ::testing::Test {
 protected:
  ObjectReaderTest() { Make({.source = "memory://test"}); }

  void Make(const ObjectReaderOptions& options) {
    reader_ = NewObjectReader(spoiling_, *cache_, counters_, options);
  }

  ObjectVersion Put(absl::string_view key, uint64_t size) {
    contents_.emplace(size, ContentOf(size, size));
    return store_.Put(key, contents_[size]);
  }

  absl::StatusOr<std::string> Read(const ObjectVersion& version, uint64_t offset, uint64_t length,
                                   const CallContext& context = kSlow) {
    std::string bytes;
    int calls = 0;
    absl::Status status = reader_->Read(
        version, {offset, length},
        [&](Pieces data) {
          bytes = Join(data);
          ++calls;
        },
        context);
    EXPECT_EQ(calls, status.ok() ? 1 : 0);
    if (!status.ok()) return status;
    return bytes;
  }

  // Of an object made by Put() above.
  std::string Truth(const ObjectVersion& version, uint64_t offset, uint64_t length) const {
    if (offset >= version.size) return "";
    return contents_.at(version.size).substr(offset, length);
  }

  std::map<uint64_t, std::string> contents_;  // by size
  MemoryStore store_;
  SpoilingStore spoiling_{store_};
  std::unique_ptr<BlockCache> cache_ = NewMemoryBlockCache(256 * kMiB);
  Counters counters_;
  std::unique_ptr<ObjectReader> reader_;
};

TEST_F(ObjectReaderTest, ASmallObjectIsOneRequestAndIsReadFromTheCacheAfterwards) {
  ObjectVersion image = Put("a.jpg", 300'000);
  for (uint64_t offset = 0; offset < 300'000; offset += 131'072) {
    EXPECT_EQ(Read(image, offset, 131'072).value(), Truth(image, offset, 131'072));
  }
  EXPECT_EQ(Read(image, 0, 300'000).value(), Truth(image, 0, 300'000));
  EXPECT_EQ(store_.gets(), 1);
  EXPECT_EQ(counters_.Get("cache.misses").value(), 1u);
  EXPECT_EQ(counters_.Get("cache.hits").value(), 3u);
  EXPECT_EQ(counters_.Get("cache.fetched_bytes").value(), 300'000u);
}

TEST_F(ObjectReaderTest, NothingIsAskedForAnEmptyObjectOrBehindTheEnd) {
  EXPECT_EQ(Read(Put("empty", 0), 0, 100).value(), "");
  EXPECT_EQ(Read(Put("small", 10), 10, 100).value(), "");
  EXPECT_EQ(Read(Put("small2", 10), 5, 0).value(), "");
  EXPECT_EQ(Read(Put("huge range", 10), ~uint64_t{0}, ~uint64_t{0}).value(), "");
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(ObjectReaderTest, ARangeIsCutAtTheEnd) {
  ObjectVersion object = Put("a", 3 * kMiB + 17);
  EXPECT_EQ(Read(object, 3 * kMiB, ~uint64_t{0}).value(), Truth(object, 3 * kMiB, 17));
}

TEST_F(ObjectReaderTest, AMissIsFetchedOnceHoweverManyWait) {
  for (uint64_t size : {uint64_t{100'000}, 5 * kMiB}) {
    ObjectVersion object = Put("a", size);
    spoiling_.ForgetRanges();
    store_.ResetCounts();
    store_.Hold();
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int i = 0; i < 32; ++i) {
      threads.emplace_back([&, i] {
        uint64_t offset = 1000 * i;
        if (Read(object, offset, 50'000).value() == Truth(object, offset, 50'000))
          right.fetch_add(1);
      });
    }
    store_.WaitForHeld(1);
    RealClock().Sleep(absl::Milliseconds(100));
    store_.Release();
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(right.load(), 32);
    EXPECT_LE(store_.gets(), size <= kWholeObjectBytes ? 1 : 2);
    EXPECT_FALSE(spoiling_.AnyByteTwice());
  }
}

TEST_F(ObjectReaderTest, TheMissingBlocksOfARangeAreOneRequest) {
  ObjectVersion object = Put("video", 8 * kMiB);
  EXPECT_EQ(Read(object, kMiB, kMiB).value(), Truth(object, kMiB, kMiB));
  EXPECT_EQ(store_.gets(), 1);
}

TEST_F(ObjectReaderTest, BlocksThatAreThereAreNotFetchedAgain) {
  ObjectVersion object = Put("video", 8 * kMiB);
  ASSERT_TRUE(Read(object, 5 * kBlockBytes, 1).ok());
  EXPECT_EQ(Read(object, 3, 9 * kBlockBytes).value(), Truth(object, 3, 9 * kBlockBytes));
  EXPECT_EQ(store_.gets(), 3) << "one block, then what is before it and what is after it";
  EXPECT_EQ(store_.bytes(), 10 * kBlockBytes);
}

TEST_F(ObjectReaderTest, FetchesGrowWhileAnObjectIsReadFromFrontToBack) {
  ObjectVersion object = Put("video", 32 * kMiB);
  for (uint64_t offset = 0; offset < object.size; offset += 131'072) {
    ASSERT_EQ(Read(object, offset, 131'072).value(), Truth(object, offset, 131'072));
  }
  EXPECT_LE(store_.gets(), 128) << "half of what it takes without";
  EXPECT_EQ(store_.bytes(), object.size) << "each byte once";
}

TEST_F(ObjectReaderTest, ReadingAheadStopsAtWhatIsThere) {
  ObjectVersion object = Put("video", 16 * kMiB);
  for (uint64_t offset : {1 * kMiB, 5 * kMiB, 5 * kMiB + 300'000, 15 * kMiB}) {
    ASSERT_TRUE(Read(object, offset, 100).ok());
  }
  for (uint64_t offset = 0; offset < object.size; offset += 131'072) {
    ASSERT_EQ(Read(object, offset, 131'072).value(), Truth(object, offset, 131'072));
  }
  EXPECT_EQ(store_.bytes(), object.size) << "each byte once";
}

TEST_F(ObjectReaderTest, ReadsHereAndThereFetchOnlyTheirBlocks) {
  ObjectVersion object = Put("video", 32 * kMiB);
  for (uint64_t i = 0; i < 10; ++i) {
    ASSERT_TRUE(Read(object, (i * 7 % 10) * 3 * kMiB, 100).ok());
  }
  EXPECT_LE(store_.bytes(), 20 * kBlockBytes);
}

// Waits, not for ever, until the store has given so many bytes.
bool StoreGives(MemoryStore& store, uint64_t bytes) {
  for (const absl::Time end = absl::Now() + absl::Seconds(10); absl::Now() < end;) {
    if (store.bytes() >= bytes) return true;
    absl::SleepFor(absl::Milliseconds(2));
  }
  return false;
}

TEST_F(ObjectReaderTest, WhatComesNextIsFetchedBeforeItIsAskedFor) {
  ObjectVersion object = Put("video", 32 * kMiB);
  ASSERT_TRUE(Read(object, 0, 131'072).ok());
  EXPECT_EQ(store_.bytes(), 131'072u) << "one read is no stream";
  ASSERT_TRUE(Read(object, 131'072, 131'072).ok());
  EXPECT_TRUE(StoreGives(store_, 2 * 262'144));
  EXPECT_EQ(Read(object, 262'144, 131'072, kFast).value(), Truth(object, 262'144, 131'072));
}

TEST_F(ObjectReaderTest, HitsKeepReadingAheadGoing) {
  ObjectVersion object = Put("video", 32 * kMiB);
  ASSERT_TRUE(Read(object, 0, 131'072).ok());
  ASSERT_TRUE(Read(object, 131'072, 131'072).ok());
  for (uint64_t offset = 262'144; offset < 4 * kMiB; offset += 131'072) {
    ASSERT_TRUE(StoreGives(store_, offset + 131'072)) << offset;
    absl::Status status = absl::UnknownError("");
    // The bytes are counted as they come, a moment before they are in the cache.
    for (int i = 0; i < 1000 && !status.ok(); ++i) {
      status = Read(object, offset, 131'072, kFast).status();
      if (!status.ok()) absl::SleepFor(absl::Milliseconds(1));
    }
    ASSERT_TRUE(status.ok()) << offset << ": " << status;
  }
}

TEST_F(ObjectReaderTest, NothingIsFetchedAheadOfAFileThatIsInTheCache) {
  ObjectVersion object = Put("video", 8 * kMiB);
  ASSERT_TRUE(reader_->Warm(object, Keep::kEvictable, kSlow).ok());
  store_.ResetCounts();
  for (uint64_t offset = 0; offset < object.size; offset += 131'072) {
    ASSERT_EQ(Read(object, offset, 131'072, kFast).value(), Truth(object, offset, 131'072));
  }
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(ObjectReaderTest, WarmingCostsWhatItWasSaidToAndIsDoneOnce) {
  for (uint64_t size : {uint64_t{1}, uint64_t{100'000}, kMiB, kMiB + 1, 9 * kMiB + 5}) {
    ObjectVersion object = Put(std::to_string(size), size);
    store_.ResetCounts();
    const FetchCost told = reader_->CostToWarm(object);
    const FetchCost taken = reader_->Warm(object, Keep::kEvictable, kSlow).value();
    EXPECT_EQ(told.bytes, size);
    EXPECT_EQ(store_.bytes(), size);
    EXPECT_EQ(told.requests, uint64_t(store_.gets()));
    EXPECT_EQ(taken.bytes, told.bytes);
    EXPECT_EQ(reader_->CostToWarm(object).requests, 0u);
    EXPECT_EQ(reader_->Warm(object, Keep::kEvictable, kSlow).value().requests, 0u);
    EXPECT_EQ(Read(object, 0, size).value(), Truth(object, 0, size));
    EXPECT_EQ(store_.bytes(), size);
  }
}

TEST_F(ObjectReaderTest, WarmingFetchesOnlyWhatIsMissing) {
  ObjectVersion object = Put("video", 8 * kMiB);
  ASSERT_TRUE(Read(object, 3 * kMiB, 131'072).ok());
  const FetchCost told = reader_->CostToWarm(object);
  EXPECT_EQ(told.bytes, 8 * kMiB - 131'072);
  EXPECT_EQ(told.requests, 3u) << "before, behind, and what is beyond one request";
  EXPECT_EQ(reader_->Warm(object, Keep::kEvictable, kSlow).value().requests, told.requests);
  EXPECT_EQ(store_.bytes(), 8 * kMiB);
}

TEST_F(ObjectReaderTest, ANewVersionIsNeverAnsweredWithTheOldBytes) {
  ObjectVersion old_version = store_.Put("a", "old content");
  EXPECT_EQ(Read(old_version, 0, 100).value(), "old content");
  ObjectVersion new_version = store_.Put("a", "new content");
  EXPECT_EQ(Read(new_version, 0, 100).value(), "new content");
  EXPECT_EQ(Read(old_version, 0, 100).value(), "old content");
}

TEST_F(ObjectReaderTest, AnotherSourceHasOtherBlocks) {
  ObjectVersion object = store_.Put("a", "here");
  ASSERT_TRUE(Read(object, 0, 10).ok());
  Make({.source = "memory://other"});
  ASSERT_TRUE(Read(object, 0, 10).ok());
  EXPECT_EQ(store_.gets(), 2);
}

TEST_F(ObjectReaderTest, BytesThatFailTheDigestAreFetchedAgainOnce) {
  ObjectVersion object = Put("a", 100'000);
  spoiling_.FlipNext(1);
  EXPECT_EQ(Read(object, 0, 100'000).value(), Truth(object, 0, 100'000));
  EXPECT_EQ(store_.gets(), 2);
}

TEST_F(ObjectReaderTest, ADigestThatTheStoreDoesNotStandByIsNotChecked) {
  ObjectVersion object = Put("a", 1000);
  object.digest = DigestOf(DigestKind::kMd5, "something else");
  spoiling_.IgnoreDigests();
  EXPECT_EQ(Read(object, 0, 1000).value(), Truth(object, 0, 1000));
  EXPECT_EQ(store_.gets(), 1);
}

TEST_F(ObjectReaderTest, BytesThatFailTheDigestTwiceAreAnErrorThatNamesTheKeyAndAreNotKept) {
  ObjectVersion object = Put("images/a.jpg", 100'000);
  spoiling_.FlipNext(2);
  absl::Status status = Read(object, 0, 100).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(absl::StrContains(status.message(), "images/a.jpg")) << status;
  absl::SleepFor(kFailuresAreForgotten);
  EXPECT_EQ(Read(object, 0, 100'000).value(), Truth(object, 0, 100'000));
}

TEST_F(ObjectReaderTest, AnAnswerThatIsTooShortIsAnError) {
  ObjectVersion object = Put("video", 4 * kMiB);
  spoiling_.ShortenBy(1);
  EXPECT_EQ(Read(object, 0, 100).status().code(), absl::StatusCode::kDataLoss);
  spoiling_.ShortenBy(0);
  absl::SleepFor(kFailuresAreForgotten);
  EXPECT_EQ(Read(object, 0, 100).value(), Truth(object, 0, 100));
}

TEST_F(ObjectReaderTest, WhoAsksAgainForADamagedObjectAtOnceIsNotTheCauseOfFurtherRequests) {
  ObjectVersion object = Put("images/a.jpg", 1000);
  spoiling_.FlipNext(100);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(absl::IsDataLoss(Read(object, 0, 10).status()));
  EXPECT_EQ(store_.gets(), 2);
}

TEST_F(ObjectReaderTest, AFailureIsAnsweredAndForgotten) {
  ObjectVersion object = Put("a", 1000);
  store_.Fail(MemoryStore::Call::kGet, absl::UnavailableError("no network"));
  EXPECT_EQ(Read(object, 0, 10).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Read(object, 0, 10).value(), Truth(object, 0, 10));
}

TEST_F(ObjectReaderTest, OfflineAMissIsUnavailableAndAHitIsServed) {
  ObjectVersion cached = Put("cached", 1000);
  ObjectVersion missing = Put("missing", 3 * kMiB);
  ASSERT_TRUE(Read(cached, 0, 10).ok());
  store_.ResetCounts();
  Make({.source = "memory://test", .network = ObjectReaderOptions::Network::kOffline});
  EXPECT_EQ(Read(cached, 0, 10).value(), Truth(cached, 0, 10));
  absl::Status status = Read(missing, 0, 10).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(status.message(), "missing")) << status;
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(ObjectReaderTest, TheFastLaneNeverAsksTheStore) {
  ObjectVersion small = Put("small", 1000);
  ObjectVersion large = Put("large", 3 * kMiB);
  for (const ObjectVersion& object : {small, large}) {
    EXPECT_TRUE(IsWouldBlock(Read(object, 0, 200'000, kFast).status()));
    EXPECT_EQ(store_.gets(), 0);
    ASSERT_TRUE(Read(object, 0, 200'000).ok());
    EXPECT_EQ(Read(object, 0, 200'000, kFast).value(), Truth(object, 0, 200'000));
    store_.ResetCounts();
  }
  // The first blocks are there, the next ones are not.
  EXPECT_TRUE(IsWouldBlock(Read(large, 0, 2 * kMiB, kFast).status()));
  EXPECT_EQ(store_.gets(), 0);
}

// Has every block, on a disk that would have to be waited for.
class ColdCache : public BlockCache {
 public:
  BlockResult Read(const BlockKey&, Lane lane,
                   absl::FunctionRef<void(absl::string_view)> fn) override {
    if (lane == Lane::kFast) return BlockResult::kWouldBlock;
    fn("cold");
    return BlockResult::kHit;
  }
  bool Has(const BlockKey&, Keep) override { return false; }
  void Write(const BlockKey&, SharedBytes, Keep) override {}
  bool GiveUpSpace() override { return false; }
  void DropQueued(uint64_t) override {}
  void Flush() override {}
  BlockCacheInfo Info() override { return {}; }
};

TEST_F(ObjectReaderTest, TheFastLaneDoesNotWaitForTheDisk) {
  cache_ = std::make_unique<ColdCache>();
  Make({.source = "memory://test"});
  ObjectVersion object = store_.Put("a", "cold");
  EXPECT_TRUE(IsWouldBlock(Read(object, 0, 4, kFast).status()));
  EXPECT_EQ(Read(object, 0, 4).value(), "cold");
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(ObjectReaderTest, ABlockOfAnotherLengthIsAMiss) {
  cache_ = std::make_unique<ColdCache>();
  Make({.source = "memory://test"});
  EXPECT_EQ(Read(store_.Put("a", "longer than that"), 0, 100).value(), "longer than that");
}

TEST_F(ObjectReaderTest, FetchesInFlightKeepTheirBudget) {
  Make({.source = "memory://test", .memory = 6 * kMiB});
  ASSERT_EQ(ShareMemory(6 * kMiB).fetches, 2 * kMiB);
  store_.SetLatency(absl::Milliseconds(2));
  std::vector<ObjectVersion> objects;
  for (uint64_t i = 0; i < 60; ++i)
    objects.push_back(Put(std::to_string(i), i % 4 == 0 ? 3 * kMiB + i : 600'000 + i));
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 12; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = t; i < objects.size(); i += 12) {
        EXPECT_EQ(Read(objects[i], 0, objects[i].size).value(),
                  Truth(objects[i], 0, objects[i].size));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(spoiling_.most_in_flight(), 2 * kMiB);
  EXPECT_GT(spoiling_.most_in_flight(), kMiB) << "several at once";
}

TEST_F(ObjectReaderTest, AFetchLargerThanTheBudgetRunsAlone) {
  Make({.source = "memory://test", .memory = 1000});
  ObjectVersion object = Put("a", 500'000);
  EXPECT_EQ(Read(object, 0, 500'000).value(), Truth(object, 0, 500'000));
}

TEST_F(ObjectReaderTest, AFetchWhoseReaderHasGoneIsFinishedIntoTheCache) {
  ObjectVersion object = Put("a", 1000);
  Cancellation cancellation;
  store_.Hold();
  std::thread asker([&] {
    (void)Read(object, 0, 10,
               {.deadline = absl::Now() + absl::Milliseconds(10), .cancellation = &cancellation});
  });
  store_.WaitForHeld(1);
  cancellation.Cancel();
  RealClock().Sleep(absl::Milliseconds(30));
  store_.Release();
  asker.join();
  EXPECT_EQ(Read(object, 0, 10).value(), Truth(object, 0, 10));
  EXPECT_EQ(store_.gets(), 1);
}

TEST_F(ObjectReaderTest, AWaiterLeavesAtItsOwnDeadlineOrCancellation) {
  ObjectVersion object = Put("a", 1000);
  store_.Hold();
  std::thread asker([&] { EXPECT_TRUE(Read(object, 0, 10).ok()); });
  store_.WaitForHeld(1);
  absl::Time start = absl::Now();
  EXPECT_EQ(Read(object, 0, 10, {.deadline = start + absl::Milliseconds(30)}).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  Cancellation cancellation;
  std::thread canceller([&] {
    RealClock().Sleep(absl::Milliseconds(30));
    cancellation.Cancel();
  });
  EXPECT_EQ(Read(object, 0, 10, {.cancellation = &cancellation}).status().code(),
            absl::StatusCode::kCancelled);
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  store_.Release();
  asker.join();
  canceller.join();
}

TEST_F(ObjectReaderTest, AWaiterIsNotFailedByAnothersDeadline) {
  ObjectVersion object = Put("a", 1000);
  store_.Hold();
  std::thread asker(
      [&] { (void)Read(object, 0, 10, {.deadline = absl::Now() + absl::Milliseconds(10)}); });
  store_.WaitForHeld(1);
  std::thread waiter([&] { EXPECT_EQ(Read(object, 5, 10).value(), Truth(object, 5, 10)); });
  RealClock().Sleep(absl::Milliseconds(50));
  store_.Release();
  asker.join();
  waiter.join();
  EXPECT_EQ(store_.gets(), 1);
}

TEST_F(ObjectReaderTest, AStuckFetchEndsAtItsTimeout) {
  Make({.source = "memory://test", .fetch_timeout = absl::Milliseconds(50)});
  ObjectVersion object = Put("a", 1000);
  store_.Hold();
  EXPECT_EQ(Read(object, 0, 10).status().code(), absl::StatusCode::kDeadlineExceeded);
  store_.Release();
  EXPECT_TRUE(Read(object, 0, 10).ok());
}

TEST_F(ObjectReaderTest, WhoIsCancelledAlreadyBeginsNoFetch) {
  Cancellation cancellation;
  cancellation.Cancel();
  EXPECT_EQ(Read(Put("a", 1000), 0, 10, {.cancellation = &cancellation}).status().code(),
            absl::StatusCode::kCancelled);
  EXPECT_EQ(store_.gets(), 0);
}

// Random ranges of random objects, by several threads at once, through a cache that forgets: always
// the truth.
void CheckRandomReads(ObjectReader& reader, const std::vector<ObjectVersion>& objects,
                      const std::map<uint64_t, std::string>& contents, uint64_t seed, int reads) {
  std::mt19937_64 random(seed);
  for (int i = 0; i < reads; ++i) {
    const ObjectVersion& object = objects[random() % objects.size()];
    uint64_t offset = random() % (object.size + 10);
    uint64_t length = random() % (uint64_t{1} << (random() % 22));
    std::string expected =
        offset < object.size ? contents.at(object.size).substr(offset, length) : "";
    absl::Status status = reader.Read(
        object, {offset, length}, [&](Pieces data) { EXPECT_TRUE(Join(data) == expected); }, kSlow);
    ASSERT_TRUE(status.ok()) << status;
  }
}

TEST_F(ObjectReaderTest, RandomRangesOfRandomObjectsAreTheTruth) {
  TempDir dir;
  std::vector<std::unique_ptr<BlockCache>> caches;
  caches.push_back(NewMemoryBlockCache(4 * kMiB));
  caches.push_back(testing::OpenRing(dir.path(), 16 * kMiB));
  std::vector<ObjectVersion> objects;
  for (uint64_t size :
       {uint64_t{1}, uint64_t{4095}, uint64_t{65'536}, kMiB, kMiB + 1, 2 * kMiB + 77, 9 * kMiB}) {
    objects.push_back(Put(std::to_string(size), size));
  }
  for (const std::unique_ptr<BlockCache>& cache : caches) {
    std::unique_ptr<ObjectReader> reader =
        NewObjectReader(store_, *cache, counters_, {.source = "memory://test", .memory = 3 * kMiB});
    std::vector<std::thread> threads;
    for (uint64_t seed = 1; seed <= 6; ++seed) {
      threads.emplace_back([&, seed] { CheckRandomReads(*reader, objects, contents_, seed, 300); });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace annofs

#include <map>
#include <string>

#include "cache/base/log.h"
#include "cache/base/readings.h"
#include "cache/base/status.h"
#include "cache/store/stores.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/memory_store.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class TracedStoreTest : public ::testing::Test {
 protected:
  TracedStoreTest() {
    auto memory = std::make_unique<MemoryStore>();
    memory_ = memory.get();
    version_ = memory_->Put("file", "12345");
    store_ = NewTracedStore(std::move(memory), counters_);
    EXPECT_TRUE(StartLog({.file = directory_ / "log"}).ok());
  }
  ~TracedStoreTest() override { EXPECT_TRUE(StartLog({}).ok()); }

  uint64_t Count(absl::string_view name) { return counters_.Get(name).value(); }
  std::string LogText() { return ReadFile(directory_ / "log").value_or(""); }
  absl::Status Get() {
    return store_->Get(version_, {0, 5}, [](absl::string_view) { return absl::OkStatus(); }, {});
  }

  TempDir directory_;
  Counters counters_;
  MemoryStore* memory_;
  ObjectVersion version_;
  std::unique_ptr<ObjectStore> store_;
};

TEST_F(TracedStoreTest, CountsCallsAndBytes) {
  ASSERT_TRUE(store_->List({}, {}).ok());
  ASSERT_TRUE(Get().ok());
  ASSERT_TRUE(Get().ok());
  EXPECT_EQ(Count("store.requests.list"), 1u);
  EXPECT_EQ(Count("store.requests.get"), 2u);
  EXPECT_EQ(Count("store.bytes"), 10u);
  EXPECT_EQ(Count("store.errors"), 0u);
}

TEST_F(TracedStoreTest, CountsBytesOfACallThatFailsMidway) {
  memory_->CutNextGet(3, absl::UnavailableError("reset"));
  EXPECT_FALSE(Get().ok());
  EXPECT_EQ(Count("store.bytes"), 3u);
  EXPECT_EQ(Count("store.errors"), 1u);
}

TEST_F(TracedStoreTest, AFailureIsLoggedWithItsNameAndReason) {
  memory_->Fail(MemoryStore::Call::kGet, absl::UnavailableError("the pod is on fire"));
  EXPECT_FALSE(Get().ok());
  EXPECT_THAT(LogText(), HasSubstr("file"));
  EXPECT_THAT(LogText(), HasSubstr("the pod is on fire"));
}

TEST_F(TracedStoreTest, AFailedFirstContactIsAnError) {
  memory_->Fail(MemoryStore::Call::kConnect, absl::NotFoundError("no such bucket"));
  EXPECT_TRUE(absl::IsNotFound(store_->Connect({})));
  EXPECT_EQ(Count("store.errors"), 1u);
}

TEST_F(TracedStoreTest, AnInterruptedCallIsNoError) {
  memory_->Fail(MemoryStore::Call::kGet, absl::CancelledError("interrupted"));
  EXPECT_TRUE(absl::IsCancelled(Get()));
  memory_->Fail(MemoryStore::Call::kGet, WouldBlock());
  EXPECT_TRUE(IsWouldBlock(Get()));
  EXPECT_EQ(Count("store.errors"), 0u);
  EXPECT_THAT(LogText(), IsEmpty());
}

TEST_F(TracedStoreTest, ANameWithControlBytesStaysOneLineOfTheLog) {
  memory_->Fail(MemoryStore::Call::kList, absl::UnavailableError("no"));
  EXPECT_FALSE(store_->List({.prefix = "a\nfaked line/"}, {}).ok());
  EXPECT_THAT(LogText(), Not(HasSubstr("\nfaked line")));
}

TEST_F(TracedStoreTest, CallsAreTimedByKind) {
  ASSERT_TRUE(store_->List({}, {}).ok());
  memory_->Fail(MemoryStore::Call::kGet, absl::UnavailableError("no"));
  EXPECT_FALSE(Get().ok());
  EXPECT_TRUE(Get().ok());
  const Readings readings = ReadAll(counters_);
  EXPECT_EQ(readings.histograms.at("store.seconds.list").count(), 1u);
  EXPECT_EQ(readings.histograms.at("store.seconds.get").count(), 2u) << "those that fail, too";
  EXPECT_EQ(readings.Of("store.calls"), 0) << "none is under way any more";
}

TEST_F(TracedStoreTest, ACallThatIsUnderWayIsSeen) {
  int64_t seen = 0;
  ASSERT_TRUE(store_
                  ->Get(version_, {0, 5},
                        [&](absl::string_view) {
                          seen = ReadAll(counters_).Of("store.calls");
                          return absl::OkStatus();
                        },
                        {})
                  .ok());
  EXPECT_EQ(seen, 1);
}

// Caps are of one class of transactions each: listing goes on when downloads are refused.
TEST_F(TracedStoreTest, ACapThatIsReachedIsRememberedUntilACallOfThatKindSucceeds) {
  const auto capped = [this](absl::string_view kind) {
    return absl::FromUnixSeconds(ReadAll(counters_).Of(absl::StrCat("store.capped_at.", kind)));
  };
  EXPECT_EQ(capped("get"), absl::UnixEpoch());
  memory_->Fail(MemoryStore::Call::kGet, absl::ResourceExhaustedError("cap"));
  EXPECT_FALSE(Get().ok());
  EXPECT_LT(absl::Now() - capped("get"), absl::Minutes(1));
  EXPECT_EQ(capped("list"), absl::UnixEpoch());
  ASSERT_TRUE(store_->List({}, {}).ok());
  memory_->Fail(MemoryStore::Call::kGet, absl::UnavailableError("no"));
  EXPECT_FALSE(Get().ok());
  EXPECT_GT(capped("get"), absl::UnixEpoch()) << "another error says nothing of the cap";
  ASSERT_TRUE(Get().ok());
  EXPECT_EQ(capped("get"), absl::UnixEpoch());
}

}  // namespace
}  // namespace annofs::testing

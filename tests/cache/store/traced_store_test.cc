#include <map>
#include <string>

#include "cache/base/log.h"
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

}  // namespace
}  // namespace annofs::testing

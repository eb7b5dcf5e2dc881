// What holds whatever the service does, asked of B2 and S3 under each fault of the emulator's
// script: no wrong byte is given for right, each call ends within its deadline and a second, what
// passes is tried again and what stays is not, and where nothing fails no request is made in vain.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cache/base/status.h"
#include "cache/object_fetch.h"
#include "cache/store/stores.h"
#include "gtest/gtest.h"
#include "tests/cache/store/emulated_service.h"
#include "tests/cache/store/fault_cases.h"
#include "tests/testing/emulator_bucket.h"
#include "tests/testing/emulator_process.h"

namespace annofs::testing {
namespace {

using Kind = FaultOutcome::Kind;

constexpr absl::Duration kDeadline = absl::Seconds(10);
constexpr absl::Duration kShortDeadline = absl::Milliseconds(400);
constexpr absl::Duration kGrace = absl::Seconds(1);
constexpr ByteRange kWhole = {0, kFaultyObjectSize};
constexpr ByteRange kPart = {1000, 50'000};
constexpr int kFiles = 25;

std::string Content() {
  std::string content(kFaultyObjectSize, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 2654435761u >> 11);
  return content;
}

class PropertiesTest : public ::testing::TestWithParam<EmulatedService> {
 protected:
  void SetUp() override {
    auto emulator = EmulatorProcess::Start({}, {"--memory-bucket", "bucket"});
    ASSERT_TRUE(emulator.ok()) << emulator.status();
    emulator_ = *std::move(emulator);
    auto bucket = EmulatorBucket::Open(*emulator_, "bucket");
    ASSERT_TRUE(bucket.ok()) << bucket.status();
    bucket_ = *std::move(bucket);
    ASSERT_EQ(bucket_->Put("file", content_).status(), absl::OkStatus());
    Open();
    const absl::StatusOr<ListPage> page = store_->List({}, Within(kDeadline));
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->objects.size(), 1u);
    file_ = page->objects[0];
    ASSERT_EQ(emulator_->ResetCounters(), absl::OkStatus());
  }

  const EmulatedService& service() const { return GetParam(); }

  // The whole stack, as if just started.
  void Open() {
    auto store =
        OpenStore(SourceOf(service(), "bucket"), OptionsOf(service(), *emulator_), counters_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    ASSERT_EQ(store_->Connect(Within(kDeadline)), absl::OkStatus());
    ASSERT_EQ(emulator_->ResetCounters(), absl::OkStatus());
  }

  static CallContext Within(absl::Duration deadline) {
    CallContext context;
    context.deadline = absl::Now() + deadline;
    return context;
  }

  // One call: what came of it. Right answers only, in time, whatever else.
  absl::Status List(absl::Duration deadline) {
    const absl::Time end = absl::Now() + deadline;
    const absl::StatusOr<ListPage> page = store_->List({}, Within(deadline));
    EXPECT_LE(absl::Now(), end + kGrace);
    if (!page.ok()) return page.status();
    EXPECT_EQ(page->objects.size(), 1u);
    EXPECT_TRUE(page->directories.empty());
    if (page->objects.size() != 1) return absl::InternalError("a wrong page");
    EXPECT_EQ(page->objects[0].key, "file");
    EXPECT_EQ(page->objects[0].size, file_.size);
    EXPECT_EQ(page->objects[0].version, file_.version);
    return absl::OkStatus();
  }
  absl::Status Fetch(ByteRange range, absl::Duration deadline, bool may_be_wrong = false) {
    std::string bytes(range.length, '\0');
    const absl::Time end = absl::Now() + deadline;
    const absl::Status status =
        FetchRange(*store_, file_, range, bytes.data(), fetched_, Within(deadline));
    EXPECT_LE(absl::Now(), end + kGrace);
    if (status.ok() && !may_be_wrong) {
      EXPECT_TRUE(bytes == content_.substr(range.offset, range.length)) << "wrong bytes";
    }
    return status;
  }

  // `call` while the fault hits requests of `operation`: it ends as the table says, by so many
  // requests as the table says.
  template <typename Call>
  void Expect(const FaultOutcome& outcome, const std::string& effect, const char* operation,
              Call call) {
    SCOPED_TRACE(absl::StrCat(service().name, " ", operation, " ", effect));
    if (outcome.kind == Kind::kAskedTwice) Expect(outcome::kAfterAnother, effect, operation, call);
    const bool once = outcome.kind == Kind::kAfterAnother;
    const bool twice = once || outcome.kind == Kind::kAskedTwice;
    Open();
    ASSERT_EQ(emulator_->AddFault(absl::StrCat("{\"op\":\"", operation,
                                               "\",\"count\":", once ? 1 : -1, ",", effect, "}")),
              absl::OkStatus());
    const absl::Status status = call(outcome.kind == Kind::kLate ? kShortDeadline : kDeadline);
    const int64_t requests = emulator_->Requests(operation);
    ASSERT_EQ(emulator_->ClearFaults(), absl::OkStatus());
    if (outcome.kind == Kind::kLate) {
      EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
    } else {
      EXPECT_EQ(status.code(), outcome.code) << status;
    }
    EXPECT_EQ(requests, twice ? 2 : 1);
  }

  std::vector<FaultCase> Cases() const {
    return service().kind == SourceUrl::Kind::kB2 ? B2FaultCases() : S3FaultCases();
  }

  const std::string content_ = Content();
  std::unique_ptr<EmulatorProcess> emulator_;
  std::unique_ptr<EmulatorBucket> bucket_;
  Counters counters_;
  Counter fetched_;
  std::unique_ptr<ObjectStore> store_;
  ObjectVersion file_;
};

TEST_P(PropertiesTest, AListingIsRightOrAnErrorInTime) {
  for (const FaultCase& fault : Cases()) {
    Expect(fault.list, fault.effect, service().list,
           [&](absl::Duration deadline) { return List(deadline); });
  }
}

TEST_P(PropertiesTest, AWholeObjectIsRightOrAnErrorInTime) {
  for (const FaultCase& fault : Cases()) {
    Expect(fault.whole, fault.effect, service().get,
           [&](absl::Duration deadline) { return Fetch(kWhole, deadline); });
  }
}

TEST_P(PropertiesTest, APartOfAnObjectIsRightOrAnErrorInTime) {
  for (const FaultCase& fault : Cases()) {
    Expect(fault.range, fault.effect, service().get, [&](absl::Duration deadline) {
      return Fetch(kPart, deadline, fault.range.kind == Kind::kUnseen);
    });
  }
}

TEST_P(PropertiesTest, AnObjectThatStaysCorruptedIsAnError) {
  Expect(outcome::kAsUsual, R"("delayMs":1)", service().get,
         [&](absl::Duration deadline) { return Fetch(kWhole, deadline); });
  ASSERT_EQ(emulator_->AddFault(FaultOf(service(), R"({"op":"$GET","corrupt":true,"count":-1})")),
            absl::OkStatus());
  EXPECT_TRUE(absl::IsDataLoss(Fetch(kWhole, kDeadline)));
  EXPECT_EQ(emulator_->Requests(service().get), 3);
}

// An error page of just the length of the object.
TEST_P(PropertiesTest, AnErrorPageOfTheRightLengthIsNoObject) {
  const std::string page = absl::StrCat("<html>", std::string(kFaultyObjectSize - 6, 'x'));
  ASSERT_EQ(
      emulator_->AddFault(absl::StrCat("{\"op\":\"", service().get,
                                       "\",\"count\":-1,\"status\":200,\"body\":\"", page, "\"}")),
      absl::OkStatus());
  EXPECT_TRUE(absl::IsDataLoss(Fetch(kWhole, kDeadline)));
}

TEST_P(PropertiesTest, WhatFailsForEverIsTriedAgainUntilTheDeadline) {
  for (const char* effect :
       {R"("status":500)", R"("status":503)", R"("reset":true)", R"("cutAfterBytes":0)"}) {
    SCOPED_TRACE(effect);
    Open();
    ASSERT_EQ(emulator_->AddFault(absl::StrCat("{\"count\":-1,", effect, "}")), absl::OkStatus());
    constexpr absl::Duration kSomeTries = absl::Milliseconds(1500);
    EXPECT_FALSE(List(kSomeTries).ok());
    EXPECT_GT(emulator_->Requests(service().list), 1);
    EXPECT_FALSE(Fetch(kPart, kSomeTries).ok());
    EXPECT_GT(emulator_->Requests(service().get), 1);
    ASSERT_EQ(emulator_->ClearFaults(), absl::OkStatus());
  }
}

TEST_P(PropertiesTest, ARetryAfterIsWaitedFor) {
  ASSERT_EQ(emulator_->AddFault(
                FaultOf(service(), R"({"op":"$GET","status":503,"code":"$SLOW","retryAfter":2})")),
            absl::OkStatus());
  const absl::Time start = absl::Now();
  EXPECT_EQ(Fetch(kPart, kDeadline), absl::OkStatus());
  EXPECT_GE(absl::Now() - start, absl::Seconds(2));
}

TEST_P(PropertiesTest, ACallThatCannotWaitForTheRetryAfterEndsAtOnce) {
  ASSERT_EQ(emulator_->AddFault(FaultOf(service(), R"({"op":"$GET","status":503,"code":"$SLOW",)"
                                                   R"("retryAfter":3600,"count":-1})")),
            absl::OkStatus());
  const absl::Time start = absl::Now();
  EXPECT_TRUE(IsRetryable(Fetch(kPart, kDeadline)));
  EXPECT_LT(absl::Now() - start, kDeadline / 2);
  EXPECT_EQ(emulator_->Requests(service().get), 1);
}

// Cut again and again, a download goes on where it broke off.
TEST_P(PropertiesTest, ADownloadThatBreaksOffOftenComesToItsEnd) {
  ASSERT_EQ(
      emulator_->AddFault(FaultOf(service(), R"({"op":"$GET","cutAfterBytes":15000,"count":-1})")),
      absl::OkStatus());
  EXPECT_EQ(Fetch(kWhole, kDeadline), absl::OkStatus());
  EXPECT_EQ(emulator_->Requests(service().get), 7);
  EXPECT_EQ(fetched_.value(), content_.size());
}

TEST_P(PropertiesTest, PagesThatAreShorterThanAskedForHoldAllNames) {
  for (int i = 0; i < kFiles; ++i) {
    ASSERT_EQ(bucket_->Put(absl::StrCat("many/", i), "x").status(), absl::OkStatus());
  }
  ASSERT_EQ(emulator_->Set(R"({"shortPages":true,"opaqueNext":true})"), absl::OkStatus());
  for (int repeat = 0; repeat < 5; ++repeat) {
    ListRequest request{.prefix = "many/", .recursive = true};
    std::vector<std::string> keys;
    do {
      const absl::StatusOr<ListPage> page = store_->List(request, Within(kDeadline));
      ASSERT_TRUE(page.ok()) << page.status();
      for (const ObjectVersion& object : page->objects) keys.push_back(object.key);
      request.start = page->next;
    } while (!request.start.empty());
    EXPECT_EQ(keys.size(), static_cast<size_t>(kFiles));
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
    EXPECT_EQ(std::unique(keys.begin(), keys.end()), keys.end());
  }
}

// S3 has no tokens: each request is signed by itself, and none is in vain.
TEST_P(PropertiesTest, ATokenThatDiesOfAgeIsReplacedOnce) {
  const int tokens = service().kind == SourceUrl::Kind::kB2 ? 1 : 0;
  for (int days = 1; days <= 3; ++days) {
    ASSERT_EQ(emulator_->Advance(absl::Hours(25)), absl::OkStatus());
    EXPECT_EQ(Fetch(kPart, kDeadline), absl::OkStatus());
    EXPECT_EQ(List(kDeadline), absl::OkStatus());
    EXPECT_EQ(emulator_->Requests("b2_authorize_account"), tokens * days);
    EXPECT_EQ(emulator_->Requests(service().get), (1 + tokens) * days);
    EXPECT_EQ(emulator_->Requests(service().list), days);
  }
}

TEST_P(PropertiesTest, WhereNothingFailsNoRequestIsMadeInVain) {
  for (int i = 1; i < kFiles; ++i) {
    ASSERT_EQ(bucket_->Put(absl::StrCat("file", i), "x").status(), absl::OkStatus());
  }
  ASSERT_EQ(emulator_->ResetCounters(), absl::OkStatus());
  auto store =
      OpenStore(SourceOf(service(), "bucket"), OptionsOf(service(), *emulator_), counters_);
  ASSERT_TRUE(store.ok()) << store.status();
  store_ = *std::move(store);
  ListRequest request{.max = 10};
  int pages = 0;
  do {
    const absl::StatusOr<ListPage> page = store_->List(request, Within(kDeadline));
    ASSERT_TRUE(page.ok()) << page.status();
    request.start = page->next;
    ++pages;
  } while (!request.start.empty());
  EXPECT_EQ(Fetch(kWhole, kDeadline), absl::OkStatus());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(emulator_->Requests(service().list), pages);
  EXPECT_EQ(emulator_->Requests(service().get), 1);
  const bool is_b2 = service().kind == SourceUrl::Kind::kB2;
  EXPECT_EQ(emulator_->Requests("b2_authorize_account"), is_b2 ? 1 : 0);
  EXPECT_EQ(emulator_->Requests("b2_list_buckets"), is_b2 ? 1 : 0);
  EXPECT_EQ(emulator_->Requests("total"), pages + 1 + (is_b2 ? 2 : 0));
}

INSTANTIATE_TEST_SUITE_P(Services, PropertiesTest, ::testing::Values(kEmulatedB2, kEmulatedS3),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace annofs::testing

// The whole stack against the emulator with faults: what a reader above sees is the right bytes.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/readings.h"
#include "cache/store/stores.h"
#include "gtest/gtest.h"
#include "tests/testing/emulator_process.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

class B2FaultsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    content_.resize(300'000);
    for (size_t i = 0; i < content_.size(); ++i) content_[i] = static_cast<char>(i % 251);
    ASSERT_TRUE(WriteFile(directory_ / "file", content_).ok());
    auto emulator = EmulatorProcess::Start({{.name = "bucket", .directory = directory_.path()}});
    ASSERT_TRUE(emulator.ok()) << emulator.status();
    emulator_ = *std::move(emulator);
    context_.deadline = absl::Now() + absl::Seconds(30);
    auto store = OpenStore({.kind = SourceUrl::Kind::kB2, .bucket = "bucket"},
                           {.endpoint = emulator_->url(),
                            .b2 = {.key_id = emulator_->key_id(), .key = emulator_->key()}},
                           counters_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    ASSERT_EQ(store_->Connect(context_), absl::OkStatus());
  }

  void Fault(absl::string_view json) {
    const absl::Status status = emulator_->AddFault(json);
    ASSERT_TRUE(status.ok()) << status;
  }
  int64_t Asked(absl::string_view operation) {
    const absl::StatusOr<std::string> counters = emulator_->Counters();
    EXPECT_TRUE(counters.ok()) << counters.status();
    const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(counters.value_or("{}"));
    return json.ok() ? json->root()["requests"].IntOr(operation, 0) : -1;
  }
  void ExpectReadsRight() {
    const absl::StatusOr<ListPage> page = store_->List({}, context_);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->objects.size(), 1u);
    std::string got;
    const auto append = [&](absl::string_view data) {
      absl::StrAppend(&got, data);
      return absl::OkStatus();
    };
    EXPECT_EQ(store_->Get(page->objects[0], {0, content_.size()}, append, context_),
              absl::OkStatus());
    EXPECT_TRUE(got == content_);
  }

  TempDir directory_;
  std::string content_;
  std::unique_ptr<EmulatorProcess> emulator_;
  Counters counters_;
  CallContext context_;
  std::unique_ptr<ObjectStore> store_;
};

TEST_F(B2FaultsTest, WithoutFaultsOneRequestEach) {
  ExpectReadsRight();
  EXPECT_EQ(Asked("b2_authorize_account"), 1);
  EXPECT_EQ(Asked("b2_list_buckets"), 1);
  EXPECT_EQ(Asked("b2_list_file_names"), 1);
  EXPECT_EQ(Asked("b2_download_file_by_id"), 1);
}

TEST_F(B2FaultsTest, BusyServersAreTriedAgain) {
  Fault(R"({"op":"b2_list_file_names","status":503,"code":"service_unavailable","count":2})");
  Fault(R"({"op":"b2_download_file_by_id","status":500,"code":"internal_error","count":2})");
  ExpectReadsRight();
  EXPECT_EQ(Asked("b2_list_file_names"), 3);
  EXPECT_EQ(Asked("b2_download_file_by_id"), 3);
}

TEST_F(B2FaultsTest, RequestsAndAnswersAreCountedByKindAndStatus) {
  Fault(R"({"op":"b2_list_file_names","status":503,"code":"service_unavailable","count":2})");
  Fault(R"({"op":"b2_download_file_by_id","status":401,"code":"expired_auth_token","count":1})");
  ExpectReadsRight();
  const Readings readings = ReadAll(counters_);
  EXPECT_EQ(readings.Count("http.requests.authorize"), 2u);
  EXPECT_EQ(readings.Count("http.requests.find_bucket"), 1u);
  EXPECT_EQ(readings.Count("http.requests.list"), 3u);
  EXPECT_EQ(readings.Count("http.requests.get"), 2u);
  EXPECT_EQ(readings.Count("http.answers.503"), 2u);
  EXPECT_EQ(readings.Count("http.answers.401"), 1u);
  EXPECT_EQ(readings.Count("http.answers.200") + readings.Count("http.answers.206"), 5u);
  EXPECT_EQ(readings.Count("http.throttled"), 2u);
  EXPECT_EQ(readings.Count("http.no_answer"), 0u);
  EXPECT_EQ(readings.Count("store.retries"), 2u);
  EXPECT_EQ(readings.histograms.at("http.seconds.list").count(), 3u);
  EXPECT_EQ(readings.Of("http.in_flight"), 0);
}

// The first is sent again by curl, as a kept connection may have been closed meanwhile.
TEST_F(B2FaultsTest, ARequestWithoutAnAnswerIsCounted) {
  Fault(R"({"op":"b2_list_file_names","reset":true,"count":2})");
  ExpectReadsRight();
  EXPECT_EQ(ReadAll(counters_).Count("http.no_answer"), 1u);
  EXPECT_EQ(ReadAll(counters_).Count("store.retries"), 1u);
}

TEST_F(B2FaultsTest, CutDownloadsAreCompleted) {
  Fault(R"({"op":"b2_download_file_by_id","cutAfterBytes":1000,"count":1})");
  Fault(R"({"op":"b2_download_file_by_id","cutAfterBytes":100000,"count":1})");
  ExpectReadsRight();
  EXPECT_EQ(Asked("b2_download_file_by_id"), 3);
}

TEST_F(B2FaultsTest, AnExpiredTokenIsReplaced) {
  Fault(R"({"op":"b2_download_file_by_id","status":401,"code":"expired_auth_token","count":1})");
  ExpectReadsRight();
  EXPECT_EQ(Asked("b2_authorize_account"), 2);
}

TEST_F(B2FaultsTest, ACapIsNotTriedAgain) {
  Fault(R"({"op":"b2_list_file_names","status":403,"code":"transaction_cap_exceeded","count":-1})");
  EXPECT_TRUE(absl::IsResourceExhausted(store_->List({}, context_).status()));
  EXPECT_EQ(Asked("b2_list_file_names"), 1);
}

TEST_F(B2FaultsTest, AStallEndsByTheDeadline) {
  Fault(R"({"op":"b2_list_file_names","stall":true,"count":-1})");
  context_.deadline = absl::Now() + absl::Milliseconds(500);
  const absl::Time start = absl::Now();
  EXPECT_TRUE(absl::IsDeadlineExceeded(store_->List({}, context_).status()));
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(1500));
}

}  // namespace
}  // namespace annofs::testing

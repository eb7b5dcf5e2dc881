// Downloads that are sent again, as their answer is late.
#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "cache/store/http_client.h"
#include "gtest/gtest.h"
#include "tests/testing/scripted_server.h"

namespace annofs::testing {
namespace {

constexpr int kEnoughToKnowWhatIsUsual = 64;

// What a test scripts for the first and the second request of "/late", and so on in turn; all else
// is answered at once.
struct Script {
  std::function<ScriptedReply()> first;
  std::function<ScriptedReply()> second;
};

int OpenDescriptors() {
  int count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

class HttpHedgeTest : public ::testing::Test {
 protected:
  HttpHedgeTest() { context_.deadline = absl::Now() + absl::Seconds(30); }
  ~HttpHedgeTest() override { Release(); }

  // A download of "/PATH"; its bytes are in `received_`.
  absl::StatusOr<HttpResponse> Download(const std::string& path) {
    const auto accept = [](const HttpResponse&) { return absl::OkStatus(); };
    const auto data = [this](absl::string_view bytes) {
      absl::StrAppend(&received_, bytes);
      return absl::OkStatus();
    };
    const HttpReceiver receiver{.accept = accept, .data = data};
    return client_.Do({.url = server_.url() + path}, &receiver, context_);
  }

  void LearnWhatIsUsual(int downloads = kEnoughToKnowWhatIsUsual) {
    for (int i = 0; i < downloads; ++i) ASSERT_TRUE(Download("/quick").ok());
    received_.clear();
  }

  absl::StatusOr<HttpResponse> DownloadLate(Script script) {
    LearnWhatIsUsual();
    script_ = std::move(script);
    return Download("/late");
  }

  // Waits until the test is over.
  ScriptedReply Stall() {
    over_.WaitForNotification();
    return {.body = "stalled"};
  }
  void Release() {
    if (!over_.HasBeenNotified()) over_.Notify();
  }

  ScriptedReply Answer(const ScriptedRequest& request) {
    if (!absl::StrContains(request.target, "/late")) return {.body = "quick"};
    return late_++ % 2 == 0 ? script_.first() : script_.second();
  }

  absl::Notification over_;
  std::string received_;
  std::atomic<int> late_{0};
  std::atomic<int> told_{0};
  Script script_;
  ScriptedServer server_{[this](const ScriptedRequest& request) { return Answer(request); }};
  HttpClient client_{
      {.connections = 16, .stall_timeout = absl::Seconds(2), .sent_again = [this] { ++told_; }}};
  CallContext context_;
};

TEST_F(HttpHedgeTest, AStalledDownloadIsAnsweredByASecondRequest) {
  const auto response = DownloadLate({.first = [this] { return Stall(); },
                                      .second = [] { return ScriptedReply{.body = "second"}; }});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(received_, "second");
  EXPECT_EQ(server_.CountRequests("/late"), 2);
  EXPECT_EQ(told_, 1);
}

TEST_F(HttpHedgeTest, AnErrorOfTheServiceIsAnAnswerToo) {
  const auto response = DownloadLate(
      {.first = [this] { return Stall(); }, .second = [] { return ScriptedReply{.status = 404}; }});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 404);
}

TEST_F(HttpHedgeTest, NoByteOfTheOvertakenReachesTheReceiver) {
  absl::Notification second_began;
  const auto response =
      DownloadLate({.first =
                        [&] {
                          second_began.WaitForNotification();
                          absl::SleepFor(absl::Milliseconds(300));
                          return ScriptedReply{.body = "first"};
                        },
                    .second =
                        [&] {
                          second_began.Notify();
                          return ScriptedReply{.body = "second", .cut_after = 3, .stall = true};
                        }});
  EXPECT_TRUE(absl::IsUnavailable(response.status())) << response.status();
  EXPECT_EQ(received_, "sec");
}

TEST_F(HttpHedgeTest, TheFirstMayStillAnswerFirst) {
  absl::Notification second_came;
  const auto response = DownloadLate({.first =
                                          [&] {
                                            second_came.WaitForNotification();
                                            return ScriptedReply{.body = "first"};
                                          },
                                      .second =
                                          [&] {
                                            second_came.Notify();
                                            return Stall();
                                          }});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(received_, "first");
}

TEST_F(HttpHedgeTest, AFailureOfTheSecondLeavesTheFirst) {
  absl::Notification second_failed;
  const auto response = DownloadLate({.first =
                                          [&] {
                                            second_failed.WaitForNotification();
                                            absl::SleepFor(absl::Milliseconds(300));
                                            return ScriptedReply{.body = "first"};
                                          },
                                      .second =
                                          [&] {
                                            second_failed.Notify();
                                            return ScriptedReply{.raw = "no HTTP\r\n"};
                                          }});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(received_, "first");
}

TEST_F(HttpHedgeTest, AFailureOfTheFirstLeavesTheSecond) {
  absl::Notification second_came;
  const auto response = DownloadLate({.first =
                                          [&] {
                                            second_came.WaitForNotification();
                                            return ScriptedReply{.raw = "no HTTP\r\n"};
                                          },
                                      .second =
                                          [&] {
                                            second_came.Notify();
                                            absl::SleepFor(absl::Milliseconds(300));
                                            return ScriptedReply{.body = "second"};
                                          }});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(received_, "second");
}

TEST_F(HttpHedgeTest, WhenBothFailTheErrorOfTheLastIsTheAnswer) {
  const auto response =
      DownloadLate({.first = [this] { return Stall(); },
                    .second = [] { return ScriptedReply{.raw = "no HTTP\r\n"}; }});
  EXPECT_TRUE(absl::IsUnavailable(response.status())) << response.status();
  EXPECT_GE(server_.CountRequests("/late"), 2);
}

TEST_F(HttpHedgeTest, AStalledSecondIsOvertakenByAThird) {
  std::atomic<int> came{0};
  const auto third = [&] { return ++came < 3 ? Stall() : ScriptedReply{.body = "third"}; };
  const auto response = DownloadLate({.first = third, .second = third});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(received_, "third");
  EXPECT_EQ(told_, 2);
}

TEST_F(HttpHedgeTest, ACallWithBothOnTheirWayEndsByItsDeadline) {
  LearnWhatIsUsual();
  script_ = {.first = [this] { return Stall(); }, .second = [this] { return Stall(); }};
  context_.deadline = absl::Now() + absl::Milliseconds(500);
  const auto response = Download("/late");
  EXPECT_TRUE(absl::IsDeadlineExceeded(response.status())) << response.status();
  EXPECT_GE(server_.CountRequests("/late"), 2);
  EXPECT_EQ(received_, "");
}

TEST_F(HttpHedgeTest, ConnectionsOfTheOvertakenAreClosed) {
  LearnWhatIsUsual(600);  // saves up as many as may be
  script_ = {.first = [this] { return Stall(); },
             .second = [] { return ScriptedReply{.body = "second"}; }};
  const int before = OpenDescriptors();
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(Download("/late").ok());
  EXPECT_GE(told_, 8);
  Release();
  const absl::Time patience = absl::Now() + absl::Seconds(10);
  while (OpenDescriptors() > before && absl::Now() < patience) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_LE(OpenDescriptors(), before);
}

TEST_F(HttpHedgeTest, WhenEveryAnswerIsLateFewAreAskedForAgain) {
  LearnWhatIsUsual();
  const auto slowly = [] {
    absl::SleepFor(absl::Milliseconds(100));
    return ScriptedReply{.body = "late"};
  };
  script_ = {.first = slowly, .second = slowly};
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(Download("/late").ok());
  EXPECT_LE(told_, 1 + kHedgeShare * (kEnoughToKnowWhatIsUsual + 40));
  EXPECT_GE(told_, 1);
  EXPECT_EQ(server_.CountRequests("/late"), 40 + told_);
}

TEST_F(HttpHedgeTest, OnlyDownloadsAreSentAgain) {
  LearnWhatIsUsual();
  const auto slowly = [] {
    absl::SleepFor(absl::Milliseconds(300));
    return ScriptedReply{.body = "late"};
  };
  script_ = {.first = slowly, .second = slowly};
  EXPECT_TRUE(client_.Do({.url = server_.url() + "/late"}, nullptr, context_).ok());
  EXPECT_TRUE(client_.Do({.url = server_.url() + "/late", .post = "{}"}, nullptr, context_).ok());
  EXPECT_EQ(server_.CountRequests("/late"), 2);
}

TEST_F(HttpHedgeTest, AServiceThatThrottlesIsNotAskedAgain) {
  LearnWhatIsUsual();
  script_ = {.first = [] { return ScriptedReply{.status = 503}; },
             .second =
                 [] {
                   absl::SleepFor(absl::Milliseconds(300));
                   return ScriptedReply{.body = "late"};
                 }};
  ASSERT_EQ(Download("/late")->status, 503);
  EXPECT_TRUE(Download("/late").ok());
  EXPECT_EQ(server_.CountRequests("/late"), 2);
}

}  // namespace
}  // namespace annofs::testing

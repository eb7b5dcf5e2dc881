// `warm` as a mount serves it, over a pair of sockets and a bucket in memory.
#include "tools/warm_service.h"

#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class WarmServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 50; ++i) store_.Put(absl::StrCat("d/", 100 + i), "content");
    ASSERT_TRUE(mounted_.Open({.views = FilesystemOptions::Views::kLeftOut}).ok());
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_), 0);
  }
  void TearDown() override {
    Release();
    if (server_.joinable()) server_.join();
    close(ends_[0]);
  }
  void Start(const std::string& first_line, WarmServiceOptions options = {}) {
    options.views_name = "";
    service_ = std::make_unique<WarmService>(mounted_.fs(), *mounted_.cache().blocks, options);
    server_ = std::thread([this, first_line] {
      ControlClient client(ends_[1], stopped_);
      service_->Serve(first_line, client);
      close(ends_[1]);
    });
  }
  void Say(absl::string_view lines) { ASSERT_TRUE(SendControl(ends_[0], lines)); }
  void EndSaying() { shutdown(ends_[0], SHUT_WR); }
  void Hold() {
    store_.Hold();
    held_ = true;
  }
  void Release() {
    if (std::exchange(held_, false)) store_.Release();
  }
  std::string Hear() {
    LineReader lines(ends_[0], nullptr);
    std::string text;
    for (;;) {
      absl::StatusOr<std::optional<std::string>> line = lines.Next(absl::Seconds(20));
      EXPECT_TRUE(line.ok()) << line.status();
      if (!line.ok() || !*line) return text;
      absl::StrAppend(&text, **line, "\n");
    }
  }

  MemoryStore store_;
  Mounted mounted_{store_};
  Cancellation stopped_;
  int ends_[2] = {-1, -1};
  bool held_ = false;
  std::unique_ptr<WarmService> service_;
  std::thread server_;
};

TEST_F(WarmServiceTest, ProgressIsToldUntilItIsDone) {
  Hold();
  Start("warm", {.readers = 2, .progress_period = absl::Milliseconds(10)});
  Say("d/100\n\nd/101\n");
  store_.WaitForHeld(2);
  absl::SleepFor(absl::Milliseconds(100));
  Release();
  EndSaying();
  EXPECT_THAT(Hear(), ContainsRegex("^progress 0 0 0 0\n(progress .*\n)*done 2 14 2 0\n$"));
}

TEST_F(WarmServiceTest, WhoReadsOnlyWhenAllIsSaidHearsTheEnd) {
  Hold();
  Start("warm", {.readers = 2, .progress_period = absl::Milliseconds(1)});
  Say(".\n");
  store_.WaitForHeld(2);
  absl::SleepFor(absl::Seconds(2));  // far more progress than the socket holds
  Release();
  EndSaying();
  absl::SleepFor(absl::Seconds(1));
  EXPECT_THAT(Hear(), ContainsRegex("done 50 350 50 0\n$"));
}

TEST_F(WarmServiceTest, ADryRunCountsAndFetchesNothing) {
  Start("warm dry-run");
  Say(".\nd\n");
  EndSaying();
  EXPECT_EQ(Hear(), "done 50 350 50 0\n");
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(WarmServiceTest, WhoIsSilentTooLongIsCutOffAndWhatWasSaidIsDone) {
  Start("warm", {.patience = absl::Milliseconds(200)});
  Say("d/100\nd/101\nd/10");
  EXPECT_THAT(Hear(), HasSubstr("error nothing came in time\n"));
  server_.join();
  EXPECT_EQ(store_.gets(), 2);
}

TEST_F(WarmServiceTest, MoreLinesThanTheSocketHoldsAreAllWorkedOn) {
  Start("warm", {.readers = 1});
  std::thread says([this] {
    for (int i = 0; i < 3000; ++i) SendControl(ends_[0], absl::StrCat("d/none", i, "\n"));
    Say("d/100\n");
    EndSaying();
  });
  const std::string said = Hear();
  says.join();
  EXPECT_THAT(said, ContainsRegex("(failed d/none.*\n){10}(progress .*\n)*done 1 7 1 3000\n$"));
}

TEST_F(WarmServiceTest, AStopEndsItWithoutTheRest) {
  Hold();
  Start("warm", {.readers = 2});
  Say(".\n");
  store_.WaitForHeld(2);
  stopped_.Cancel();
  Release();
  EXPECT_THAT(Hear(), HasSubstr("error "));
  server_.join();
  EXPECT_LE(store_.gets(), 2);
}

}  // namespace
}  // namespace annofs::testing

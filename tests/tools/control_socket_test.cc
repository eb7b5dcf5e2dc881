// The control socket against clients of every kind.
#include "tools/control_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;

// Answers `status`; of other lines it reads on and says how many came.
void ServeClient(absl::string_view first, ControlClient& client) {
  if (first == "status") {
    client.Send("fine\n");
    return;
  }
  int lines = 0;
  for (;;) {
    absl::StatusOr<std::optional<std::string>> line = client.lines().Next(absl::Seconds(20));
    if (!line.ok()) {
      client.Send(absl::StrCat("error ", line.status().message(), "\n"));
      return;
    }
    if (!*line) break;
    ++lines;
  }
  client.Send(absl::StrCat(first, " ", lines, "\n"));
}

class ControlSocketTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = directory_ / "control/1.sock";
    absl::StatusOr<std::unique_ptr<ControlServer>> server =
        ControlServer::Start(path_, ServeClient);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void TearDown() override {
    for (int connection : open_) close(connection);
  }
  int Connect() {
    absl::StatusOr<int> connection = ConnectControl(path_);
    EXPECT_TRUE(connection.ok()) << connection.status();
    open_.push_back(connection.value_or(-1));
    return open_.back();
  }
  // All that it says, to the end.
  std::string Hear(int connection) {
    LineReader lines(connection, nullptr);
    std::string text;
    for (;;) {
      absl::StatusOr<std::optional<std::string>> line = lines.Next(absl::Seconds(10));
      EXPECT_TRUE(line.ok()) << line.status();
      if (!line.ok() || !*line) return text;
      absl::StrAppend(&text, **line, "\n");
    }
  }
  // Until those who have gone have been seen to have gone.
  void AwaitRoom() {
    for (int i = 0; i < 100; ++i) {
      if (AskControl(path_, "status", absl::Seconds(1)).value_or("") == "fine\n") return;
      absl::SleepFor(absl::Milliseconds(20));
    }
  }
  void ExpectStatusAtOnce() {
    absl::StatusOr<std::string> answer = AskControl(path_, "status", absl::Milliseconds(900));
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(*answer, "fine\n");
  }

  testing::TempDir directory_;
  std::string path_;
  std::unique_ptr<ControlServer> server_;
  std::vector<int> open_;
};

TEST_F(ControlSocketTest, ASocketThatNobodyListensAtIsToldFromOthers) {
  EXPECT_FALSE(IsAbandonedControl(path_));
  EXPECT_FALSE(IsAbandonedControl(directory_ / "absent"));
  const std::string left = directory_ / "left";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, left.data(), left.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  close(socket);
  EXPECT_TRUE(IsAbandonedControl(left));
}

TEST_F(ControlSocketTest, ALateEndLeavesTheSocketOfTheNextMount) {
  const auto next = ControlServer::Start(path_, ServeClient);
  ASSERT_TRUE(next.ok()) << next.status();
  server_->Stop();
  EXPECT_EQ(AskControl(path_, "status", absl::Seconds(5)).value_or(""), "fine\n");
}

TEST_F(ControlSocketTest, AClientIsServedUntilItEnds) {
  const int client = Connect();
  ASSERT_TRUE(SendControl(client, "count\na\nb\nlast"));
  shutdown(client, SHUT_WR);
  EXPECT_EQ(Hear(client), "count 3\n");
}

TEST_F(ControlSocketTest, StatusIsAnsweredWhileOthersTalkOrAreSilent) {
  for (int i = 0; i < 8; ++i) SendControl(Connect(), "count\na\n");
  for (int i = 0; i < 8; ++i) Connect();
  for (int i = 0; i < 8; ++i) SendControl(Connect(), "half a li");
  ExpectStatusAtOnce();
}

TEST_F(ControlSocketTest, WhoSaysNothingIsToldAndCutOff) {
  EXPECT_THAT(Hear(Connect()), HasSubstr("error no question: nothing came in time"));
  const int ended = Connect();
  shutdown(ended, SHUT_WR);
  EXPECT_THAT(Hear(ended), HasSubstr("error no question"));
}

TEST_F(ControlSocketTest, ALineOfAnyLengthCostsBoundedMemory) {
  const int first = Connect();
  SendControl(first, std::string(5000, 'x'));
  EXPECT_THAT(Hear(first), HasSubstr("error no question: a line of more than 4096 bytes"));
  const int later = Connect();
  SendControl(later, "count\n" + std::string(4096, 'x') + "\n" + std::string(4097, 'x') + "\n");
  EXPECT_THAT(Hear(later), HasSubstr("error a line of more than 4096 bytes"));
}

TEST_F(ControlSocketTest, TheClientsAreBounded) {
  for (int i = 0; i < 32; ++i) SendControl(Connect(), "count\n");
  EXPECT_THAT(Hear(Connect()), HasSubstr("error too many clients"));
  for (int connection : open_) shutdown(connection, SHUT_RDWR);
  AwaitRoom();
  ExpectStatusAtOnce();
}

TEST_F(ControlSocketTest, WhoGoesAwayLeavesItServing) {
  for (int i = 0; i < 100; ++i) {
    absl::StatusOr<int> client = ConnectControl(path_);
    ASSERT_TRUE(client.ok());
    SendControl(*client, i % 2 == 0 ? "count\na\nb" : "status\n");
    close(*client);
  }
  AwaitRoom();
  ExpectStatusAtOnce();
}

TEST_F(ControlSocketTest, AStopEndsThoseWhoAreServedAndRemovesTheSocket) {
  const int client = Connect();
  SendControl(client, "count\na\n");
  ExpectStatusAtOnce();
  const absl::Time begin = absl::Now();
  server_->Stop();
  EXPECT_FALSE(AskControl(path_, "status", absl::Seconds(1)).ok());
  EXPECT_THAT(Hear(client), HasSubstr("error interrupted"));
  server_ = nullptr;
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
}

}  // namespace
}  // namespace annofs

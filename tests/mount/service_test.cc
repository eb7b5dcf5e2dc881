// A mount as a service of systemd (Type=notify), which this test plays.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

class ServiceTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    Sh("mkdir -p mnt bucket && head -c 200000 /dev/urandom > bucket/a");
    Serve("bucket");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = Path("notify");
    ASSERT_LT(path.size(), sizeof address.sun_path);
    std::memcpy(address.sun_path, path.data(), path.size());
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
    setenv("WATCHDOG_USEC", "200000", 1);
  }
  void TearDown() override {
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    if (socket_ >= 0) close(socket_);
    MountTest::TearDown();
  }
  // The next message; "" if there is none in time.
  std::string Hear(absl::Duration timeout = absl::Seconds(20)) {
    pollfd one{.fd = socket_, .events = POLLIN, .revents = 0};
    if (poll(&one, 1, int(absl::ToInt64Milliseconds(timeout))) != 1) return "";
    char buffer[4096];
    const ssize_t got = recv(socket_, buffer, sizeof buffer, 0);
    return got > 0 ? std::string(buffer, size_t(got)) : "";
  }
  std::unique_ptr<Process> StartService() {
    return StartAnnofs({"mount", "-f", "b2://b", Path("mnt"), "--endpoint", emulator_->url(),
                        "--cache", Path("cache"), "--no-views"});
  }

  int socket_ = -1;
};

TEST_F(ServiceTest, ItIsReadyWhenTheMountAnswersAndStopsInOrder) {
  ASSERT_TRUE(
      emulator_->AddFault("{\"op\":\"b2_list_file_names\",\"stall\":true,\"count\":-1}").ok());
  std::unique_ptr<Process> service = StartService();
  for (int i = 0; i < 200 && Requests("b2_list_file_names") == 0; ++i) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  EXPECT_EQ(Hear(absl::Milliseconds(300)), "") << "it does not answer yet";
  ASSERT_TRUE(emulator_->ClearFaults().ok());
  EXPECT_EQ(Hear(), absl::StrCat("READY=1\nSTATUS=b2://b at ", Path("mnt"), "\n"));
  EXPECT_TRUE(IsMounted(Path("mnt")));
  EXPECT_EQ(Hear(), "WATCHDOG=1\n");
  service->Signal(SIGTERM);
  std::string said = Hear();
  while (said == "WATCHDOG=1\n") said = Hear();
  EXPECT_THAT(said, HasSubstr("STOPPING=1\nSTATUS="));
  EXPECT_EQ(service->Wait()->exit_code, 0);
  EXPECT_EQ(Hear(absl::Milliseconds(200)), "");
}

TEST_F(ServiceTest, TheHeartbeatGoesOnWhileTheStoreIsSlowAndStopsWithTheDaemon) {
  std::unique_ptr<Process> service = StartService();
  EXPECT_THAT(Hear(), HasSubstr("READY=1"));
  Sh("ls -l mnt >/dev/null");
  ASSERT_TRUE(
      emulator_->AddFault("{\"op\":\"b2_download_file_by_id\",\"stall\":true,\"count\":-1}").ok());
  absl::StatusOr<std::unique_ptr<Process>> reader =
      Process::Start({.argv = {"cat", Path("mnt/a")}});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Hear(absl::Seconds(2)), "WATCHDOG=1\n");
  service->Signal(SIGSTOP);
  absl::SleepFor(absl::Milliseconds(100));
  while (!Hear(absl::ZeroDuration()).empty()) {
  }
  EXPECT_EQ(Hear(absl::Milliseconds(400)), "");
  service->Signal(SIGCONT);
  EXPECT_EQ(Hear(absl::Seconds(2)), "WATCHDOG=1\n");
  service->Signal(SIGTERM);
  const absl::StatusOr<ProcessResult> end = service->Wait();
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->exit_code, 0);
}

TEST_F(ServiceTest, AnUnmountIsAnEndInOrder) {
  std::unique_ptr<Process> service = StartService();
  EXPECT_THAT(Hear(), HasSubstr("READY=1"));
  Unmount(Path("mnt"));
  EXPECT_EQ(service->Wait()->exit_code, 0);
  std::string said = Hear();
  while (said == "WATCHDOG=1\n") said = Hear();
  EXPECT_THAT(said, HasSubstr("STOPPING=1"));
}

TEST_F(ServiceTest, WhoIsTakenToTheBackgroundSaysNothing) {
  const ProcessResult result =
      Annofs({"mount", "b2://b", Path("mnt"), "--endpoint", emulator_->url()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Hear(absl::Milliseconds(400)), "");
  Unmount(Path("mnt"));
}

TEST_F(ServiceTest, AMountThatFailsIsNotReady) {
  const ProcessResult result =
      Annofs({"mount", "-f", "b2://nosuch", Path("mnt"), "--endpoint", emulator_->url()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(Hear(absl::Milliseconds(200)), "");
}

}  // namespace
}  // namespace annofs::testing

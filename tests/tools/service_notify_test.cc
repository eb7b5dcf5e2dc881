// What a service manager is told, heard at a socket as systemd's.
#include "tools/service_notify.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;

class ServiceNotifyTest : public ::testing::Test {
 protected:
  ~ServiceNotifyTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
    if (socket_ >= 0) close(socket_);
    (void)StartLog({.level = LogLevel::kWarning});
  }
  // `name`: as NOTIFY_SOCKET says it.
  void Listen(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const size_t size = offsetof(sockaddr_un, sun_path) + name.size() + (name[0] != '@');
    ASSERT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), socklen_t(size)), 0);
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  // The next message, "" if there is none in time.
  std::string Hear(absl::Duration timeout = absl::Seconds(10)) {
    pollfd one{.fd = socket_, .events = POLLIN, .revents = 0};
    if (poll(&one, 1, int(absl::ToInt64Milliseconds(timeout))) != 1) return "";
    char buffer[4096];
    const ssize_t got = recv(socket_, buffer, sizeof buffer, 0);
    return got > 0 ? std::string(buffer, size_t(got)) : "";
  }
  void HearOut() {
    while (!Hear(absl::ZeroDuration()).empty()) {
    }
  }

  testing::TempDir dir_;
  int socket_ = -1;
};

TEST_F(ServiceNotifyTest, AStateIsOneMessage) {
  Listen(dir_ / "notify");
  ServiceNotifier::Take().SendState("READY=1", "b2://b at /mnt/a\nb");
  EXPECT_EQ(Hear(), "READY=1\nSTATUS=b2://b at /mnt/a\\nb\n");
}

TEST_F(ServiceNotifyTest, TheSocketMayBeInTheAbstractNamespace) {
  Listen(absl::StrCat("@annofs-test-", getpid()));
  ServiceNotifier::Take().Send("STOPPING=1\n");
  EXPECT_EQ(Hear(), "STOPPING=1\n");
}

TEST_F(ServiceNotifyTest, ChildrenAreNotTheService) {
  Listen(dir_ / "notify");
  setenv("WATCHDOG_USEC", "1000000", 1);
  setenv("WATCHDOG_PID", absl::StrCat(getpid()).c_str(), 1);
  EXPECT_EQ(ServiceNotifier::Take().watchdog(), absl::Seconds(1));
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
    EXPECT_EQ(getenv(name), nullptr) << name;
  }
}

TEST_F(ServiceNotifyTest, WithoutAServiceManagerNothingIsSaid) {
  setenv("WATCHDOG_USEC", "1000000", 1);
  const ServiceNotifier nobody = ServiceNotifier::Take();
  EXPECT_EQ(nobody.watchdog(), absl::ZeroDuration());
  nobody.Send("READY=1\n");
}

TEST_F(ServiceNotifyTest, AWatchdogOfAnotherProcessOrWithoutATimeIsNone) {
  for (const auto& [period, process] : {std::pair("1000000", "1"), std::pair("0", ""),
                                        std::pair("soon", ""), std::pair("-5", "")}) {
    setenv("NOTIFY_SOCKET", (dir_ / "notify").c_str(), 1);
    setenv("WATCHDOG_USEC", period, 1);
    setenv("WATCHDOG_PID", process, 1);
    EXPECT_EQ(ServiceNotifier::Take().watchdog(), absl::ZeroDuration()) << period << process;
  }
}

TEST_F(ServiceNotifyTest, TheHeartbeatIsSilentWhileTheMountDoesNotServe) {
  Listen(dir_ / "notify");
  setenv("WATCHDOG_USEC", "100000", 1);
  const ServiceNotifier service = ServiceNotifier::Take();
  std::atomic<bool> serves{true};
  Heartbeat heartbeat(service, [&serves] { return serves.load(); });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Hear(absl::Milliseconds(500)), "WATCHDOG=1\n");
  ASSERT_TRUE(StartLog({.file = dir_ / "log"}).ok());
  serves = false;
  absl::SleepFor(absl::Milliseconds(60));  // one that was under way
  HearOut();
  EXPECT_EQ(Hear(absl::Milliseconds(200)), "");
  EXPECT_THAT(*testing::ReadFile(dir_ / "log"), HasSubstr("the mount takes no requests"));
  serves = true;
  EXPECT_EQ(Hear(), "WATCHDOG=1\n");
  EXPECT_EQ(Hear(), "WATCHDOG=1\n");
  EXPECT_THAT(*testing::ReadFile(dir_ / "log"), HasSubstr("the mount takes requests again"));
}

TEST_F(ServiceNotifyTest, AServiceManagerThatIsNotThereIsALineOfTheLog) {
  ASSERT_TRUE(StartLog({.file = dir_ / "log"}).ok());
  setenv("NOTIFY_SOCKET", (dir_ / "absent").c_str(), 1);
  ServiceNotifier::Take().Send("READY=1\n");
  EXPECT_THAT(*testing::ReadFile(dir_ / "log"),
              HasSubstr("telling the service manager: No such file or directory"));
}

TEST_F(ServiceNotifyTest, TheHeartbeatEndsWithTheMount) {
  Listen(dir_ / "notify");
  setenv("WATCHDOG_USEC", "20000", 1);
  const ServiceNotifier service = ServiceNotifier::Take();
  {
    Heartbeat heartbeat(service, [] { return true; });
  }
  HearOut();
  EXPECT_EQ(Hear(absl::Milliseconds(100)), "");
}

}  // namespace
}  // namespace annofs

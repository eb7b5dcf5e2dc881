// What `annofs doctor` says of the mounts of this host: those that answer, and those whose daemon
// was killed.
#include <csignal>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class DoctorMountTest : public MountTest {
 protected:
  ProcessResult Doctor() { return Annofs({"doctor", "--json", "--cache", Path("cache")}); }
};

TEST_F(DoctorMountTest, AMountWhoseDaemonWasKilledIsFoundWithTheCommandThatFreesIt) {
  Sh("mkdir bucket mnt; echo x > bucket/a.txt");
  Serve("bucket");
  std::unique_ptr<Process> daemon = MountInForeground(Path("mnt"));
  const std::string stale = absl::StrCat("annofs umount --lazy ", Path("mnt"));
  EXPECT_THAT(Doctor().out, Not(HasSubstr(stale)));
  daemon->Signal(SIGKILL);
  ASSERT_TRUE(daemon->Wait().ok());
  const ProcessResult found = Doctor();
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.out, AllOf(HasSubstr("\"stale-mount\""), HasSubstr(stale)));
  EXPECT_EQ(Annofs({"umount", "--lazy", Path("mnt")}).exit_code, 0);
  EXPECT_THAT(Doctor().out, Not(HasSubstr(stale)));
}

}  // namespace
}  // namespace annofs::testing

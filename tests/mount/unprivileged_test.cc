// Mounts by a user without rights, through fusermount3, and what such a user is told where that
// cannot be.
#include <sys/stat.h>

#include "gmock/gmock.h"
#include "tests/mount/namespace_test.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

class UnprivilegedTest : public NamespaceTest {
 protected:
  void SetUp() override {
    NamespaceTest::SetUp();
    if (IsSkipped()) return;
    struct stat info {};
    if (stat("/usr/bin/fusermount3", &info) != 0 || (info.st_mode & S_ISUID) == 0) {
      GTEST_SKIP() << "fusermount3 is not setuid here";
    }
  }
};

TEST_F(UnprivilegedTest, AMountByAUserIsForThatUser) {
  const ProcessResult result = InNamespace(R"(
nobody annofs mount bucket mnt || exit 10
nobody cat mnt/a || exit 11
grep -c " $DIR/mnt .* fuse.annofs .*user_id=65534" /proc/self/mountinfo
[ -S home/annofs/*.sock ] && [ -f home/.cache/annofs/annofs.log ] || exit 12
nobody annofs status mnt | grep -c "no answer"
cat mnt/a 2>/dev/null && exit 13  # root is another user
nobody annofs umount mnt || exit 14
grep -q "$DIR/mnt " /proc/self/mountinfo && exit 15
exit 0
)");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "text\n1\n0\n");
}

TEST_F(UnprivilegedTest, AnotherToolsUnmountWorks) {
  const ProcessResult result = InNamespace(R"(
nobody annofs mount bucket mnt && nobody fusermount3 -u mnt || exit 10
grep -q "$DIR/mnt " /proc/self/mountinfo && exit 11
nobody annofs mount bucket mnt && umount mnt || exit 12
exit 0
)");
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

TEST_F(UnprivilegedTest, ADeadMountIsTakenDown) {
  const ProcessResult result = InNamespace(R"(
nobody annofs mount -f bucket mnt &
shell=$!
for i in {1..100}; do nobody cat mnt/a 2>/dev/null && break; sleep 0.1; done
daemon=`tr -d ' ' < /proc/$shell/task/$shell/children`
kill -9 ${daemon:-$shell}
wait
nobody ls mnt 2>&1 | grep -o "endpoint is not connected"
nobody annofs mount bucket mnt || exit 10
nobody cat mnt/a
)");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "text\nendpoint is not connected\ntext\n");
  EXPECT_THAT(result.err, HasSubstr("had died with its daemon"));
}

TEST_F(UnprivilegedTest, AllowOtherNeedsTheLineInFuseConf) {
  const ProcessResult result = InNamespace(R"(
echo "# nothing" > conf; mount --bind conf /etc/fuse.conf
nobody annofs mount bucket mnt --allow-other; echo $?
echo "user_allow_other" > conf
nobody annofs mount bucket mnt --allow-other || exit 10
cat mnt/a
)");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "1\ntext\n");
  EXPECT_THAT(result.err,
              HasSubstr("--allow-other needs the line user_allow_other in /etc/fuse.conf: have it "
                        "added, or leave the option out"));
}

TEST_F(UnprivilegedTest, WithoutFusermountThePackageIsNamed) {
  const ProcessResult result = InNamespace(R"(
touch none; mount --bind none /usr/bin/fusermount3
nobody annofs mount bucket mnt; echo $?
)");
  EXPECT_EQ(result.out, "1\n");
  EXPECT_THAT(result.err, HasSubstr("fusermount3, which is not installed: install the package "
                                    "fuse3"));
}

TEST_F(UnprivilegedTest, AFusermountWithoutRightsIsToldHowItMustBe) {
  const ProcessResult result = InNamespace(R"(
cp /usr/bin/fusermount3 plain; chmod 755 plain; mount --bind plain /usr/bin/fusermount3
nobody annofs mount bucket mnt; echo $?
)");
  EXPECT_EQ(result.out, "1\n");
  EXPECT_THAT(result.err, HasSubstr("fusermount3 must belong to root and have mode 4755"));
}

TEST_F(UnprivilegedTest, ADeviceThatIsClosedToTheUserIsNamed) {
  const ProcessResult result = InNamespace(R"(
umount /dev/fuse; dev_fuse 600
nobody annofs mount bucket mnt; echo $?
)");
  EXPECT_EQ(result.out, "1\n");
  EXPECT_THAT(result.err, HasSubstr("/dev/fuse: Permission denied: users other than root need it"));
}

TEST_F(UnprivilegedTest, RootOfAContainerWithoutRightsIsToldWhatItNeeds) {
  const ProcessResult result = InNamespace(R"(
setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin bin/annofs mount bucket mnt --cache cache
echo $?
)");
  EXPECT_EQ(result.out, "1\n");
  EXPECT_THAT(result.err, HasSubstr("in a container it needs --cap-add SYS_ADMIN"));
}

TEST_F(UnprivilegedTest, WithoutADeviceTheModuleIsNamed) {
  const ProcessResult result = InNamespace(R"(
mount -t tmpfs none /dev
annofs() { "$DIR/bin/annofs" "$@"; }
annofs mount bucket mnt --cache cache; echo $?
)");
  EXPECT_EQ(result.out, "1\n");
  EXPECT_THAT(result.err, HasSubstr("/dev/fuse: No such file or directory: load the fuse module"));
}

}  // namespace
}  // namespace annofs::testing

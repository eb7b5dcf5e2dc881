// mount(8) and fstab with a file system of type annofs, and what umount(8) does to it.
#include "gmock/gmock.h"
#include "tests/mount/namespace_test.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

class MountHelperTest : public NamespaceTest {
 protected:
  void SetUp() override {
    NamespaceTest::SetUp();
    if (IsSkipped()) return;
    if (!OverlayIsPermitted()) GTEST_SKIP() << "/sbin cannot be overlaid here";
  }
  // With mount.annofs in the namespace's /sbin.
  ProcessResult WithHelper(const std::string& script) {
    return InNamespace(R"(
mkdir over && mount -t tmpfs none over && mkdir over/upper over/work &&
  mount -t overlay none -o lowerdir=/usr/sbin,upperdir=over/upper,workdir=over/work /usr/sbin &&
  ln -s "$DIR/bin/annofs" /usr/sbin/mount.annofs || exit 99
)" + script);
  }
};

TEST_F(MountHelperTest, MountAndUmount) {
  const ProcessResult result = WithHelper(R"(
mount -t annofs "$DIR/bucket" "$DIR/mnt" -o "ro,cache=$DIR/cache,uid=7,umask=0077" || exit 10
cat mnt/a && stat -c '%u %a' mnt/a
grep -c " $DIR/mnt .* fuse.annofs " /proc/self/mountinfo
umount "$DIR/mnt" || exit 11
ls mnt
)");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "text\n7 400\n1\n");
}

TEST_F(MountHelperTest, ALineOfFstab) {
  const ProcessResult result = WithHelper(R"(
echo "$DIR/bucket $DIR/mnt annofs ro,_netdev,noauto,nofail,x-systemd.automount,x-systemd.mount-timeout=30,comment=data,allow_other,gid=9,cache=$DIR/cache 0 0" > fstab
mount -T fstab "$DIR/mnt" || exit 10
nobody cat mnt/a
stat -c %g mnt/a
umount "$DIR/mnt"
)");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "text\n9\n");
}

TEST_F(MountHelperTest, AFakeMountMountsNothing) {
  const ProcessResult result = WithHelper(R"(
mount -f -t annofs "$DIR/bucket" "$DIR/mnt" -o "ro,cache=$DIR/cache"; echo $?
grep -c "$DIR/mnt " /proc/self/mountinfo; ls mnt
)");
  EXPECT_EQ(result.out, "0\n0\n") << result.err;
}

TEST_F(MountHelperTest, AVerboseMountSaysWhatItHasDone) {
  const ProcessResult result = WithHelper(R"(
mount -v -t annofs "$DIR/bucket" "$DIR/mnt" -o "ro,cache=$DIR/cache" && umount mnt
)");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("mount.annofs: " + Path("bucket") + " mounted on"));
}

TEST_F(MountHelperTest, WritingAndRemountingAreRefusedWithTheRemedy) {
  const ProcessResult result = WithHelper(R"(
mount -t annofs "$DIR/bucket" "$DIR/mnt" -o "cache=$DIR/cache"; echo $?
mount -t annofs "$DIR/bucket" "$DIR/mnt" -o "ro,cache=$DIR/cache" || exit 10
mount -t annofs "$DIR/bucket" "$DIR/mnt" -o "remount,ro,cache=$DIR/cache"; echo $?
cat mnt/a
umount mnt
)");
  EXPECT_EQ(result.out, "1\n1\ntext\n") << result.err;
  EXPECT_THAT(result.err, HasSubstr("-o rw: annofs mounts read-only; say ro"));
  EXPECT_THAT(result.err, HasSubstr("-o remount: "));
}

TEST_F(MountHelperTest, AMountThatFailsHasTheCodeOfMount) {
  const ProcessResult result = WithHelper(R"(
mount -t annofs "$DIR/absent" "$DIR/mnt" -o "ro,cache=$DIR/cache"; echo $?
mount -t annofs "$DIR/bucket" "$DIR/mnt" -o "ro,no-such-option"; echo $?
mount -s -t annofs "$DIR/bucket" "$DIR/mnt" -o "ro,no-such-option,cache=$DIR/cache"; echo $?
)");
  EXPECT_EQ(result.out, "32\n1\n0\n") << result.err;
  EXPECT_THAT(result.err, HasSubstr("absent: No such file or directory"));
  EXPECT_THAT(result.err, HasSubstr("no-such-option: no such option"));
}

}  // namespace
}  // namespace annofs::testing

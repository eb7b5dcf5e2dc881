// Tests that change what all of the machine sees (/dev/fuse, /sbin, /etc/fuse.conf): shell scripts
// in a mount namespace of their own, whose mounts are nobody else's and end with it.
#pragma once

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {

class NamespaceTest : public MountTest {
 protected:
  // Skips, with the reason, where no namespace can be made.
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    if (geteuid() != 0 || TrySh("unshare -m true").exit_code != 0) {
      GTEST_SKIP() << "a mount namespace needs root";
    }
    // The program where every user can run it.
    Sh(absl::StrCat("chmod 755 . && mkdir bin bucket mnt home && cp '", AnnofsProgram(),
                    "' bin/annofs && ln -s annofs bin/mount.annofs && echo text > bucket/a && "
                    "chown 65534:65534 mnt home"));
  }
  // In the script: `nobody COMMAND…` runs it as a user without rights whose home is ./home;
  // `dev_fuse MODE` makes a /dev/fuse of that mode; $DIR is the test's directory, where it runs.
  ProcessResult InNamespace(const std::string& script) {
    constexpr absl::string_view kBegin = R"(
set -u
DIR=$PWD
nobody() {
  setpriv --reuid 65534 --regid 65534 --clear-groups env -i PATH="$DIR/bin:$PATH" \
    HOME="$DIR/home" XDG_RUNTIME_DIR="$DIR/home" "$@"
}
dev_fuse() { rm -f fuse; mknod fuse c 10 229 && chmod "$1" fuse && mount --bind fuse /dev/fuse; }
finish() { while umount -l "$DIR/mnt" 2>/dev/null; do :; done; }
trap finish EXIT
dev_fuse 666
)";
    Write("script", absl::StrCat(kBegin, script));
    return TrySh("exec unshare -m bash script");
  }
};

}  // namespace annofs::testing

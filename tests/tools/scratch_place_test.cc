// Which mount is the overlay of a --scratch: foreign ones at its mountpoint are left alone.
#include "tools/scratch_place.h"

#include "gtest/gtest.h"
#include "tests/testing/process.h"

namespace annofs {
namespace {

const ScratchPlace kPlace{
    .directory = "/run/annofs/scratch-x", .mountpoint = "/mnt", .scratch = "/s", .overlay = 57};
constexpr char kOverOurs[] = "rw,lowerdir=/run/annofs/scratch-x/lower,upperdir=/s/upper,workdir=/w";

MountRow Kernels(const std::string& options, const std::string& source = "annofs:b2://b") {
  return {
      .device = 57, .mountpoint = "/mnt", .type = "overlay", .source = source, .options = options};
}

MountRow Programs(dev_t device) {
  return {.device = device,
          .mountpoint = "/mnt",
          .type = "fuse.fuse-overlayfs",
          .source = "fuse-overlayfs",
          .options = "rw,user_id=0,group_id=0"};
}

TEST(ScratchPlaceTest, TheKernelsOverlayIsKnownByWhatItIsOver) {
  EXPECT_TRUE(HasOverlay(kPlace, {Kernels(kOverOurs)}));
  EXPECT_FALSE(HasOverlay(kPlace, {Kernels("rw,lowerdir=/data,upperdir=/s/upper,workdir=/w")}));
  EXPECT_FALSE(HasOverlay(kPlace, {Kernels("rw,lowerdir=/run/annofs/scratch-x/lower2")}));
  EXPECT_FALSE(HasOverlay(kPlace, {Kernels(kOverOurs, "overlay")}));
}

TEST(ScratchPlaceTest, AnOverlayOfFuseIsKnownByItsProgram) {
  EXPECT_FALSE(HasOverlay(kPlace, {Programs(57)})) << "no program is over ours";
  auto program =
      testing::Process::Start({.argv = {"sh", "-c", "echo on; while :; do sleep 0.1; done",
                                        "fuse-overlayfs", "-o", kOverOurs}});
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(*(*program)->ReadLine(), "on");
  EXPECT_TRUE(HasOverlay(kPlace, {Programs(57)}));
  EXPECT_FALSE(HasOverlay(kPlace, {Programs(58)})) << "another one is mounted over it";
}

TEST(ScratchPlaceTest, WhatIsMountedOverItIsSeenInstead) {
  const MountRow over{.device = 9, .mountpoint = "/mnt", .type = "tmpfs", .source = "t"};
  EXPECT_FALSE(HasOverlay(kPlace, {Kernels(kOverOurs), over}));
  ScratchPlace elsewhere = kPlace;
  elsewhere.mountpoint = "/elsewhere";
  EXPECT_FALSE(HasOverlay(elsewhere, {Kernels(kOverOurs)}));
}

TEST(ScratchPlaceTest, AMountsOwnerIsThatOfItsOptions) {
  const std::vector<MountRow> rows = ParseMountRows(
      "40 1 0:57 / /m rw,relatime - fuse.annofs b2://b ro,user_id=1000,group_id=5\n"
      "41 1 0:58 / /n rw,relatime shared:3 - ext4 /dev/sda1 rw\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].owner, uid_t{1000});
  EXPECT_FALSE(rows[1].owner.has_value());
}

}  // namespace
}  // namespace annofs

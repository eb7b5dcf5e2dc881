// Which mount is the overlay of a --scratch: foreign ones at its mountpoint are left alone.
#include "tools/scratch_place.h"

#include "gtest/gtest.h"

namespace annofs {
namespace {

const ScratchPlace kPlace{
    .directory = "/run/annofs/scratch-x", .mountpoint = "/mnt", .scratch = "/s", .overlay = 57};

bool Has(const ScratchPlace& place, const std::vector<MountRow>& mounts) {
  return HasOverlay(place, mounts);
}

TEST(ScratchPlaceTest, AnOverlayIsKnownByItsDeviceNumber) {
  EXPECT_TRUE(Has(kPlace, {{57, "/mnt", "overlay", "annofs:b2://b"}}));
  EXPECT_TRUE(Has(kPlace, {{57, "/mnt", "fuse.fuse-overlayfs", "fuse-overlayfs"}}));
  EXPECT_FALSE(Has(kPlace, {{58, "/mnt", "overlay", "annofs:b2://b"}}));
  EXPECT_FALSE(Has(kPlace, {{58, "/mnt", "fuse.fuse-overlayfs", "fuse-overlayfs"}}));
}

TEST(ScratchPlaceTest, AnOverlayOfFuseWhoseNumberIsNotKnownMayBeAnybodys) {
  ScratchPlace place = kPlace;
  place.overlay = 0;
  EXPECT_TRUE(Has(place, {{57, "/mnt", "overlay", "annofs:b2://b"}}));
  EXPECT_FALSE(Has(place, {{57, "/mnt", "overlay", "overlay"}}));
  EXPECT_FALSE(Has(place, {{57, "/mnt", "fuse.fuse-overlayfs", "fuse-overlayfs"}}));
}

TEST(ScratchPlaceTest, WhatIsMountedOverItIsSeenInstead) {
  EXPECT_FALSE(Has(kPlace, {{57, "/mnt", "overlay", "annofs:b2://b"}, {9, "/mnt", "tmpfs", "t"}}));
  EXPECT_FALSE(Has(kPlace, {{57, "/elsewhere", "overlay", "annofs:b2://b"}}));
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

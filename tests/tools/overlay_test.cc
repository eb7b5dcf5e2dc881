// The options of an overlay, and where its changes cannot be kept.
#include "tools/overlay.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"

namespace annofs {
namespace {

TEST(OverlayTest, WhatOptionsAreSeparatedByIsEscaped) {
  const OverlayOptions options{
      .lower = "/l:1", .upper = "/u,2", .work = "/w\\3", .mountpoint = "/m", .source = "s"};
  EXPECT_EQ(OverlayData(options, OverlayKind::kKernel),
            "lowerdir=/l\\:1,upperdir=/u\\,2,workdir=/w\\\\3,xino=off,index=off,metacopy=off,"
            "redirect_dir=off");
}

TEST(OverlayTest, TheProgramIsToldWhomToLetIn) {
  OverlayOptions options{.lower = "/l", .upper = "/u", .work = "/w"};
  EXPECT_FALSE(absl::StrContains(OverlayData(options, OverlayKind::kFuse), "allow_other"));
  options.allow_other = true;
  EXPECT_EQ(OverlayData(options, OverlayKind::kFuse),
            "lowerdir=/l,upperdir=/u,workdir=/w,nosuid,nodev,allow_other");
}

TEST(OverlayTest, ADirectoryThatIsToBeMadeIsJudgedByItsParent) {
  EXPECT_EQ(CheckUpperFileSystem("/proc/no/such/directory").code(),
            CheckUpperFileSystem("/proc").code());
  EXPECT_TRUE(CheckUpperFileSystem("/dev/shm/no/such/directory").ok());
}

}  // namespace
}  // namespace annofs

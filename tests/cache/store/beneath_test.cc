// What opens below a directory, with and without the kernel's help.
#include "cache/store/beneath.h"

#include <fcntl.h>

#include <filesystem>
#include <string>

#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

class BeneathTest : public ::testing::Test {
 protected:
  BeneathTest() : root_(*OpenDirectory((Fill(), tree_ / "root"))) {}

  void Fill() {
    ASSERT_TRUE(WriteFile(tree_ / "outside", "secret").ok());
    ASSERT_TRUE(WriteFile(tree_ / "root/a/file", "x").ok());
    std::filesystem::create_symlink("a/file", tree_ / "root/inside");
    std::filesystem::create_symlink("../outside", tree_ / "root/escape");
    std::filesystem::create_symlink(tree_ / "root/a/file", tree_ / "root/absolute");
    std::filesystem::create_symlink("..", tree_ / "root/up");
  }

  TempDir tree_;
  OwnedFd root_;
};

TEST_F(BeneathTest, FilesAndLinksThatStayInsideOpen) {
  EXPECT_TRUE(OpenBeneath(root_.get(), "a/file", O_RDONLY, Links::kWithin).ok());
  EXPECT_TRUE(OpenBeneath(root_.get(), "inside", O_RDONLY, Links::kWithin).ok());
  EXPECT_TRUE(OpenBeneath(root_.get(), "", O_RDONLY | O_DIRECTORY, Links::kNone).ok());
}

TEST_F(BeneathTest, WhatLeadsOutDoesNotExist) {
  for (const char* path : {"escape", "absolute", "up/outside", "../outside", "a/../../outside",
                           "/etc/passwd", "a//file", "./a/file", "missing", "a/file/x"}) {
    EXPECT_TRUE(absl::IsNotFound(OpenBeneath(root_.get(), path, O_RDONLY, Links::kWithin).status()))
        << path;
  }
  EXPECT_TRUE(
      absl::IsNotFound(OpenBeneath(root_.get(), "inside", O_RDONLY, Links::kNone).status()));
}

TEST_F(BeneathTest, WithoutTheKernelsHelpNoLinkIsFollowed) {
  EXPECT_TRUE(OpenWithoutLinks(root_.get(), "a/file", O_RDONLY).ok());
  EXPECT_TRUE(OpenWithoutLinks(root_.get(), "", O_RDONLY | O_DIRECTORY).ok());
  for (const char* path : {"inside", "escape", "absolute", "up/outside", "missing", "a/file/x"}) {
    EXPECT_TRUE(absl::IsNotFound(OpenWithoutLinks(root_.get(), path, O_RDONLY).status())) << path;
  }
}

}  // namespace
}  // namespace annofs::testing

// Paths that the user says of mounts: what of them is asked, and what is not.
#include "tools/absolute_path.h"

#include <unistd.h>

#include <filesystem>

#include "gtest/gtest.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

namespace stdfs = std::filesystem;

class AbsolutePathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = stdfs::canonical(directory_.path()).string();
    stdfs::create_directories(root_ + "/real/mnt/inner");
  }
  // Links among the test's files.
  void Link(const std::string& target, const std::string& name) {
    stdfs::create_symlink(target, root_ + "/" + name);
  }
  // Of a path below the test's directory, without that.
  std::string Of(const std::string& path) const {
    const std::string absolute = AbsolutePath(root_ + "/" + path, mounts_);
    return absolute.rfind(root_ + "/", 0) == 0 ? absolute.substr(root_.size() + 1) : absolute;
  }

  TempDir directory_;
  std::string root_;
  Mountpoints mounts_;
};

TEST_F(AbsolutePathTest, DotsAndSlashesTooManyAreTakenAway) {
  EXPECT_EQ(AbsolutePath("/a/./b/../c/", {}), "/a/c");
  EXPECT_EQ(AbsolutePath("//a//", {}), "/a");
  EXPECT_EQ(AbsolutePath("/", {}), "/");
  EXPECT_EQ(AbsolutePath("/../..", {}), "/");
  EXPECT_EQ(AbsolutePath("", {}), "");
}

TEST_F(AbsolutePathTest, ARelativeOneIsFromTheCurrentDirectory) {
  const std::string here = stdfs::current_path();
  ASSERT_EQ(chdir((root_ + "/real").c_str()), 0);
  EXPECT_EQ(AbsolutePath("mnt/", {}), root_ + "/real/mnt");
  EXPECT_EQ(AbsolutePath("../real", {}), root_ + "/real");
  EXPECT_EQ(AbsolutePath(".", {}), root_ + "/real");
  ASSERT_EQ(chdir(here.c_str()), 0);
}

TEST_F(AbsolutePathTest, LinksAreFollowedWhereverTheyAre) {
  Link("real", "parent");
  Link("real/mnt", "relative");
  Link(root_ + "/parent/mnt", "absolute");
  Link("absolute", "twice");
  for (const char* path : {"parent/mnt", "relative", "absolute", "absolute/", "twice", "twice/."}) {
    EXPECT_EQ(Of(path), "real/mnt") << path;
  }
  EXPECT_EQ(Of("relative/inner"), "real/mnt/inner");
  EXPECT_EQ(Of("relative/../mnt"), "real/mnt") << "above the place that the link names";
}

TEST_F(AbsolutePathTest, WhatIsNotThereIsKeptAsItsTextSays) {
  Link("nowhere", "dangling");
  EXPECT_EQ(Of("none/at/all"), "none/at/all");
  EXPECT_EQ(Of("dangling"), "nowhere");
  EXPECT_EQ(Of("dangling/x"), "nowhere/x");
}

TEST_F(AbsolutePathTest, LinksInACircleEnd) {
  Link("b", "a");
  Link("a", "b");
  const std::string end = Of("a/x");
  EXPECT_TRUE(end == "a/x" || end == "b/x") << end;
  Link("self/self", "self");
  EXPECT_NE(Of("self"), "");
}

// A link stands for a mountpoint here: that it is not followed shows that it was not asked.
TEST_F(AbsolutePathTest, AMountpointAtTheEndIsNotAsked) {
  Link("real", "mountpoint");
  Link("mountpoint", "link");
  mounts_.all = {root_ + "/mountpoint"};
  EXPECT_EQ(Of("mountpoint"), "mountpoint");
  EXPECT_EQ(Of("mountpoint/."), "mountpoint");
  EXPECT_EQ(Of("link"), "mountpoint");
  EXPECT_EQ(Of("mountpoint/mnt"), "real/mnt") << "what is below another mount is looked for";
}

TEST_F(AbsolutePathTest, NothingInAMountOfAnnofsIsAsked) {
  Link("/elsewhere", "real/mnt/link");
  Link("real/mnt", "to");
  mounts_.annofs = {"", root_ + "/real/mnt"};
  EXPECT_EQ(Of("to/link"), "real/mnt/link");
  EXPECT_EQ(Of("to/link/../inner"), "real/mnt/inner");
  EXPECT_EQ(Of("real/mnt/../mnt2"), "real/mnt2");
  Link("real", "real/mnt2");
  EXPECT_EQ(Of("real/mnt2"), "real/real") << "that only begins alike";
}

}  // namespace
}  // namespace annofs::testing

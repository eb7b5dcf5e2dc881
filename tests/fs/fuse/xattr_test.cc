// Facts of nodes as extended attributes, asked for through the kernel.
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "tests/fs/fuse/mounted.h"

namespace annofs {
namespace {

using testing::FakeTree;
using testing::Mounted;

// Every node has the same facts, told on the slow lane only.
class FactTree : public FakeTree {
 public:
  FactTree() { AddFile("file", {.text = "x"}); }
  absl::StatusOr<std::vector<Fact>> Facts(NodeId, const CallContext& context) override {
    ++asked;
    if (context.lane == Lane::kFast) return WouldBlock();
    return std::vector<Fact>{{"user.a", "one\ntwo"}, {"user.b", ""}, {"user.c", "ü"}};
  }
  std::atomic<int> asked{0};
};

class XattrTest : public testing::MountTest {
 protected:
  // What getxattr() answers: the value, or "!ERRNO".
  static std::string Get(const std::string& path, const char* name, size_t size = 100) {
    std::string value(size, '#');
    const ssize_t got = getxattr(path.c_str(), name, value.data(), size);
    if (got < 0) return absl::StrCat("!", errno);
    value.resize(size_t(got));
    return value;
  }
  static std::string No(int error) { return absl::StrCat("!", error); }
};

TEST_F(XattrTest, ValuesAndNamesAreThoseOfTheFacts) {
  FactTree tree;
  Mounted mount(tree, {.xattr = true});
  const std::string file = mount / "file";
  EXPECT_EQ(Get(file, "user.a"), "one\ntwo");
  EXPECT_EQ(Get(file, "user.b"), "");
  EXPECT_EQ(Get(file, "user.c"), "ü");
  char names[100];
  const ssize_t got = listxattr(file.c_str(), names, sizeof names);
  ASSERT_EQ(got, 21);
  EXPECT_EQ(std::string(names, 21), std::string("user.a\0user.b\0user.c\0", 21));
}

TEST_F(XattrTest, SizesAreToldAndRoomThatDoesNotSufficeIsRefused) {
  FactTree tree;
  Mounted mount(tree, {.xattr = true});
  const std::string file = mount / "file";
  EXPECT_EQ(getxattr(file.c_str(), "user.a", nullptr, 0), 7);
  EXPECT_EQ(getxattr(file.c_str(), "user.b", nullptr, 0), 0);
  EXPECT_EQ(listxattr(file.c_str(), nullptr, 0), 21);
  EXPECT_EQ(Get(file, "user.a", 7), "one\ntwo");
  EXPECT_EQ(Get(file, "user.a", 6), No(ERANGE));
  char small[20];
  EXPECT_EQ(listxattr(file.c_str(), small, sizeof small), -1);
  EXPECT_EQ(errno, ERANGE);
}

TEST_F(XattrTest, AnUnknownNameIsAbsentAndNoError) {
  FactTree tree;
  Mounted mount(tree, {.xattr = true});
  EXPECT_EQ(Get(mount / "file", "user.d"), No(ENODATA));
  EXPECT_EQ(mount.Count("errors"), 0u);
}

// `ls -l` asks for these, twice for each file.
TEST_F(XattrTest, WhatIsNoUsersIsAbsentWithoutAskingTheTree) {
  FactTree tree;
  Mounted mount(tree, {.xattr = true});
  for (const char* name : {"security.selinux", "security.capability", "system.posix_acl_access"}) {
    const std::string got = Get(mount / "file", name);
    EXPECT_TRUE(got == No(ENODATA) || got == No(EOPNOTSUPP)) << name << " " << got;
  }
  EXPECT_GE(mount.Count("getxattr"), 1u);
  EXPECT_EQ(tree.asked, 0);
}

TEST_F(XattrTest, NothingCanBeSetOrRemoved) {
  FactTree tree;
  Mounted mount(tree, {.xattr = true});
  EXPECT_EQ(setxattr((mount / "file").c_str(), "user.a", "x", 1, 0), -1);
  EXPECT_EQ(errno, EROFS);
  EXPECT_EQ(removexattr((mount / "file").c_str(), "user.a"), -1);
  EXPECT_EQ(errno, EROFS);
  EXPECT_EQ(Get(mount / "file", "user.a"), "one\ntwo");
}

TEST_F(XattrTest, WithoutTheOptionThereAreNone) {
  FactTree tree;
  Mounted mount(tree);
  EXPECT_EQ(Get(mount / "file", "user.a"), No(EOPNOTSUPP));
  EXPECT_EQ(listxattr((mount / "file").c_str(), nullptr, 0), -1);
  EXPECT_EQ(errno, EOPNOTSUPP);
  EXPECT_EQ(tree.asked, 0);
  EXPECT_EQ(mount.Count("getxattr"), 0u);
}

}  // namespace
}  // namespace annofs

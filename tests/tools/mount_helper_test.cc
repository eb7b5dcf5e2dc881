// What mount(8) says to mount.annofs, and what it is answered.
#include "tools/mount_helper.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Said {
  int code;
  std::string out, err;
};

Said Helper(const std::vector<std::string>& arguments) {
  std::ostringstream out, err;
  const int code = RunMountHelper(arguments, {out, err});
  return {code, out.str(), err.str()};
}

TEST(MountHelperTest, LettersMeanWhatTheyMeanToMount) {
  const auto call = ParseMountHelper(
      {"b2://b", "/mnt", "-sfnv", "-N", "/proc/1/ns/mnt", "-o", "ro,noauto", "-t", "annofs"});
  ASSERT_TRUE(call.ok()) << call.status();
  EXPECT_EQ(call->source, "b2://b");
  EXPECT_EQ(call->mountpoint, "/mnt");
  EXPECT_TRUE(call->fake);
  EXPECT_TRUE(call->sloppy);
  EXPECT_TRUE(call->verbose);
  EXPECT_EQ(call->name_space, "/proc/1/ns/mnt");
  EXPECT_THAT(call->options, ElementsAre("ro", "noauto"));
}

TEST(MountHelperTest, ValuesMayFollowTheirLetterAtOnce) {
  const auto call = ParseMountHelper({"-oro,uid=5", "b2://b", "-no", "nofail", "/mnt"});
  ASSERT_TRUE(call.ok()) << call.status();
  EXPECT_THAT(call->options, ElementsAre("ro", "uid=5", "nofail"));
  EXPECT_FALSE(call->fake);
}

TEST(MountHelperTest, WhatMountDoesNotSayIsWrongUsage) {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"b2://b"},
                                             {"b2://b", "/mnt", "more"},
                                             {"b2://b", "/mnt", "-x"},
                                             {"b2://b", "/mnt", "-o"},
                                             {"b2://b", "/mnt", "--cache", "/c"}}) {
    const Said said = Helper(wrong);
    EXPECT_EQ(said.code, 1);
    EXPECT_THAT(said.err, AnyOf(HasSubstr("a mount helper is told SOURCE and MOUNTPOINT"),
                                HasSubstr("as mount(8) says it"), HasSubstr("value is missing")));
  }
}

TEST(MountHelperTest, WhoAsksForHelpIsToldTheUsage) {
  for (const std::string word : {"--help", "-h"}) {
    const Said said = Helper({word});
    EXPECT_EQ(said.code, 0) << word;
    EXPECT_THAT(said.out, HasSubstr("usage: mount.annofs SOURCE MOUNTPOINT"));
    EXPECT_EQ(said.err, "");
  }
}

TEST(MountHelperTest, WhoAsksForTheVersionIsToldIt) {
  const Said said = Helper({"--version"});
  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.out, "mount.annofs " ANNOFS_VERSION "\n");
  EXPECT_EQ(said.err, "");
}

TEST(MountHelperTest, AFakeMountChecksItsOptionsOnly) {
  EXPECT_EQ(Helper({"/no/such", "/no/such/mnt", "-f", "-o", "ro,cache=/c"}).code, 0);
  const Said said = Helper({"/no/such", "/no/such/mnt", "-f", "-o", "ro,no-such=1"});
  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.err, HasSubstr("no-such: no such option"));
}

TEST(MountHelperTest, WhatFstabHoldsForOthersIsPassedOver) {
  EXPECT_EQ(
      Helper({"b2://b", "/mnt", "-f", "-o",
              "ro,_netdev,x-systemd.automount,x-systemd.requires=a.service,noauto,nofail,user,"
              "user=me,allow_other,uid=5,gid=6,umask=027,comment=mine,noexec,nosuid,nodev,"
              "noatime,X-mount.mkdir,defaults,sync,lazytime"})
          .code,
      0);
}

TEST(MountHelperTest, ASloppyMountPassesOverWhatItDoesNotKnowButNotWhatIsWrong) {
  EXPECT_EQ(Helper({"b2://b", "/mnt", "-sf", "-o", "ro,no-such=1"}).code, 0);
  const Said said = Helper({"b2://b", "/mnt", "-sf", "-o", "ro,memory=1K"});
  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.err, HasSubstr("memory"));
}

TEST(MountHelperTest, WritingAndRemountingAreRefusedWithTheRemedy) {
  const Said writable = Helper({"b2://b", "/mnt", "-f", "-o", "rw"});
  EXPECT_EQ(writable.code, 1);
  EXPECT_THAT(writable.err, HasSubstr("say ro"));
  EXPECT_THAT(writable.err, HasSubstr("scratch=DIR"));
  EXPECT_EQ(Helper({"b2://b", "/mnt", "-f", "-o", "rw,scratch=/s"}).code, 0);
  const Said again = Helper({"b2://b", "/mnt", "-f", "-o", "ro,remount"});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("annofs umount MOUNTPOINT"));
}

TEST(MountHelperTest, AMountThatFailsIsTold) {
  const Said said = Helper({"/dev", "/dev/mnt", "-o", "ro"});
  EXPECT_EQ(said.code, 32);
  EXPECT_THAT(said.err, HasSubstr("annofs: mount: /dev/mnt lies in the source /dev"));
}

TEST(MountHelperTest, ANamespaceThatIsNotThereIsNamed) {
  const Said said = Helper({"b2://b", "/mnt", "-N", "/no/such/ns", "-o", "ro"});
  EXPECT_EQ(said.code, 32);
  EXPECT_THAT(said.err, HasSubstr("/no/such/ns"));
}

}  // namespace
}  // namespace annofs

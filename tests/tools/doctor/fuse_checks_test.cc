// Whether this user can mount: each finding, and a host that has none.
#include "tools/doctor/fuse_checks.h"

#include <sys/stat.h>

#include <cerrno>

#include "gmock/gmock.h"
#include "tests/tools/doctor/doctor_testing.h"
#include "tools/doctor/scratch_checks.h"

namespace annofs::testing {
namespace {

using doctor::AreaReport;
using doctor::FuseFacts;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kRoot[] = "Name:\tx\nCapEff:\t000001ffffffffff\nNoNewPrivs:\t0\n";
constexpr char kNoCapabilities[] = "Name:\tx\nCapEff:\t0000000000000000\nNoNewPrivs:\t0\n";

FuseFacts OfRoot() {
  return {.uid = 0, .fusermount = {}, .status = kRoot, .kernel = "6.1.0-18-amd64"};
}

FuseFacts OfUser() {
  return {.uid = 1000,
          .fusermount = {{.path = "/usr/bin/fusermount3", .owner = 0, .mode = S_IFREG | 04755}},
          .fuse_conf = "# comment\n  user_allow_other\n",
          .status = kNoCapabilities,
          .kernel = "5.1.0",
          .most_background = 7866};
}

TEST(FuseChecksTest, NothingIsFoundWhereRootOrAUserCanMount) {
  EXPECT_THAT(Ids(CheckFuse(OfRoot())), IsEmpty());
  EXPECT_THAT(Ids(CheckFuse(OfUser())), IsEmpty());
  EXPECT_THAT(CheckFuse(OfUser()).unchecked, IsEmpty());
}

TEST(FuseChecksTest, AMissingDeviceIsAnError) {
  FuseFacts facts = OfRoot();
  facts.device_error = ENOENT;
  const AreaReport report = CheckFuse(facts);
  EXPECT_EQ(SeverityOf(report, "fuse-device-missing"), "error");
  EXPECT_THAT(RemedyOf(report, "fuse-device-missing"), HasSubstr("--device /dev/fuse"));
}

TEST(FuseChecksTest, ADeviceThatIsClosedIsAnErrorAlsoToAUserForWhomFusermountOpensItNoOtherWay) {
  FuseFacts facts = OfRoot();
  facts.device_error = EPERM;
  EXPECT_EQ(SeverityOf(CheckFuse(facts), "fuse-device-closed"), "error");
  facts = OfUser();
  facts.device_error = EACCES;
  EXPECT_THAT(Ids(CheckFuse(facts)), ElementsAre("fuse-device-closed"));
}

TEST(FuseChecksTest, AUserNeedsFusermountThatRunsAsRoot) {
  FuseFacts facts = OfUser();
  facts.fusermount->mode = S_IFREG | 0755;
  EXPECT_THAT(Ids(CheckFuse(facts)), ElementsAre("fusermount-not-setuid"));
  EXPECT_THAT(RemedyOf(CheckFuse(facts), "fusermount-not-setuid"),
              HasSubstr("chmod u+s /usr/bin/fusermount3"));
  facts.fusermount->mode = S_IFREG | 04755;
  facts.fusermount->owner = 1000;
  EXPECT_THAT(Ids(CheckFuse(facts)), ElementsAre("fusermount-not-setuid"));
  facts.fusermount.reset();
  EXPECT_THAT(Ids(CheckFuse(facts)), ElementsAre("fusermount-missing"));
}

TEST(FuseChecksTest, WhoMayNotGainPrivilegesCannotMount) {
  FuseFacts facts = OfUser();
  facts.status = "CapEff:\t0000000000000000\nNoNewPrivs:\t1\n";
  EXPECT_THAT(Ids(CheckFuse(facts)), ElementsAre("no-new-privileges"));
}

TEST(FuseChecksTest, RootOfAContainerWithoutTheCapabilityCannotMount) {
  FuseFacts facts = OfRoot();
  facts.status = "CapEff:\t00000000a80425fb\n";  // what Docker leaves
  EXPECT_EQ(SeverityOf(CheckFuse(facts), "mount-not-permitted"), "error");
  EXPECT_THAT(Ids(CheckFuse(facts)), ElementsAre("mount-not-permitted"));
}

TEST(FuseChecksTest, AllowOtherNeedsALineOfItsOwn) {
  FuseFacts facts = OfUser();
  facts.fuse_conf = "#user_allow_other\nmount_max = 10 # user_allow_other\n";
  EXPECT_THAT(Ids(CheckFuse(facts)), ElementsAre("allow-other-not-permitted"));
  EXPECT_EQ(SeverityOf(CheckFuse(facts), "allow-other-not-permitted"), "info");
}

TEST(FuseChecksTest, AKernelBefore51IsOld) {
  FuseFacts facts = OfRoot();
  for (const char* old : {"4.19.0-26-amd64", "5.0.21"}) {
    facts.kernel = old;
    EXPECT_THAT(Ids(CheckFuse(facts)), ElementsAre("kernel-old")) << old;
  }
  facts.kernel = "odd";
  EXPECT_THAT(Ids(CheckFuse(facts)), IsEmpty());
  EXPECT_THAT(CheckFuse(facts).unchecked, ElementsAre(HasSubstr("'odd'")));
}

TEST(FuseChecksTest, FewBackgroundRequestsMatterToUsersOnly) {
  FuseFacts facts = OfUser();
  facts.most_background = 12;
  EXPECT_EQ(SeverityOf(CheckFuse(facts), "few-background-requests"), "warning");
  facts.status = kRoot;
  EXPECT_THAT(Ids(CheckFuse(facts)), IsEmpty());
}

TEST(FuseChecksTest, FactsAreReadFromTheHostsFiles) {
  MadeUpHost host;
  host.Put("/etc/fuse.conf", "user_allow_other\n");
  host.Put("/proc/self/status", kNoCapabilities);
  host.Put("/sys/module/fuse/parameters/max_user_bgreq", "99\n");
  host.Put("/usr/bin/fusermount3", "");
  ASSERT_EQ(chmod(host.Path("/usr/bin/fusermount3").c_str(), 04755), 0);
  const FuseFacts facts = doctor::GatherFuse(host.files());
  EXPECT_EQ(facts.fuse_conf, "user_allow_other\n");
  EXPECT_EQ(facts.status, kNoCapabilities);
  EXPECT_EQ(facts.most_background, 99u);
  ASSERT_TRUE(facts.fusermount.has_value());
  EXPECT_EQ(facts.fusermount->path, "/usr/bin/fusermount3");
  EXPECT_EQ(facts.fusermount->mode & 07777, 04755u);
  EXPECT_FALSE(facts.kernel.empty());
}

TEST(FuseChecksTest, CapabilitiesAreReadFromTheStatusOfAProcess) {
  EXPECT_TRUE(doctor::MayMount("CapPrm:\t0000000000000000\nCapEff:\t0000000000200000\n"));
  EXPECT_FALSE(doctor::MayMount("CapPrm:\t0000000000200000\nCapEff:\t00000000001fffff\n"));
  EXPECT_FALSE(doctor::MayMount(""));
}

TEST(ScratchChecksTest, OverlayfsIsTheKernelsOrTheProgram) {
  EXPECT_THAT(Ids(doctor::CheckScratch({.may_mount = true, .has_overlayfs = true})), IsEmpty());
  EXPECT_THAT(
      Ids(doctor::CheckScratch({.may_mount = false, .has_overlayfs = true, .has_program = true})),
      ElementsAre("scratch-slow"));
  EXPECT_THAT(Ids(doctor::CheckScratch({.may_mount = false, .has_overlayfs = true})),
              ElementsAre("scratch-unavailable"));
  EXPECT_THAT(Ids(doctor::CheckScratch({.may_mount = true})), ElementsAre("scratch-unavailable"));
}

TEST(ScratchChecksTest, FactsAreReadFromTheHostsFiles) {
  MadeUpHost host;
  host.Put("/proc/self/status", kRoot);
  EXPECT_FALSE(doctor::GatherScratch(host.files()).has_overlayfs);
  host.Put("/proc/filesystems", "nodev\tsysfs\nnodev\toverlay\n\text4\n");
  EXPECT_TRUE(doctor::GatherScratch(host.files()).has_overlayfs);
  EXPECT_TRUE(doctor::GatherScratch(host.files()).may_mount);
  EXPECT_FALSE(doctor::GatherScratch(host.files()).has_program);
}

}  // namespace
}  // namespace annofs::testing

// Mounts whose daemon is gone, and programs that walk mounts: each finding, and hosts without any.
#include "tools/doctor/mount_checks.h"

#include <sys/sysmacros.h>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/tools/doctor/doctor_testing.h"
#include "tools/doctor/walker_checks.h"

namespace annofs::testing {
namespace {

using doctor::AreaReport;
using doctor::SeenMount;
using doctor::WalkerFacts;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SeenMount Answering() {
  return {.mount = {.device = makedev(0, 77), .mountpoint = "/mnt/a b", .source = "b2://bucket"},
          .readahead_kb = 1024};
}

TEST(MountChecksTest, NothingIsFoundWhereDaemonsAnswerOrThereIsNoMount) {
  EXPECT_THAT(Ids(doctor::CheckMounts({})), IsEmpty());
  const AreaReport report = doctor::CheckMounts({Answering(), Answering()});
  EXPECT_THAT(Ids(report), IsEmpty());
  EXPECT_THAT(report.fine, ElementsAre("2 annofs mounts answering"));
}

TEST(MountChecksTest, AMountWithoutItsDaemonIsToldWithTheCommandThatFreesIt) {
  SeenMount dead = Answering();
  dead.answer = absl::NotFoundError("no control socket");
  const AreaReport report = doctor::CheckMounts({dead});
  EXPECT_EQ(SeverityOf(report, "stale-mount"), "error");
  EXPECT_EQ(RemedyOf(report, "stale-mount"), "annofs umount --lazy '/mnt/a b'");
}

TEST(MountChecksTest, AMountOfAnotherUserIsNotCalledStale) {
  SeenMount others = Answering();
  others.answer = absl::PermissionDeniedError("connect");
  SeenMount unasked = Answering();
  unasked.answer = absl::CancelledError("not asked");
  const AreaReport report = doctor::CheckMounts({others, unasked});
  EXPECT_THAT(Ids(report), IsEmpty());
  EXPECT_EQ(report.unchecked.size(), 2u);
}

TEST(MountChecksTest, SmallReadaheadIsTold) {
  SeenMount small = Answering();
  small.readahead_kb = 128;
  const AreaReport report = doctor::CheckMounts({small});
  EXPECT_THAT(Ids(report), ElementsAre("small-readahead"));
  EXPECT_THAT(RemedyOf(report, "small-readahead"), HasSubstr("/sys/class/bdi/0:77/read_ahead_kb"));
}

TEST(MountChecksTest, GatheringAsksTheSocketAndNotTheMountpoint) {
  MadeUpHost host;
  host.Put("/sys/class/bdi/4095:1048575/read_ahead_kb", "128\n");
  const absl::Time begun = absl::Now();
  const std::vector<SeenMount> seen = doctor::GatherMounts(
      host.files(),
      {{.device = makedev(4095, 1048575), .mountpoint = "/not/there", .source = "b2://b"}});
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_FALSE(seen[0].answer.ok());
  EXPECT_EQ(seen[0].readahead_kb, 128u);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(3));
}

TEST(MountChecksTest, AMountOfAUserWhoseSocketIsNotKnownIsNotCalledStale) {
  const char kMounts[] =
      "36 29 0:77 / /mnt/x rw,nosuid - fuse.annofs b2://b rw,user_id=4000000,group_id=1\n"
      "37 29 8:1 / / rw - ext4 /dev/a rw\n";
  const std::map<dev_t, uid_t> owners = doctor::OwnersOfMounts(kMounts);
  ASSERT_EQ(owners.size(), 1u);
  EXPECT_EQ(owners.at(makedev(0, 77)), 4000000u);
  MadeUpHost host;
  host.Put("/proc/self/mountinfo", kMounts);
  const std::vector<SeenMount> seen = doctor::GatherMounts(
      host.files(), {{.device = makedev(0, 77), .mountpoint = "/mnt/x", .source = "b2://b"}});
  EXPECT_THAT(Ids(doctor::CheckMounts(seen)), IsEmpty());
  EXPECT_EQ(doctor::CheckMounts(seen).unchecked.size(), 1u);
}

TEST(WalkerChecksTest, NothingIsFoundOnAPlainHost) {
  EXPECT_THAT(Ids(doctor::CheckWalkers({.running = {"bash", "sshd"}, .units = {"cron.service"}})),
              IsEmpty());
  EXPECT_THAT(Ids(doctor::CheckWalkers(
                  {.has_updatedb = true, .updatedb_conf = "PRUNEFS = \"NFS Fuse.Annofs afs\"\n"})),
              IsEmpty());
}

TEST(WalkerChecksTest, UpdatedbMustLeaveTheTypeOut) {
  WalkerFacts facts{.has_updatedb = true,
                    .updatedb_conf = "# PRUNEFS=\"fuse.annofs\"\nPRUNEFS=\"NFS nfs4\"\n"};
  AreaReport report = CheckWalkers(facts);
  EXPECT_EQ(SeverityOf(report, "updatedb-walks-mounts"), "warning");
  EXPECT_THAT(RemedyOf(report, "updatedb-walks-mounts"), HasSubstr("sed -i"));
  facts.updatedb_conf = "";
  report = CheckWalkers(facts);
  EXPECT_THAT(RemedyOf(report, "updatedb-walks-mounts"),
              HasSubstr("echo 'PRUNEFS=\"fuse.annofs\"' >> /etc/updatedb.conf"));
}

TEST(WalkerChecksTest, TheRemedyOfUpdatedbIsOne) {
  MadeUpHost host;
  host.Put("/etc/updatedb.conf", "PRUNE_BIND_MOUNTS=\"yes\"\nPRUNEFS=\"NFS afs\"\n");
  WalkerFacts facts = doctor::GatherWalkers(host.files());
  const std::string remedy = RemedyOf(CheckWalkers(facts), "updatedb-walks-mounts");
  const size_t command = remedy.find("sed ");
  ASSERT_NE(command, std::string::npos);
  std::string sed = remedy.substr(command);
  sed.replace(sed.find("/etc/"), 0, host.Path(""));
  ASSERT_EQ(system(sed.c_str()), 0) << sed;
  facts = doctor::GatherWalkers(host.files());
  EXPECT_THAT(doctor::UpdatedbWords(facts.updatedb_conf, "PRUNEFS").value(),
              ElementsAre("fuse.annofs", "NFS", "afs"));
  EXPECT_THAT(Ids(CheckWalkers(facts)), IsEmpty());
}

TEST(WalkerChecksTest, AgentsAreKnownByTheirProcessesAndUnits) {
  const AreaReport report = doctor::CheckWalkers({.running = {"clamd", "tracker-miner-f"},
                                                  .units = {"bareos-fd.service", "rsnapshot"},
                                                  .mountpoint = "/mnt/data"});
  EXPECT_THAT(Ids(report),
              ElementsAre("backup-agent", "backup-agent", "indexing-agent", "virus-scanner"));
  EXPECT_THAT(EvidenceOf(report, "virus-scanner"), HasSubstr("ClamAV is running"));
  EXPECT_THAT(RemedyOf(report, "virus-scanner"), HasSubstr("ExcludePath ^/mnt/data/"));
  EXPECT_THAT(EvidenceOf(report, "backup-agent"), HasSubstr("rsnapshot is installed"));
  EXPECT_EQ(SeverityOf(report, "backup-agent"), "info");
}

TEST(WalkerChecksTest, FactsAreReadFromTheHostsFiles) {
  MadeUpHost host;
  EXPECT_FALSE(doctor::GatherWalkers(host.files()).has_updatedb);
  host.Put("/proc/17/comm", "restic\n");
  host.Put("/proc/self/comm", "other\n");
  host.Put("/etc/systemd/system/borgmatic.timer", "");
  host.Put("/etc/cron.daily/rsnapshot", "");
  host.Put("/etc/updatedb.conf", "");
  const WalkerFacts facts = doctor::GatherWalkers(host.files());
  EXPECT_TRUE(facts.has_updatedb);
  EXPECT_THAT(facts.running, ElementsAre("restic"));
  EXPECT_THAT(Ids(CheckWalkers(facts)),
              ElementsAre("updatedb-walks-mounts", "backup-agent", "backup-agent", "backup-agent"));
}

}  // namespace
}  // namespace annofs::testing

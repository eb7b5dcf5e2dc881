// Mounts whose daemon is gone, and programs that walk mounts: each finding, and hosts without any.
#include "tools/doctor/mount_checks.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/tools/doctor/doctor_testing.h"
#include "tools/control_socket.h"
#include "tools/doctor/walker_checks.h"

namespace annofs::testing {
namespace {

using doctor::AreaReport;
using doctor::SeenMount;
using doctor::WalkerFacts;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

SeenMount Answering() {
  return {.mount = {.device = makedev(0, 77), .mountpoint = "/mnt/a b", .source = "b2://bucket"},
          .daemon = DaemonState::kLives,
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
  dead.daemon = DaemonState::kDead;
  const AreaReport report = doctor::CheckMounts({dead});
  EXPECT_EQ(SeverityOf(report, "stale-mount"), "error");
  EXPECT_EQ(RemedyOf(report, "stale-mount"), "annofs umount --lazy '/mnt/a b'");
}

TEST(MountChecksTest, AMountOfWhichNothingIsKnownIsNotCalledStale) {
  SeenMount unknown = Answering();
  unknown.daemon = DaemonState::kUnknown;
  unknown.answer = absl::NotFoundError("no control socket");
  SeenMount others = Answering();
  others.answer = absl::PermissionDeniedError("connect");
  const AreaReport report = doctor::CheckMounts({unknown, others});
  EXPECT_THAT(Ids(report), IsEmpty());
  EXPECT_THAT(report.unchecked, ElementsAre("/mnt/a b: no control socket", "/mnt/a b: connect"));
}

TEST(MountChecksTest, ADaemonThatLivesAndDoesNotAnswerIsSlowAndIsNotTakenDown) {
  SeenMount busy = Answering();
  busy.answer = absl::DeadlineExceededError("no answer in time");
  const AreaReport report = doctor::CheckMounts({busy});
  EXPECT_THAT(Ids(report), ElementsAre("slow-mount"));
  EXPECT_EQ(SeverityOf(report, "slow-mount"), "warning");
  EXPECT_THAT(RemedyOf(report, "slow-mount"), Not(HasSubstr("umount")));
}

TEST(MountChecksTest, SmallReadaheadIsTold) {
  SeenMount small = Answering();
  small.readahead_kb = 128;
  const AreaReport report = doctor::CheckMounts({small});
  EXPECT_THAT(Ids(report), ElementsAre("small-readahead"));
  EXPECT_THAT(RemedyOf(report, "small-readahead"), HasSubstr("/sys/class/bdi/0:77/read_ahead_kb"));
}

// A mount with a device number that no mount of this host has, so that its socket is the test's.
class GatherMountsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    setenv("XDG_RUNTIME_DIR", runtime_.path().c_str(), 1);
    socket_ = SocketPaths(mount_.device).front();
  }
  void TearDown() override {
    unlink(socket_.c_str());
    if (is_mounted_) umount2(mount_.mountpoint.c_str(), MNT_DETACH);
    unsetenv("XDG_RUNTIME_DIR");
  }

  // A socket at which nobody listens any more.
  void Abandon() {
    std::filesystem::create_directories(std::filesystem::path(socket_).parent_path());
    sockaddr_un address{.sun_family = AF_UNIX};
    ASSERT_LT(socket_.size(), sizeof address.sun_path);
    socket_.copy(address.sun_path, socket_.size());
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    close(fd);
    ASSERT_TRUE(IsAbandonedControl(socket_));
  }
  void Listen(ControlServer::Serve serve) {
    auto server = ControlServer::Start(socket_, std::move(serve));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  // A FUSE mount whose daemon has ended. False: that is not permitted here.
  bool MountDead() {
    const int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (device < 0) return false;
    const std::string data =
        absl::StrCat("fd=", device, ",rootmode=40000,user_id=", getuid(), ",group_id=", getgid());
    is_mounted_ = ::mount("test", mount_.mountpoint.c_str(), "fuse.test", 0, data.c_str()) == 0;
    close(device);
    return is_mounted_;
  }
  SeenMount Seen() {
    const std::vector<SeenMount> seen = doctor::GatherMounts(host_.files(), {mount_});
    EXPECT_EQ(seen.size(), 1u);
    return seen.at(0);
  }

  TempDir runtime_, mountpoint_;
  MadeUpHost host_;
  MountEntry mount_{.device = makedev(4095, unsigned(getpid()) & 0xFFFFF),
                    .mountpoint = mountpoint_.path(),
                    .source = "b2://b",
                    .owner = getuid()};
  std::string socket_;
  std::unique_ptr<ControlServer> server_;
  bool is_mounted_ = false;
};

TEST_F(GatherMountsTest, ADaemonThatAnswersLives) {
  host_.Put(absl::StrCat("/sys/class/bdi/4095:", minor(mount_.device), "/read_ahead_kb"), "128\n");
  Listen([](absl::string_view, ControlClient& client) { client.Send("{}"); });
  const SeenMount seen = Seen();
  EXPECT_EQ(seen.daemon, DaemonState::kLives);
  EXPECT_TRUE(seen.answer.ok()) << seen.answer;
  EXPECT_EQ(seen.readahead_kb, 128u);
}

TEST_F(GatherMountsTest, ADaemonThatIsTooBusyToAnswerIsNotCalledDead) {
  Listen([](absl::string_view, ControlClient& client) {
    while (!client.stopped().cancelled()) absl::SleepFor(absl::Milliseconds(10));
  });
  const absl::Time begun = absl::Now();
  const SeenMount seen = Seen();
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
  EXPECT_EQ(seen.daemon, DaemonState::kLives);
  EXPECT_FALSE(seen.answer.ok());
  EXPECT_THAT(Ids(doctor::CheckMounts({seen})), ElementsAre("slow-mount"));
}

// As a mount of another container, and one that could not make its socket.
TEST_F(GatherMountsTest, AMountWithoutASocketHereIsNotCalledDead) {
  EXPECT_EQ(Seen().daemon, DaemonState::kUnknown);
  EXPECT_EQ(doctor::CheckMounts({Seen()}).unchecked.size(), 1u);
}

TEST_F(GatherMountsTest, AnAbandonedSocketAloneDoesNotMakeAMountDead) {
  Abandon();
  EXPECT_EQ(Seen().daemon, DaemonState::kUnknown);
  EXPECT_EQ(doctor::CheckMounts({Seen()}).unchecked.size(), 1u);
}

TEST_F(GatherMountsTest, AnAbandonedSocketOfADeadMountpointMeansDead) {
  Abandon();
  if (!MountDead()) GTEST_SKIP() << "no right to mount";
  EXPECT_EQ(Seen().daemon, DaemonState::kDead);
  EXPECT_THAT(Ids(doctor::CheckMounts({Seen()})), ElementsAre("stale-mount"));
}

TEST_F(GatherMountsTest, WithScratchTheMountBelowSaysWhetherItIsDead) {
  Abandon();
  if (!MountDead()) GTEST_SKIP() << "no right to mount";
  const TempDir overlay;
  mount_.read_only = mount_.mountpoint;
  mount_.mountpoint = overlay.path();
  EXPECT_EQ(Seen().daemon, DaemonState::kDead);
  EXPECT_THAT(RemedyOf(doctor::CheckMounts({Seen()}), "stale-mount"), HasSubstr(overlay.path()));
  mount_.mountpoint = mount_.read_only;
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

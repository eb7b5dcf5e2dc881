// What a process may have at most: each finding, and limits that are enough.
#include "tools/doctor/limit_checks.h"

#include "gmock/gmock.h"
#include "tests/tools/doctor/doctor_testing.h"

namespace annofs::testing {
namespace {

using doctor::LimitFacts;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kMiB = 1 << 20;

LimitFacts Enough() {
  return {.files = 1024,
          .processes = 30000,
          .memory = {{.file = "/sys/fs/cgroup/memory.max", .most = 2048 * kMiB}},
          .tasks = {{.file = "/sys/fs/cgroup/pids.max", .most = 9000, .used = 200}},
          .memory_asked = 256 * kMiB,
          .cache_size = 10240 * kMiB,
          .connections = 64};
}

TEST(LimitChecksTest, NothingIsFoundWhereTheLimitsAreEnough) {
  EXPECT_THAT(Ids(CheckLimits(Enough())), IsEmpty());
  EXPECT_THAT(CheckLimits(Enough()).unchecked, IsEmpty());
}

TEST(LimitChecksTest, FilesAreComparedWithTheConnections) {
  LimitFacts facts = Enough();
  facts.connections = 1000;
  EXPECT_THAT(Ids(CheckLimits(facts)), ElementsAre("few-open-files"));
  facts.files = 4096;
  EXPECT_THAT(Ids(CheckLimits(facts)), IsEmpty());
}

TEST(LimitChecksTest, ProcessesBoundUsersAndNotRoot) {
  LimitFacts facts = Enough();
  facts.processes = 500;
  EXPECT_THAT(Ids(CheckLimits(facts)), ElementsAre("few-processes"));
  facts.is_bound_by_processes = false;
  EXPECT_THAT(Ids(CheckLimits(facts)), IsEmpty());
}

TEST(LimitChecksTest, ThreadsOfAControlGroupAreThoseThatAreLeft) {
  LimitFacts facts = Enough();
  facts.tasks->used = 8500;
  EXPECT_THAT(Ids(CheckLimits(facts)), ElementsAre("few-tasks-in-group"));
  EXPECT_THAT(EvidenceOf(CheckLimits(facts), "few-tasks-in-group"),
              HasSubstr("/sys/fs/cgroup/pids.max: 500 more threads of 9,000"));
}

TEST(LimitChecksTest, AddressSpaceAndFilesMustHoldTheCache) {
  LimitFacts facts = Enough();
  facts.address_space = uint64_t{32} << 30;
  EXPECT_THAT(Ids(CheckLimits(facts)), ElementsAre("little-address-space"));
  facts = Enough();
  facts.file_size = 512 * kMiB;
  EXPECT_THAT(Ids(CheckLimits(facts)), ElementsAre("small-files-only"));
}

TEST(LimitChecksTest, TheMemoryOfTheGroupIsComparedWithTheOption) {
  LimitFacts facts = Enough();
  facts.memory->most = 300 * kMiB;
  EXPECT_EQ(SeverityOf(CheckLimits(facts), "memory-bound-low"), "warning");
  facts.memory->most = 200 * kMiB;
  EXPECT_EQ(SeverityOf(CheckLimits(facts), "memory-bound-too-low"), "error");
  facts.memory->most = doctor::kNoLimit;
  EXPECT_THAT(Ids(CheckLimits(facts)), IsEmpty());
  facts.memory.reset();
  EXPECT_THAT(CheckLimits(facts).unchecked, ElementsAre(HasSubstr("memory")));
}

TEST(LimitChecksTest, TheLeastBoundOfTheGroupsAboveCountsInVersion2) {
  MadeUpHost host;
  host.Put("/proc/self/cgroup", "0::/a/b\n");
  host.Put("/sys/fs/cgroup/a/b/memory.max", "max\n");
  host.Put("/sys/fs/cgroup/a/memory.max", "1000\n");
  host.Put("/sys/fs/cgroup/a/memory.current", "10\n");
  host.Put("/sys/fs/cgroup/a/b/pids.max", "7\n");
  host.Put("/sys/fs/cgroup/a/b/pids.current", "2\n");
  const LimitFacts facts = doctor::GatherLimits(host.files());
  ASSERT_TRUE(facts.memory && facts.tasks);
  EXPECT_EQ(facts.memory->file, "/sys/fs/cgroup/a/memory.max");
  EXPECT_EQ(facts.memory->most, 1000u);
  EXPECT_EQ(facts.tasks->most, 7u);
  EXPECT_EQ(facts.tasks->used, 2u);
}

TEST(LimitChecksTest, InVersion1EachControllerHasItsGroups) {
  const std::string groups = "4:memory:/m\n8:pids:/\n3:cpu,cpuacct:/\n0::/u\n";
  EXPECT_EQ(doctor::PlaceOfGroup(groups, "memory").directory, "/sys/fs/cgroup/memory/m");
  EXPECT_EQ(doctor::PlaceOfGroup(groups, "pids").directory, "/sys/fs/cgroup/pids");
  EXPECT_EQ(doctor::PlaceOfGroup(groups, "cpuacct").directory, "/sys/fs/cgroup/cpu,cpuacct");
  EXPECT_EQ(doctor::PlaceOfGroup("0::/u\n", "memory").directory, "/sys/fs/cgroup/u");
  EXPECT_EQ(doctor::PlaceOfGroup("garbage\n", "memory").directory, "");
  MadeUpHost host;
  host.Put("/proc/self/cgroup", groups);
  host.Put("/sys/fs/cgroup/memory/m/memory.limit_in_bytes", "5000\n");
  host.Put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  const LimitFacts facts = doctor::GatherLimits(host.files());
  ASSERT_TRUE(facts.memory && facts.tasks);
  EXPECT_EQ(facts.memory->most, 5000u);
  EXPECT_EQ(facts.tasks->most, doctor::kNoLimit);
}

}  // namespace
}  // namespace annofs::testing

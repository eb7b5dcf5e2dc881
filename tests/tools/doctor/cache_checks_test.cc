// The cache directory: each finding, and a healthy one.
#include "tools/doctor/cache_checks.h"

#include <sys/stat.h>

#include "cache/cache_dir.h"
#include "gmock/gmock.h"
#include "tests/tools/doctor/doctor_testing.h"

namespace annofs::testing {
namespace {

using doctor::AreaReport;
using doctor::CacheFacts;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr uint64_t kMiB = 1 << 20;

CacheFacts Healthy() {
  return {.path = "/var/cache/annofs",
          .there = "/var/cache/annofs",
          .file_system = "ext4",
          .format = absl::StrCat(kCacheFormat, "\n"),
          .has_catalog = true,
          .mode = S_IFDIR | 0700,
          .free = 20000 * kMiB,
          .used = 3000 * kMiB,
          .speed = {{.bytes = 8 * kMiB,
                     .write = absl::Milliseconds(20),
                     .read = absl::Milliseconds(5)}},
          .size_asked = 10240 * kMiB,
          .uid = 1000};
}

TEST(CacheChecksTest, NothingIsFoundInAHealthyOneAndItsFiguresAreTold) {
  const AreaReport report = CheckCache(Healthy());
  EXPECT_THAT(Ids(report), IsEmpty());
  EXPECT_THAT(report.unchecked, IsEmpty());
  EXPECT_THAT(report.fine, Contains("8 MiB written and synced at 419 MB/s, read at 1678 MB/s"));
}

TEST(CacheChecksTest, FileSystemsThatSpoilACacheAreTold) {
  CacheFacts facts = Healthy();
  for (const auto& [type, id, severity] :
       std::vector<std::array<std::string, 3>>{{"nfs4", "cache-on-network", "error"},
                                               {"cifs", "cache-on-network", "error"},
                                               {"fuse.annofs", "cache-on-fuse", "warning"},
                                               {"tmpfs", "cache-in-memory", "warning"},
                                               {"overlay", "cache-in-container", "info"}}) {
    facts.file_system = type;
    EXPECT_THAT(Ids(CheckCache(facts)), ElementsAre(id)) << type;
    EXPECT_EQ(SeverityOf(CheckCache(facts), id), severity) << type;
  }
}

TEST(CacheChecksTest, RoomIsWhatIsFreeAndWhatIsCacheAlready) {
  CacheFacts facts = Healthy();
  facts.free = 7240 * kMiB;
  EXPECT_THAT(Ids(CheckCache(facts)), IsEmpty());
  facts.free = 7000 * kMiB;
  EXPECT_THAT(Ids(CheckCache(facts)), ElementsAre("cache-disk-small"));
  EXPECT_THAT(RemedyOf(CheckCache(facts), "cache-disk-small"), HasSubstr("--cache-size 9000M"));
  facts.free = 1 * kMiB;
  facts.used = 0;
  EXPECT_EQ(SeverityOf(CheckCache(facts), "cache-disk-full"), "error");
}

TEST(CacheChecksTest, ADirectoryThatIsOpenToOthersOrAnothersIsTold) {
  CacheFacts facts = Healthy();
  facts.mode = S_IFDIR | 0755;
  EXPECT_THAT(Ids(CheckCache(facts)), ElementsAre("cache-open-to-others"));
  EXPECT_THAT(EvidenceOf(CheckCache(facts), "cache-open-to-others"), HasSubstr("0755"));
  facts = Healthy();
  facts.is_own = false;
  EXPECT_THAT(Ids(CheckCache(facts)), ElementsAre("cache-of-another"));
  facts.there = "/var/cache";  // what will be made there is private
  facts.format = "";
  facts.has_catalog = false;
  facts.mode = S_IFDIR | 0755;
  EXPECT_THAT(Ids(CheckCache(facts)), IsEmpty());
}

TEST(CacheChecksTest, AnotherFormatIsAnErrorWithTheCommandThatRemovesIt) {
  CacheFacts facts = Healthy();
  facts.format = "1\n";
  EXPECT_THAT(Ids(CheckCache(facts)), ElementsAre("cache-other-format"));
  EXPECT_THAT(RemedyOf(CheckCache(facts), "cache-other-format"),
              HasSubstr("rm -r /var/cache/annofs"));
  facts.format = "";
  EXPECT_THAT(EvidenceOf(CheckCache(facts), "cache-other-format"), HasSubstr("unknown"));
}

TEST(CacheChecksTest, ASlowDiskIsToldWithItsFigures) {
  CacheFacts facts = Healthy();
  facts.speed->write = absl::Seconds(2);
  EXPECT_THAT(Ids(CheckCache(facts)), ElementsAre("cache-disk-slow"));
  EXPECT_THAT(EvidenceOf(CheckCache(facts), "cache-disk-slow"), HasSubstr("4 MB/s"));
  facts.speed.reset();
  facts.speed_error = "why";
  EXPECT_THAT(CheckCache(facts).unchecked, ElementsAre("its speed: why"));
}

TEST(CacheChecksTest, ADirectoryThatCannotBeWrittenIsAnError) {
  CacheFacts facts = Healthy();
  facts.unwritable = "the cache directory cannot be written; use another one";
  facts.free = facts.used = 0;
  EXPECT_EQ(SeverityOf(CheckCache(facts), "cache-not-writable"), "error");
  EXPECT_THAT(Ids(CheckCache(facts)), ElementsAre("cache-not-writable"));
}

TEST(CacheChecksTest, TheFileSystemIsThatOfTheInnermostMountAndOfTheLastAtOnePlace) {
  const char kMounts[] =
      "1 0 8:1 / / rw - ext4 /dev/a rw\n"
      "2 1 0:5 / /data rw - nfs4 host:/x rw\n"
      "3 2 0:6 / /data/fast\\040disk rw shared:1 - xfs /dev/b rw\n"
      "4 2 0:7 / /data/fast\\040disk rw - btrfs /dev/c rw\n";
  EXPECT_EQ(doctor::FileSystemOf("/var/cache", kMounts), "ext4");
  EXPECT_EQ(doctor::FileSystemOf("/", kMounts), "ext4");
  EXPECT_EQ(doctor::FileSystemOf("/data", kMounts), "nfs4");
  EXPECT_EQ(doctor::FileSystemOf("/database", kMounts), "ext4");
  EXPECT_EQ(doctor::FileSystemOf("/data/fast disk/cache", kMounts), "btrfs");
  EXPECT_EQ(doctor::FileSystemOf("/x", ""), "");
}

TEST(CacheChecksTest, LookingLeavesNothingAndTellsWhatIsThere) {
  TempDir dir;
  const std::string absent = dir / "not/there";
  CacheFacts facts = doctor::GatherCache(absent, "");
  EXPECT_EQ(facts.there, dir.path());
  EXPECT_EQ(facts.format, "");
  ASSERT_TRUE(facts.speed.has_value()) << facts.speed_error;
  EXPECT_EQ(facts.speed->bytes, 8 * kMiB);
  EXPECT_GT(facts.free, 0u);
  EXPECT_THAT(ListTree(dir.path()).value(), IsEmpty());
  ASSERT_TRUE(OpenCacheDir({.path = dir / "cache", .block_bytes = 16 * kMiB}).ok());
  facts = doctor::GatherCache(dir / "cache", "1 0 8:1 / / rw - ext4 /dev/a rw\n");
  EXPECT_EQ(facts.format, absl::StrCat(kCacheFormat, "\n"));
  EXPECT_TRUE(facts.has_catalog && facts.is_own);
  EXPECT_EQ(facts.mode & 07777, 0700u);
  EXPECT_EQ(facts.file_system, "ext4");
  EXPECT_EQ(facts.unwritable, "");
}

}  // namespace
}  // namespace annofs::testing

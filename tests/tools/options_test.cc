// The option table against fstab, and what excludes each other.
#include "tools/options.h"

#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/match.h"
#include "tools/command.h"
#include "tools/mount_table.h"

namespace annofs {
namespace {

std::string Annofs(const std::vector<std::string>& arguments, int expected_code) {
  std::ostringstream out, err;
  EXPECT_EQ(RunAnnofs(arguments, {out, err}), expected_code) << err.str();
  return out.str() + err.str();
}

TEST(OptionsTest, EveryMountOptionWorksInFstab) {
  Settings settings;
  ASSERT_TRUE(
      ApplyMountOptions(
          "ro,_netdev,x-systemd.automount,cache=/c,cache-size=1G,memory=200M,offline,"
          "allow_other,uid=5,umask=027,timeout=5,views-name=v,annotations=a.zip,annotations=b.zip,"
          "credentials=/k,region=r,addressing=path,allow_http,at=2026-05-01,endpoint=https://e",
          settings)
          .ok());
  EXPECT_EQ(settings.cache, "/c");
  EXPECT_EQ(settings.cache_size, uint64_t{1} << 30);
  EXPECT_TRUE(settings.offline);
  EXPECT_TRUE(settings.allow_other);
  EXPECT_EQ(settings.uid, 5u);
  EXPECT_EQ(settings.umask, 0227u);
  EXPECT_EQ(settings.timeout, absl::Seconds(5));
  EXPECT_EQ(settings.credentials, "/k");
  EXPECT_EQ(settings.endpoint, "https://e");
  EXPECT_EQ(settings.region, "r");
  EXPECT_EQ(settings.addressing, S3Addressing::kPath);
  EXPECT_TRUE(settings.allow_http);
  EXPECT_EQ(settings.at, absl::FromUnixSeconds(1777593600));
  EXPECT_EQ(settings.annotations, (std::vector<std::string>{"a.zip", "b.zip"}));
}

TEST(OptionsTest, AValueWithAPartThatMayBeLeftOutIsTheNextWord) {
  std::string refused =
      Annofs({"export", "/no/such/source", "--view", "yolo", "--output", "/no/such/out"}, kFailed);
  EXPECT_FALSE(absl::StrContains(refused, "--view")) << refused;
}

TEST(OptionsTest, ThePeriodOfFollowMayBeLeftOut) {
  Settings settings;
  EXPECT_EQ(settings.follow, absl::ZeroDuration());
  ASSERT_TRUE(ApplyMountOptions("follow", settings).ok());
  EXPECT_EQ(settings.follow, absl::Seconds(60));
  ASSERT_TRUE(ApplyMountOptions("follow=2.5", settings).ok());
  EXPECT_EQ(settings.follow, absl::Milliseconds(2500));
  for (absl::string_view wrong : {"follow=0", "follow=-1", "follow=often", "follow=1e9"}) {
    EXPECT_FALSE(ApplyMountOptions(wrong, settings).ok()) << wrong;
  }
  // The word after it is an argument of the command, not its value.
  std::string refused = Annofs({"mount", "--follow", "/no/such/source"}, kWrongUsage);
  EXPECT_TRUE(absl::StrContains(refused, "is required")) << refused;
  refused = Annofs({"mount", "--follow=often", "/no/such/source", "/no/such/mnt"}, kWrongUsage);
  EXPECT_TRUE(absl::StrContains(refused, "--follow")) << refused;
}

TEST(OptionsTest, WrongFstabOptionsAreNamed) {
  Settings settings;
  for (absl::string_view wrong :
       {"no-such=1", "umask=9", "memory=1K", "timeout=0", "views-name=a/b", "log-level=loud",
        "addressing=host", "at=2999-01-01", "at=yesterday", "credentials="}) {
    absl::Status status = ApplyMountOptions(wrong, settings);
    EXPECT_FALSE(status.ok()) << wrong;
    EXPECT_TRUE(absl::StrContains(status.message(), wrong.substr(0, wrong.find('=')))) << status;
  }
}

TEST(OptionsTest, AMountIsWritableOnlyWithScratch) {
  Settings settings;
  ASSERT_TRUE(ApplyMountOptions("rw", settings).ok());
  EXPECT_TRUE(absl::StrContains(CheckTogether(settings).message(), "-o rw"));
  ASSERT_TRUE(ApplyMountOptions("scratch=/s,umask=002", settings).ok());
  EXPECT_TRUE(CheckTogether(settings).ok());
  EXPECT_EQ(settings.scratch, "/s");
  EXPECT_EQ(settings.scratch_umask, 02u);
  EXPECT_EQ(settings.umask, 0222u);
  ASSERT_TRUE(ApplyMountOptions("ro", settings).ok());
  EXPECT_TRUE(absl::StrContains(CheckTogether(settings).message(), "-o ro"));
}

TEST(OptionsTest, ScratchAndFollowExcludeEachOther) {
  Settings settings;
  ASSERT_TRUE(ApplyMountOptions("scratch=/s,follow", settings).ok());
  const absl::Status status = CheckTogether(settings);
  EXPECT_TRUE(absl::StrContains(status.message(), "--follow and --scratch")) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "could not be opened")) << status;
}

TEST(OptionsTest, FormatsNamesEveryReaderAndView) {
  std::string text = Annofs({"formats"}, kDone);
  for (absl::string_view name :
       {"cvat_backup", "cvat_images_xml", "cvat_video_xml", "by-frame", "by-class", "yolo"}) {
    EXPECT_TRUE(absl::StrContains(text, name)) << name;
  }
  EXPECT_TRUE(absl::StrContains(Annofs({"formats", "--json"}, kDone), "\"views\""));
}

TEST(MountTableTest, FindsAnnofsMountsWithSpacesInTheirNames) {
  std::vector<MountEntry> mounts = ParseMountInfo(
      "36 35 98:0 / / rw - ext4 /dev/root rw\n"
      "42 27 0:39 / /mnt/a\\040b ro,nosuid shared:1 - fuse.annofs b2://x ro,user_id=0\n");
  ASSERT_EQ(mounts.size(), 1u);
  EXPECT_EQ(mounts[0].mountpoint, "/mnt/a b");
  EXPECT_EQ(mounts[0].source, "b2://x");
  EXPECT_EQ(mounts[0].device, dev_t{39});
}

TEST(MountTableTest, TheLastMountOfAPlaceIsSeen) {
  const std::vector<MountRow> rows = ParseMountRows(
      "42 27 0:39 / /mnt/a ro - fuse.annofs b2://x ro\n"
      "43 27 0:40 / /mnt/a rw - overlay annofs:b2://x rw,upperdir=/u\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(MountedAt(rows, "/mnt/a")->type, "overlay");
  EXPECT_EQ(MountedAt(rows, "/mnt/a")->source, "annofs:b2://x");
  EXPECT_FALSE(MountedAt(rows, "/mnt").has_value());
}

TEST(MountTableTest, AMountWithScratchIsFoundByBothItsPlaces) {
  const std::vector<MountEntry> mounts = {{.device = 1,
                                           .mountpoint = "/mnt/data",
                                           .source = "b2://a",
                                           .read_only = "/run/annofs/scratch-x/lower",
                                           .scratch = "/s"}};
  EXPECT_EQ(FindPlace(mounts, "/mnt/data/x")->path, "x");
  const auto below = FindPlace(mounts, "/run/annofs/scratch-x/lower/y");
  ASSERT_TRUE(below.has_value());
  EXPECT_EQ(below->path, "y");
  EXPECT_EQ(below->mount.mountpoint, "/run/annofs/scratch-x/lower");
}

}  // namespace
}  // namespace annofs

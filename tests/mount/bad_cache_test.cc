// Cache directories that are damaged, full or not writable: the mount works, or says what, where
// and what to do.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"
#include "tests/testing/small_disk.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

class BadCacheTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    Sh("mkdir -p bucket/known bucket/fresh mnt && cd bucket && seq -f known/%g 3000 | xargs touch "
       "&& seq -f fresh/%g 9000 | xargs touch && head -c 100000 /dev/urandom >known/image.jpg");
    Serve("bucket");
  }

  void ExpectRefused(const std::string& cache, absl::string_view what, absl::string_view remedy) {
    const ProcessResult result =
        Annofs({"mount", "b2://b", Path("mnt"), "--endpoint", emulator_->url(), "--cache", cache});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr(what));
    EXPECT_THAT(result.err, HasSubstr(remedy));
    EXPECT_FALSE(IsMounted(Path("mnt")));
  }
  // A cache directory that knows something.
  void MakeCache() {
    Sh("ls " + MountBucket({"--no-views"}) + "/known");
    Unmount(Path("mnt"));
  }
};

TEST_F(BadCacheTest, ACatalogCutShortIsRefused) {
  MakeCache();
  Sh("truncate -s 20000 cache/catalog/data.mdb");
  ExpectRefused(Path("cache"), Path("cache/catalog"), "remove it");
  Sh("rm -r cache/catalog");
  MountBucket({"--no-views"});
}

TEST_F(BadCacheTest, ACatalogWithoutAHeaderIsRefused) {
  MakeCache();
  Sh("dd if=/dev/zero of=cache/catalog/data.mdb bs=4096 count=2 conv=notrunc");
  ExpectRefused(Path("cache"), Path("cache/catalog"), "remove it");
}

TEST_F(BadCacheTest, ACacheOfANewerFormatIsRefused) {
  MakeCache();
  Sh("echo 999 >cache/VERSION");
  ExpectRefused(Path("cache"), "format 999", "--cache");
}

TEST_F(BadCacheTest, ACacheThatCannotBeWrittenIsRefused) {
  SmallDisk disk(64 << 20);
  if (!disk.mounted() || !disk.SetReadOnly()) GTEST_SKIP() << "no right to mount a small disk";
  ExpectRefused(disk.path(), disk.path(), "--cache");
}

TEST_F(BadCacheTest, AMountOnAFullDiskShowsWhatItHasAndTheRestOnceThereIsSpace) {
  SmallDisk disk(64 << 20);
  if (!disk.mounted()) GTEST_SKIP() << "no right to mount a small disk";
  const std::string mnt =
      MountBucket({"--no-views", "--cache", disk.path() + "/c", "--log-file", Path("log")});
  const std::string known =
      Sh("ls -l " + mnt + "/known | sha1sum && stat " + mnt + "/known/image.jpg");
  Sh("cmp bucket/known/image.jpg " + mnt + "/known/image.jpg");
  disk.Fill();
  EXPECT_EQ(Sh("ls -l " + mnt + "/known | sha1sum && stat " + mnt + "/known/image.jpg"), known);
  Sh("cmp bucket/known/image.jpg " + mnt + "/known/image.jpg");
  EXPECT_EQ(TrySh("ls " + mnt + "/fresh").exit_code, 2);
  EXPECT_EQ(Sh("for i in $(seq 100); do grep -m1 -o 'disk full' log && exit; sleep 0.1; done"),
            "disk full\n");
  EXPECT_EQ(Sh("ls -l " + mnt + "/known | sha1sum && stat " + mnt + "/known/image.jpg"), known);
  disk.Free();
  EXPECT_EQ(Sh("ls " + mnt + "/fresh | wc -l"), "9000\n");
  Unmount(mnt);
}

// Twice as many bytes as --memory lets wait for a disk: all of them are read, whatever becomes of
// what they leave.
class RefusingDiskTest : public BadCacheTest {
 protected:
  static constexpr int kFiles = 1200;

  void SetUp() override {
    BadCacheTest::SetUp();
    if (IsSkipped()) return;
    Sh(absl::StrCat("mkdir bucket/many && for i in $(seq ", kFiles,
                    "); do head -c 99000 /dev/zero | tr '\\0' x >bucket/many/$i; echo $i "
                    ">>bucket/many/$i; done"));
  }
  // Read by many at once, each once.
  void ExpectThatAllCanBeRead(const std::string& mnt) {
    Sh(absl::StrCat("ls bucket/many | xargs -P 32 -I {} cmp bucket/many/{} ", mnt, "/many/{}"));
  }
  // One line in 30 seconds, however many blocks are refused.
  void ExpectFewLines(absl::string_view what) {
    const std::string lines = Sh(absl::StrCat("grep -c '", what, "' log"));
    EXPECT_THAT(lines, ::testing::AnyOf("1\n", "2\n", "3\n", "4\n")) << Sh("cat log");
  }
};

TEST_F(RefusingDiskTest, ReadsGoOnFromTheStoreWhileTheDiskOfTheCacheIsFull) {
  SmallDisk disk(64 << 20);
  if (!disk.mounted()) GTEST_SKIP() << "no right to mount a small disk";
  const std::string mnt = MountBucket(
      {"--no-views", "--memory", "128M", "--cache", disk.path() + "/c", "--log-file", Path("log")});
  Sh("ls " + mnt + "/many");
  disk.Fill();
  ExpectThatAllCanBeRead(mnt);
  ExpectFewLines("blocks are not written to the cache");
}

TEST_F(RefusingDiskTest, ReadsGoOnFromTheStoreWhenTheCacheDirectoryIsRemoved) {
  const std::string mnt =
      MountBucket({"--no-views", "--memory", "128M", "--log-file", Path("log")});
  Sh("ls " + mnt + "/many && cat " + mnt + "/many/1 && rm -rf cache/*");
  ExpectThatAllCanBeRead(mnt);
}

}  // namespace
}  // namespace annofs::testing

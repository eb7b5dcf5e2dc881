// The tree is the same on every machine: names, sizes, times, modes and bytes of two mounts of one
// bucket, at different paths, with different caches, used in another order.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

class SameEverywhereTest : public MountTest {
 protected:
  std::string MountAt(const std::string& path, const std::string& cache) {
    Sh("mkdir -p '" + path + "'");
    return Mount("b2://b", path, {"--endpoint", emulator_->url(), "--cache", Path(cache)});
  }
  // Path, type, size, time and mode of everything, in the order in which the mount lists it.
  std::string Listed(const std::string& mnt, const std::string& into) {
    Sh("cd '" + mnt + "/views' && find . -printf '%P %y %s %T@ %m %n\n' > '" + Path(into) + "'");
    return Sh("sha256sum < '" + into + "'");
  }
  // Digests of every file that is no image of the bucket, and how many these are.
  std::string Digests(const std::string& mnt, const std::string& into) {
    Sh("cd '" + mnt + "/views' && find . -type f -links 1 -print0 | xargs -0 sha256sum > '" +
       Path(into) + "'");
    return Sh("sha256sum < '" + into + "'");
  }
  void ExpectTheSameTwice(int least_files) {
    Serve("bucket");
    const std::string one = MountAt("mnt", "cache");
    const std::string listed = Listed(one, "one.list");
    const std::string digests = Digests(one, "one.sums");
    EXPECT_GT(std::stoi(Sh("wc -l < one.sums")), least_files);
    Unmount(one);

    // Small pages of the bucket's names; then files are read before anybody lists their
    // directories, the last view first.
    ASSERT_TRUE(emulator_->Set(R"({"shortPages":true})").ok());
    const std::string two = MountAt("elsewhere/a-longer-ünï-name/mnt", "cache of the other");
    Sh("cd '" + two + "/views' && tac '" + Path("one.sums") +
       "' | cut -c67- | awk 'NR % 3 == 0' | tr '\n' '\\0' | xargs -0 cat > /dev/null");
    EXPECT_EQ(Digests(two, "two.sums"), digests) << Sh("diff one.sums two.sums | head -20");
    EXPECT_EQ(Listed(two, "two.list"), listed) << Sh("diff one.list two.list | head -20");
    Unmount(two);
  }
};

TEST_F(SameEverywhereTest, ImagesWithEveryTypeOfShape) {
  MakeLightweightBucket();
  ExpectTheSameTwice(300);
}

TEST_F(SameEverywhereTest, VideoWithTracksOfSkeletons) {
  Sh("mkdir bucket && cp '" + Fixture("golden/rand_video_01/INPUT/backup.zip") + "' bucket/");
  ExpectTheSameTwice(800);
}

// A tree is the same too after it was taken from the cache of an earlier mount.
TEST_F(SameEverywhereTest, ASkeletonsTaskAfterARemount) {
  Sh("mkdir bucket && cp '" + Fixture("golden/rand_images_04/INPUT/backup.zip") + "' bucket/");
  Serve("bucket");
  const std::string listed = Listed(MountAt("mnt", "cache"), "one.list");
  const std::string digests = Digests(Path("mnt"), "one.sums");
  Unmount(Path("mnt"));
  MountAt("other", "cache");
  EXPECT_EQ(Listed(Path("other"), "two.list"), listed);
  EXPECT_EQ(Digests(Path("other"), "two.sums"), digests);
}

}  // namespace
}  // namespace annofs::testing

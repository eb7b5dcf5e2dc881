// Tar shards of a WebDataset on a mount: tar and Python read them, and the bucket is asked for each
// image once.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/cache/ring_testing.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

constexpr int kImages = 60;

class ShardsMountTest : public MountTest {
 protected:
  // Images of up to 300,000 bytes and one of 3,000,000; the last ten are val.
  void MakeBucket() {
    std::string xml =
        "<annotations><version>1.1</version><meta><task><name>street</name><labels><label>"
        "<name>car</name></label></labels></task></meta>\n";
    for (int i = 0; i < kImages; ++i) {
      const std::string name = absl::StrFormat("d/%03d.jpg", i);
      Write("bucket/" + name, ContentOf(uint64_t(i), i == 30 ? 3'000'000 : 7919u * i % 300'000));
      absl::StrAppend(&xml, "<image id=\"", i, "\" name=\"", name, "\" subset=\"",
                      i < kImages - 10 ? "train" : "val",
                      "\" width=\"100\" height=\"50\"><box label=\"car\" occluded=\"0\" xtl=\"1\" "
                      "ytl=\"2\" xbr=\"30\" ybr=\"40\" z_order=\"0\"></box></image>\n");
    }
    Write("bucket/annotations.xml", xml + "</annotations>\n");
  }
};

TEST_F(ShardsMountTest, TarUnpacksTheImagesOfTheBucket) {
  MakeBucket();
  const std::string wds = Mount(Path("bucket")) + "/views/street/wds";
  EXPECT_EQ(Sh("ls '" + wds + "'"), "classes.txt\ntrain-000000.tar\nval-000000.tar\n");
  EXPECT_EQ(Sh("mkdir out; for shard in '" + wds + "'/*.tar; do tar -C out -xf $shard 2>&1; done"),
            "");
  EXPECT_EQ(Sh("ls out | wc -l"), absl::StrCat(2 * kImages, "\n"));
  EXPECT_EQ(Sh("cd bucket/d && for i in *.jpg; do cmp $i ../../out/d_$i; done"), "");
  EXPECT_EQ(
      Sh("cd out && for i in *.json; do n=${i#d_}; cmp $i '" + wds + "'/../by-frame/d/$n; done"),
      "");
  EXPECT_EQ(Sh("tar -tvf '" + wds + "/val-000000.tar' | head -2 | tr -s ' '"),
            absl::StrCat("-r--r--r-- 0/0 ", Sh("stat -c %s out/d_050.json").substr(0, 3),
                         " 1970-01-01 00:00 d_050.json\n-r--r--r-- 0/0 ", 7919 * 50 % 300'000,
                         " 1970-01-01 00:00 d_050.jpg\n"));
}

TEST_F(ShardsMountTest, PythonReadsThemAndAnyRangeIsThatOfTheWhole) {
  MakeBucket();
  const std::string mnt = Mount(Path("bucket"));
  Write("read.py", R"(
import hashlib, os, random, sys, tarfile
shard, images = sys.argv[1:]
with tarfile.open(shard, 'r|') as tar:
    for member in tar:
        if member.name.endswith('.jpg'):
            with open(os.path.join(images, member.name[2:]), 'rb') as image:
                assert tar.extractfile(member).read() == image.read(), member.name
fd = os.open(shard, os.O_RDONLY)
whole = b''
while len(whole) < os.fstat(fd).st_size:
    whole += os.pread(fd, 1 << 20, len(whole))
assert os.pread(fd, 10, len(whole)) == b''
os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
random.seed(1)
for i in range(300):
    offset, length = random.randrange(len(whole)), random.randrange(1, 200000)
    assert os.pread(fd, length, offset) == whole[offset:offset + length], (offset, length)
print(hashlib.sha256(whole).hexdigest())
)");
  const std::string read =
      "python3 read.py '" + mnt + "/views/street/wds/train-000000.tar' bucket/d";
  const std::string first = Sh(read);
  EXPECT_EQ(first.size(), 65u);
  EXPECT_EQ(first,
            Sh("sha256sum < '" + mnt + "/views/street/wds/train-000000.tar' | head -c 64") + "\n");
}

TEST_F(ShardsMountTest, EachImageIsAskedForOnceAndNoneForItsSize) {
  MakeBucket();
  Serve("bucket");
  std::string mnt = MountBucket();
  const std::string shard = "/views/street/wds/train-000000.tar";
  Sh("stat '" + mnt + "/views/street/by-frame/d/000.jpg'");
  ResetCounters();
  EXPECT_GT(std::stoll(Sh("stat -c %s '" + mnt + shard + "'")), 3'000'000);
  EXPECT_EQ(Requests("b2_download_file_by_id"), 0);
  const std::string sum = Sh("sha256sum < '" + mnt + shard + "'");
  // The first one is empty; the large one is read by ranges.
  EXPECT_GE(Requests("b2_download_file_by_id"), 49);
  EXPECT_LE(Requests("b2_download_file_by_id"), 55);
  Unmount(mnt);
  mnt = MountBucket();
  ResetCounters();
  EXPECT_EQ(Sh("sha256sum < '" + mnt + shard + "'"), sum);
  EXPECT_EQ(Requests("b2_download_file_by_id"), 0);
}

TEST_F(ShardsMountTest, TwoMountsAndExportsHaveTheSameBytes) {
  MakeBucket();
  const std::string list =
      "find . -type f -printf '%P %s %T@ %m\\n' | LC_ALL=C sort; sha256sum *.tar classes.txt";
  const std::string one = Mount(Path("bucket")) + "/views/street/wds";
  const std::string two =
      Mount(Path("bucket"), "other", {"--cache", Path("other-cache")}) + "/views/street/wds";
  const std::string listed = Sh("cd '" + one + "' && " + list);
  EXPECT_EQ(Sh("cd '" + two + "' && " + list), listed);
  for (const char* output : {"out", "out.zip"}) {
    const ProcessResult result =
        Annofs({"export", Path("bucket"), "--view", "street/wds", "--output", Path(output)});
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
  EXPECT_EQ(Sh("diff -r out '" + one + "'"), "");
  EXPECT_EQ(Sh("mkdir unzipped && cd unzipped && unzip -q ../out.zip && diff -r . '" + one + "'"),
            "");
  const ProcessResult cat = Annofs({"cat", Path("bucket"), "views/street/wds/val-000000.tar"});
  EXPECT_EQ(cat.exit_code, 0) << cat.err;
  EXPECT_TRUE(cat.out == Read(one + "/val-000000.tar"));
}

// The images are no part of it, so no samples are.
TEST_F(ShardsMountTest, AnExportWithoutImagesHasNoShards) {
  MakeBucket();
  const ProcessResult result = Annofs({"export", Path("bucket"), "--view", "street/wds", "--output",
                                       Path("out"), "--images", "none"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Sh("ls out"), "classes.txt\n");
}

}  // namespace
}  // namespace annofs::testing

// Images of a full backup on a mount: files that are ranges of the zip, byte for byte what unzip
// gives.
#include "absl/strings/str_cat.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

class InnerMediaMountTest : public MountTest {
 protected:
  void MakeFullBackup() {
    Sh("mkdir bucket && cp '" + Fixture("backups_derived/task_images_full.zip") +
       "' bucket/ && mkdir plain && cd plain && unzip -q ../bucket/task_images_full.zip");
  }
  // Paths, in by-frame and in the zip's data/, of the images that are shown.
  std::string ByFrame(const std::string& mnt) {
    return "\"$(ls -d '" + mnt + "'/views/*/ | head -1)\"by-frame";
  }
};

TEST_F(InnerMediaMountTest, EveryImageIsByteForByteThatOfTheZip) {
  MakeFullBackup();
  Serve("bucket");
  const std::string frames = ByFrame(MountBucket());
  // Frame 4, e.jpg, is deleted in the task.
  EXPECT_EQ(
      Sh("cd " + frames + " && find . -type f ! -name '*.json' ! -name '*.tsv' | LC_ALL=C sort"),
      "./a.jpg\n./sub dir/b ü.png\n./sub dir/c.JPG\n./フォルダ/写真.jpeg\n");
  EXPECT_EQ(Sh("cd " + frames +
               " && find . -type f ! -name '*.json' ! -name '*.tsv' | while read -r f; do "
               "cmp \"$f\" \"" +
               Path("plain/data") + "/$f\" && echo same; done"),
            "same\nsame\nsame\nsame\n");
  // Also from the middle, and mapped.
  EXPECT_EQ(Sh("tail -c +1001 " + frames + "/a.jpg | head -c 500 | cksum"),
            Sh("tail -c +1001 plain/data/a.jpg | head -c 500 | cksum"));
  EXPECT_EQ(
      Sh("python3 -c \"import mmap,sys; f=open(sys.argv[1],'rb'); "
         "sys.stdout.write(str(sum(mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ)[:])))\" " +
         frames + "/a.jpg"),
      Sh("python3 -c \"import sys; sys.stdout.write(str(sum(open(sys.argv[1],'rb').read())))\""
         " plain/data/a.jpg"));
}

TEST_F(InnerMediaMountTest, AnImageIsOneFileInAllViewsWithTheTimeOfTheZip) {
  MakeFullBackup();
  const std::string mnt = Mount(Path("bucket"));
  const std::string views = "cd \"$(ls -d '" + mnt + "'/views/*/ | head -1)\" && ";
  EXPECT_EQ(Sh(views + "stat -c %i by-frame/a.jpg by-class/car/a.jpg yolo/images/*/a.jpg | sort -u "
                       "| wc -l"),
            "1\n");
  EXPECT_EQ(Sh(views + "stat -c '%s %h %Y' by-frame/a.jpg"),
            "3104 2 " + Sh("stat -c %Y bucket/task_images_full.zip"));
  EXPECT_EQ(Sh(views + "grep -c . reports/problems.tsv"), "1\n");  // its head
  EXPECT_EQ(Sh(views + "find -L yolo/images -type f | wc -l"), "4\n");
}

TEST_F(InnerMediaMountTest, TheZipIsReadOnceByRangesAndCachedForTheNextMount) {
  MakeFullBackup();
  Serve("bucket");
  std::string mnt = MountBucket();
  const std::string sum = Sh("cat " + ByFrame(mnt) + "/a.jpg | cksum");
  EXPECT_GT(Requests("b2_download_file_by_id"), 0);
  Unmount(mnt);
  ResetCounters();
  mnt = MountBucket();
  EXPECT_EQ(Sh("cat " + ByFrame(mnt) + "/a.jpg | cksum"), sum);
  EXPECT_EQ(Requests("b2_download_file_by_id"), 0);
}

TEST_F(InnerMediaMountTest, AnImageInTheBucketIsShownInstead) {
  MakeFullBackup();
  Write("bucket/a.jpg", "of the bucket");
  const std::string mnt = Mount(Path("bucket"));
  EXPECT_EQ(Sh("cat " + ByFrame(mnt) + "/a.jpg"), "of the bucket");
  EXPECT_EQ(Sh("stat -c %i " + ByFrame(mnt) + "/a.jpg"), Sh("stat -c %i '" + mnt + "/a.jpg'"));
}

TEST_F(InnerMediaMountTest, TheTreeOfAPastTimeHasTheSameFiles) {
  MakeFullBackup();
  Serve("bucket");
  const std::string mnt = MountBucket();
  const std::string now = Sh("sleep 1; date -u +%Y-%m-%dT%H:%M:%SZ");
  const std::string then = mnt + "/.annofs/at/" + now.substr(0, now.size() - 1);
  EXPECT_EQ(Sh("stat -c %i " + ByFrame(then) + "/a.jpg"),
            Sh("stat -c %i " + ByFrame(mnt) + "/a.jpg"));
  EXPECT_EQ(Sh("cmp " + ByFrame(then) + "/a.jpg plain/data/a.jpg && echo same"), "same\n");
}

TEST_F(InnerMediaMountTest, AFollowingMountShowsTheImagesOfTheNextBackup) {
  MakeFullBackup();
  const std::string mnt = Mount(Path("bucket"), "mnt", {"--follow=1"});
  EXPECT_EQ(Sh("cmp " + ByFrame(mnt) + "/a.jpg plain/data/a.jpg && echo same"), "same\n");
  const std::string before = Sh("stat -c %i " + ByFrame(mnt) + "/a.jpg");
  // The same images behind a further entry: other places in another zip.
  Sh("mkdir longer && cp -r plain/* longer/ && cd longer && head -c 5000 /dev/zero > 0 && "
     "rm data/e.jpg && zip -q -0 -r ../new.zip 0 task.json annotations.json data && "
     "mv ../new.zip ../bucket/task_images_full.zip");
  const std::string changed = Sh("for i in $(seq 200); do [ \"$(stat -c %i " + ByFrame(mnt) +
                                 "/a.jpg)\" != " + before.substr(0, before.size() - 1) +
                                 " ] && echo changed && break; sleep 0.1; done");
  EXPECT_EQ(changed, "changed\n");
  EXPECT_EQ(Sh("cmp " + ByFrame(mnt) + "/a.jpg plain/data/a.jpg && echo same"), "same\n");
}

TEST_F(InnerMediaMountTest, AnExportWithoutImagesLeavesThemOut) {
  MakeFullBackup();
  for (const char* images : {"none", "copy"}) {
    const std::string out = absl::StrCat("out_", images);
    ProcessResult result = Annofs(
        {"export", Path("bucket"), "--view", "yolo", "--output", Path(out), "--images", images});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(Sh("find " + out + "/images -type f | wc -l"),
              images == std::string("none") ? "0\n" : "4\n");
  }
  EXPECT_EQ(Sh("cmp out_copy/images/*/a.jpg plain/data/a.jpg && echo same"), "same\n");
}

}  // namespace
}  // namespace annofs::testing

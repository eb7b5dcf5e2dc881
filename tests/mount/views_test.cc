// The views of real input on a mount: a lightweight backup beside its media, other producers' XML,
// CVAT's own export zips. Expected texts were computed from the annotations by other means (Python,
// by hand), not by this program.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

constexpr char kDataset[] = "synth images ünï";

class ViewsTest : public MountTest {
 protected:
  void ExpectLightweightViews(const std::string& mnt) {
    std::string dataset = absl::StrCat(mnt, "/views/", kDataset);
    ExpectYolo(dataset + "/yolo");
    EXPECT_EQ(Sh("ls '" + dataset + "/by-frame'"), "a.jpg\na.json\na.tsv\nsub dir\nフォルダ\n");
    EXPECT_EQ(Sh("ls '" + dataset + "/by-frame/sub dir'"),
              "b ü.json\nb ü.png\nb ü.tsv\nc.JPG\nc.json\nc.tsv\n");
    EXPECT_EQ(Sh("LC_ALL=C ls '" + dataset + "/by-class'"),
              "car\npose\ntraffic light\nавтомобиль 🚗\n自転車\n");
    EXPECT_EQ(Sh("find '" + dataset + "/by-class/pose' -type f -printf '%P\\n' | sort"),
              "a.jpg\na.json\na.tsv\n");
    EXPECT_EQ(Sh("grep -c . '" + dataset + "/by-class/pose/a.tsv'"),
              "5\n");  // header, skeleton, three elements
    EXPECT_TRUE(
        absl::StrContains(Read(dataset + "/by-frame/a.tsv"),
                          "car\trectangle\t1\t2\t29.5\t38.25\t0\t0\t0\tmanual\t\t\t1\tplate=A 123 "
                          "\"x\" <&>;is_crowd=false;parked=false;speed=3\t1 2 30.5 40.25\n"));
    EXPECT_EQ(Read(dataset + "/by-frame/a.jpg"), Read(Path("bucket/a.jpg")));
    EXPECT_EQ(Sh("grep -c . '" + dataset + "/reports/problems.tsv'"), "1\n");
    EXPECT_EQ(Sh("cut -f2-3 '" + dataset + "/reports/dropped/yolo.tsv'"),
              "label\ttype\ntraffic light\ttag\n自転車\tpolyline\n自転車\tpoints\ncar\ttag\n");
  }

  // Enclosing boxes, clipped; worked out from annotations.json with Python. The polygons of group 5
  // have one label and are one object: (210.5, 10)-(350, 60) of 400x300.
  void ExpectYolo(const std::string& yolo) {
    EXPECT_EQ(Read(yolo + "/data.yaml"),
              "train: train.txt\nval: val.txt\nnames:\n  0: \"car\"\n  1: \"автомобиль 🚗\"\n  2: "
              "\"自転車\"\n  3: \"traffic light\"\n  4: \"pose\"\n");
    EXPECT_EQ(Sh("cat '" + yolo + "'/labels/*/a.txt"),
              "3 0.500000 0.666667 0.158114 0.210819\n0 0.039375 0.070417 0.073750 0.127500\n"
              "1 0.700625 0.116667 0.348750 0.166667\n0 0.575000 0.383333 0.150000 0.100000\n0 "
              "0.202500 0.833333 0.145000 0.133333\n"
              "4 0.775000 0.716667 0.050000 0.100000\n0 0.350000 0.233333 0.223205 0.248803\n3 "
              "0.151250 0.201667 0.102500 0.136667\n");
    EXPECT_EQ(Sh("cat '" + yolo + "'/labels/*/sub_dir_b_.txt"),
              "3 0.026250 0.035000 0.002500 0.003333\n0 0.500000 0.500000 1.000000 1.000000\n");
    EXPECT_EQ(Sh("cat '" + yolo + "'/labels/*/sub_dir_c.txt"),
              "1 0.075049 0.100083 0.100077 0.133466\n");
    // Every listed image is there, has its label file, and no name needs quoting.
    EXPECT_EQ(Sh("cd '" + yolo +
                 "' && cat train.txt val.txt | while read -r i; do [ -s \"$i\" ] && "
                 "l=${i/images/labels} && [ -f \"${l%.*}.txt\" ] && echo ok; done | wc -l"),
              "4\n");
    EXPECT_EQ(Sh("find '" + yolo + "' -name '*[!A-Za-z0-9._-]*' | wc -l"), "0\n");
  }
};

TEST_F(ViewsTest, ALightweightBackupInADirectory) {
  MakeLightweightBucket();
  ExpectLightweightViews(Mount(Path("bucket")));
}

TEST_F(ViewsTest, ALightweightBackupOverB2) {
  MakeLightweightBucket();
  Serve("bucket");
  ExpectLightweightViews(MountBucket());
  EXPECT_EQ(Sh("cd bucket && sha1sum -c <(sed 's,  .*/,&,' '" + Path("mnt") + "/views/" + kDataset +
               "/reports/SHA1SUMS') | grep -c OK"),
            "4\n");
}

TEST_F(ViewsTest, AnExportEqualsTheMountedTree) {
  MakeLightweightBucket();
  std::string mnt = Mount(Path("bucket"));
  ProcessResult result = Annofs({"export", Path("bucket/task_images_lightweight.zip"), "--view",
                                 absl::StrCat(kDataset, "/yolo"), "--output", Path("out")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  Sh(absl::StrCat("diff -r out '", mnt, "/views/", kDataset, "/yolo'"));
  EXPECT_EQ(Sh("cd out && find . -type f -printf '%P %s %T@\\n' | sort"),
            Sh(absl::StrCat("cd '", mnt, "/views/", kDataset,
                            "/yolo' && find . -type f -printf '%P %s %T@\\n' | sort")));
  EXPECT_EQ(Annofs({"export", Path("bucket"), "--view", "yolo", "--output", Path("out")}).exit_code,
            1);  // it exists
  EXPECT_EQ(Annofs({"export", Path("bucket"), "--view", "yolo", "--output", Path("out"), "--force",
                    "--images", "none"})
                .exit_code,
            0);
  EXPECT_EQ(Sh("find out/images -type f | wc -l"), "0\n");
}

TEST_F(ViewsTest, AnExportHarmsNothing) {
  MakeLightweightBucket();
  Write("kept/file", "kept");
  Sh("ln -s kept link && touch plain");
  std::string before = Sh("find bucket kept plain -type f | sort");
  for (const char* output : {"bucket", "bucket/out", ".", "link", "plain", "cache"}) {
    EXPECT_EQ(
        Annofs({"export", Path("bucket"), "--view", "yolo", "--output", Path(output), "--force"})
            .exit_code,
        1)
        << output;
  }
  EXPECT_EQ(
      Annofs({"export", Path("bucket"), "--view", "yolo", "--output", Path("kept")}).exit_code, 1);
  EXPECT_EQ(Sh("find bucket kept plain -type f | sort"), before);
  EXPECT_EQ(
      Annofs({"export", Path("bucket"), "--view", "yolo", "--output", Path("kept"), "--force"})
          .exit_code,
      0);
  EXPECT_EQ(Sh("ls kept"), "data.yaml\nimages\nlabels\ntrain.txt\nval.txt\n");
  EXPECT_EQ(Sh("ls | grep -c -e partial -e old; true"), "0\n");
}

// Ranges first: what was read stays in the kernel's pages.
TEST_F(ViewsTest, AFileAboutTheWholeDatasetIsTheSameByRangesAndWhole) {
  std::string xml =
      "<annotations><version>1.1</version><meta><task><name>many</name></task></meta>";
  for (int i = 0; i < 40'000; ++i) {
    absl::StrAppend(&xml, "<image id=\"", i, "\" name=\"", i % 7, "/", i,
                    ".jpg\" width=\"10\" height=\"10\"></image>\n");
  }
  Write("bucket/many.xml", xml + "</annotations>\n");
  ProcessResult result =
      Annofs({"export", Path("bucket"), "--view", "reports", "--output", Path("out")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Sh("grep -c . out/frames.tsv"), "40001\n");
  const std::string shown = Mount(Path("bucket")) + "/views/many/reports/frames.tsv";
  EXPECT_EQ(Sh("stat -c %s " + shown), Sh("stat -c %s out/frames.tsv"));
  EXPECT_EQ(Sh("for i in 1 0 900 37 523 4 811 1200 640; do "
               "for f in out/frames.tsv " +
               shown +
               "; do "
               "dd if=$f bs=997 skip=$((i * 3)) count=5 2>/dev/null | sha256sum; done | uniq | "
               "wc -l; done | sort -u"),
            "1\n");
  EXPECT_EQ(Sh("cmp out/frames.tsv " + shown + " && echo same"), "same\n");
}

TEST_F(ViewsTest, AnotherProducersXml) {
  Sh("cp -r '" + Fixture("datumaro/cvat-ai_2024-10/cvat_dataset/for_images") + "' bucket");
  Serve("bucket");
  std::string dataset = MountBucket() + "/views/train";
  // img0: the skeleton's elements 2..4 span (2,2)-(4,4), the box is (0,2)-(4,4), of 8x8.
  EXPECT_EQ(Sh("cat " + dataset + "/yolo/labels/*/img0.txt"),
            "2 0.375000 0.375000 0.250000 0.250000\n0 0.250000 0.375000 0.500000 0.250000\n");
  // img1: elements 1, 2 and 4 span (3,3)-(6,6) of 10x10.
  EXPECT_EQ(Sh("cat " + dataset + "/yolo/labels/*/img1.txt"),
            "2 0.450000 0.450000 0.300000 0.300000\n");
  EXPECT_EQ(Sh("ls " + dataset + "/by-class"), "label1\nlabel2\nskeleton\n");
  EXPECT_EQ(Sh("grep -c 'without a label' " + dataset + "/reports/problems.tsv"), "2\n");
}

TEST_F(ViewsTest, CvatsOwnExportZips) {
  Sh("mkdir bucket && cp '" + Fixture("cvat/export_zips") + "'/* bucket/");
  std::string mnt = Mount(Path("bucket"));
  // job_14's two XML zips hold one task by its name and number: the newest is read. The others say
  // no name: their stems.
  EXPECT_EQ(Sh("ls -p " + mnt + "/views | grep / | sort"),
            "job_14__annotations_coco-10/\njob_23__dataset_coco-_keypoints-10/\n"
            "job_23__dataset_cvat-for-images-11/\ntask1_in_project1/\n");
  std::string xml = Sh("unzip -p bucket/job_14__dataset_cvat-for-images-11.ZIP annotations.xml");
  Write("job14.xml", xml);
  std::string shapes =
      Sh("grep -cE '<(box|polygon|polyline|points|ellipse|cuboid|mask|skeleton|tag) ' job14.xml || "
         "true");
  std::string dataset = mnt + "/views/task1_in_project1";
  EXPECT_EQ(Sh("ls " + dataset + "/by-frame | grep -c json"), Sh("grep -c '<image ' job14.xml"));
  EXPECT_EQ(Sh("cat " + dataset + "/by-frame/*.tsv | grep -vc ^label || true"), shapes);
}

TEST_F(ViewsTest, ARealBackupWithConsensusAndHoneypots) {
  Sh("mkdir bucket && cp '" +
     Fixture("cvat/backups/task_30_backup_pre_consensus_replica_removal.zip") + "' bucket/");
  std::string mnt = Mount(Path("bucket"));
  std::string dataset = absl::StrCat("'", mnt, "/views/task with consensus and honeypots'");
  // Frames 30, 31, 34 and 33 of the annotation jobs, 32 and 35 of the pool; copies of the pool's
  // frames and the replicas are left out.
  EXPECT_EQ(Sh("ls " + dataset + "/by-frame | grep json"),
            "30.json\n31.json\n32.json\n33.json\n34.json\n35.json\n");
  EXPECT_EQ(
      Sh("cat " + dataset + "/by-frame/32.tsv " + dataset + "/by-frame/35.tsv | grep -vc ^label"),
      "3\n");
}

}  // namespace
}  // namespace annofs::testing

// `annofs export`: what it writes, seen from outside; Python's zipfile is the witness for zips.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/mount/mount_test_base.h"
#include "tests/testing/small_disk.h"

namespace annofs::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDataset[] = "synth images ünï";

class ExportTest : public MountTest {
 protected:
  ProcessResult Export(const std::string& source, const std::string& format,
                       const std::string& output, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"export", source,     "--format",
                                          format,   "--output", Path(output)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Annofs(arguments);
  }

  void ExpectExport(const std::string& source, const std::string& format, const std::string& output,
                    const std::vector<std::string>& more = {}) {
    ProcessResult result = Export(source, format, output, more);
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }

  // Unpacked by Python into a directory of the zip's name without its end.
  void Unpack(const std::string& name) {
    Write("unpack.py",
          "import sys, zipfile\n"
          "archive = zipfile.ZipFile(sys.argv[1] + '.zip')\n"
          "assert archive.testzip() is None\n"
          "for entry in archive.infolist():\n"
          "    assert entry.compress_type == zipfile.ZIP_STORED, entry\n"
          "    assert not entry.filename.endswith('/'), entry\n"
          "    assert entry.flag_bits == 1 << 11, entry\n"  // names are UTF-8, nothing else
          "archive.extractall(sys.argv[1])\n");
    Sh("python3 unpack.py " + name);
  }

  // Without images and sizes: one file per frame, in one directory.
  void MakeFrames(int count) {
    std::string xml =
        "<annotations><version>1.1</version><meta><task><name>many</name></task></meta>";
    for (int i = 0; i < count; ++i) {
      absl::StrAppend(&xml, "<image id=\"", i, "\" name=\"", i,
                      ".jpg\" width=\"10\" height=\"10\"></image>\n");
    }
    Write("bucket/many.xml", xml + "</annotations>\n");
  }
};

TEST_F(ExportTest, ADirectoryEqualsTheMountedTreeWithTheTimesOfFiles) {
  MakeLightweightBucket();
  const std::string cvat = absl::StrCat(Mount(Path("bucket")), "/views/", kDataset, "/cvat/");
  for (const char* format :
       {"PASCAL VOC 1.1", "Segmentation mask 1.1", "COCO 1.0", "CVAT for images 1.1"}) {
    ExpectExport(Path("bucket"), format, format);
    Sh(absl::StrCat("diff -r '", format, "' '", cvat, format, "'"));
    const std::string list = "' && find . -type f -printf '%P %s %T@\\n' | sort";
    EXPECT_EQ(Sh(absl::StrCat("cd '", format, list)), Sh(absl::StrCat("cd '", cvat, format, list)));
  }
  EXPECT_NE(Sh("find 'PASCAL VOC 1.1' -name '*ü.png' -path '*Class*' -size +0"), "");
}

TEST_F(ExportTest, AZipHoldsStoredWhatTheDirectoryHolds) {
  MakeLightweightBucket();
  for (const char* format : {"PASCAL VOC 1.1", "COCO 1.0"}) {
    ExpectExport(Path("bucket"), format, "directory", {"--force"});
    ExpectExport(Path("bucket"), format, "packed.zip", {"--force"});
    Unpack("packed");
    EXPECT_EQ(Sh("diff -r packed directory && rm -r packed"), "");
    EXPECT_EQ(Sh("unzip -tqq packed.zip"), "");
  }
}

TEST_F(ExportTest, AZipOfABucketHoldsImagesLargerThanWhatIsReadAhead) {
  MakeLightweightBucket();
  Sh("head -c 3500000 /dev/urandom >> bucket/a.jpg");
  Serve("bucket");
  ExpectExport("b2://b", "COCO 1.0", "packed.zip", {"--endpoint", emulator_->url()});
  Unpack("packed");
  Sh("cmp packed/images/default/a.jpg bucket/a.jpg && cmp 'packed/images/default/sub dir/c.JPG' "
     "'bucket/sub dir/c.JPG'");
}

TEST_F(ExportTest, AZipHoldsLabelsLargerThanWhatIsReadAhead) {
  std::string xml =
      "<annotations><version>1.1</version><meta><task><name>many</name></task></meta>";
  for (const int boxes : {1, 5'000, 40'000}) {
    absl::StrAppend(&xml, "<image id=\"", boxes, "\" name=\"", boxes,
                    ".jpg\" width=\"64\" height=\"64\">");
    for (int i = 0; i < boxes; ++i) {
      absl::StrAppend(&xml, "<box label=\"l\" xtl=\"", i % 32,
                      "\" ytl=\"1\" xbr=\"50\" ybr=\"60\"/>");
    }
    xml += "</image>\n";
  }
  Write("bucket/many.xml", xml + "</annotations>\n");
  ExpectExport(Path("bucket"), "YOLO 1.1", "directory");
  ExpectExport(Path("bucket"), "YOLO 1.1", "packed.zip");
  Unpack("packed");
  EXPECT_EQ(Sh("diff -r packed directory; wc -l < packed/obj_train_data/40000.txt"), "40000\n");
  EXPECT_NE(Sh("find packed -size +1100k -name '*.txt'"), "");
}

// Large files, which are not read ahead, between small ones, which are by batches.
TEST_F(ExportTest, AZipHoldsSmallFilesBetweenLargeOnes) {
  MakeFrames(3);
  for (int i = 0; i < 3; ++i) Sh(absl::StrCat("head -c 1500000 /dev/urandom > bucket/", i, ".jpg"));
  const auto written = [&](const std::string& output) {
    return Annofs({"export", Path("bucket"), "--view", "by-frame", "--output", Path(output)});
  };
  EXPECT_EQ(written("directory").exit_code, 0);
  const ProcessResult zip = written("packed.zip");
  EXPECT_EQ(zip.exit_code, 0) << zip.err;
  Unpack("packed");
  EXPECT_EQ(Sh("diff -r packed directory; ls packed | wc -l"), "9\n");
}

TEST_F(ExportTest, AZipHoldsMoreThan65535Files) {
  MakeFrames(66'000);
  ProcessResult result =
      Annofs({"export", Path("bucket"), "--view", "yolo", "--output", Path("many.zip")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Sh("python3 -c \"import zipfile; a = zipfile.ZipFile('many.zip'); "
               "n = {i.filename for i in a.infolist()}; "
               "print(a.testzip(), len(a.infolist()) == len(n), "
               "sum(i.startswith('labels/') for i in n))\""),
            "None True 66000\n");
}

TEST_F(ExportTest, ImagesOfALocalDirectoryAreLinked) {
  MakeLightweightBucket();
  Sh("mkdir real && mv bucket/a.jpg real/ && mv real bucket/ && ln -s real/a.jpg bucket/a.jpg");
  ExpectExport(Path("bucket"), "COCO 1.0", "out", {"--images", "link"});
  EXPECT_EQ(Sh("cd out/images/default && stat -c '%F %h %i' 'sub dir/c.JPG'"),
            Sh("stat -c '%F %h %i' 'bucket/sub dir/c.JPG'"));
  EXPECT_EQ(Sh("stat -c '%F %i' out/images/default/a.jpg"),
            Sh("stat -c '%F %i' bucket/real/a.jpg"));
  EXPECT_EQ(Sh("stat -c %h out/annotations/*.json"), "1\n");
}

TEST_F(ExportTest, ImagesAreLinkedBySymbolicLinksAcrossFileSystems) {
  SmallDisk disk(16 << 20);
  if (!disk.mounted()) GTEST_SKIP() << "no right to mount a tmpfs";
  MakeLightweightBucket();
  ProcessResult result = Annofs({"export", Path("bucket"), "--format", "COCO 1.0", "--output",
                                 disk.path() + "/out", "--images", "link"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Sh("readlink " + disk.path() + "/out/images/default/a.jpg"), Path("bucket/a.jpg\n"));
}

TEST_F(ExportTest, ImagesInAZipOfTheSourceAreCopiedWhereOthersAreLinked) {
  Sh("mkdir bucket && cp '" + Fixture("backups_derived/task_images_full.zip") + "' bucket/");
  ExpectExport(Path("bucket"), "COCO 1.0", "out", {"--images", "link"});
  EXPECT_EQ(Sh("stat -c '%F %h' out/images/default/a.jpg"), "regular file 1\n");
  Sh("unzip -p bucket/task_images_full.zip data/a.jpg | cmp - out/images/default/a.jpg");
}

TEST_F(ExportTest, WithoutImagesTheTextsAreTheSame) {
  MakeLightweightBucket();
  ExpectExport(Path("bucket"), "COCO 1.0", "all");
  ExpectExport(Path("bucket"), "COCO 1.0", "out", {"--images", "none"});
  ExpectExport(Path("bucket"), "COCO 1.0", "out.zip", {"--images", "none"});
  EXPECT_EQ(Sh("find out -type f"), "out/annotations/instances_default.json\n");
  EXPECT_EQ(Sh("unzip -Z1 out.zip"), "annotations/instances_default.json\n");
  Sh("diff -r out/annotations all/annotations");
}

TEST_F(ExportTest, ImagesThatCannotBeLinkedAreRefusedBeforeAnyWork) {
  MakeLightweightBucket();
  ProcessResult bucket = Export("b2://b", "COCO 1.0", "out", {"--images", "link"});
  EXPECT_EQ(bucket.exit_code, 2);
  EXPECT_THAT(bucket.err, HasSubstr("only files of a local directory can be linked"));
  ProcessResult zip = Export(Path("bucket"), "COCO 1.0", "out.zip", {"--images", "link"});
  EXPECT_EQ(zip.exit_code, 2);
  EXPECT_THAT(zip.err, HasSubstr("a zip holds no links"));
  EXPECT_EQ(Sh("ls -d out*; true"), "");
}

TEST_F(ExportTest, AFormatThatIsNotThereIsRefusedWithThoseThatAre) {
  MakeLightweightBucket();
  ProcessResult near = Export(Path("bucket"), "coco", "out");
  EXPECT_EQ(near.exit_code, 2);
  EXPECT_THAT(near.err, AllOf(HasSubstr("\"COCO 1.0\", \"COCO Keypoints 1.0\""),
                              Not(HasSubstr("YOLO")), HasSubstr("`annofs formats`")));
  ProcessResult far = Export(Path("bucket"), "Pascal", "out");
  EXPECT_THAT(far.err, HasSubstr("near to it: \"PASCAL VOC 1.1\""));
  ProcessResult other = Export(Path("bucket"), "TFRecord 1.0", "out");
  EXPECT_THAT(other.err, AllOf(HasSubstr("\"COCO 1.0\""), HasSubstr("\"YOLO 1.1\"")));
  // One that is, but not for pictures.
  ProcessResult clouds = Export(Path("bucket"), "Kitti Raw Format 1.0", "out");
  EXPECT_EQ(clouds.exit_code, 1);
  EXPECT_THAT(clouds.err, HasSubstr("Kitti Raw Format 1.0"));
  EXPECT_EQ(Sh("ls -d out*; true"), "");
}

TEST_F(ExportTest, WrongUsageIsExitStatus2) {
  MakeLightweightBucket();
  const std::string bucket = Path("bucket"), out = Path("out");
  const std::vector<std::string> wrong[] = {
      {"export"},
      {"export", bucket},
      {"export", bucket, "--view", "yolo"},
      {"export", bucket, "--output", out},
      {"export", bucket, "--view", "yolo", "--format", "COCO 1.0", "--output", out},
      {"export", bucket, "--view", "yolo", "--output", out, "--images", "some"}};
  for (const std::vector<std::string>& arguments : wrong) {
    EXPECT_EQ(Annofs(arguments).exit_code, 2) << arguments.size();
  }
  EXPECT_EQ(Sh("ls -d out*; true"), "");
}

TEST_F(ExportTest, OfSeveralDatasetsOneIsNamed) {
  for (const char* name : {"one", "two"}) {
    Write(absl::StrCat("bucket/", name, ".xml"),
          absl::StrCat("<annotations><version>1.1</version><meta><task><name>", name,
                       "</name></task></meta>\n<image id=\"0\" name=\"", name,
                       ".jpg\" width=\"10\" height=\"10\"></image>\n</annotations>\n"));
  }
  ProcessResult none = Export(Path("bucket"), "COCO 1.0", "out");
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, AllOf(HasSubstr("say which with --view DATASET/"), HasSubstr("one, two")));
  ProcessResult other = Export(Path("bucket"), "COCO 1.0", "out", {"--dataset", "other"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.err, AllOf(HasSubstr("no dataset 'other'"), HasSubstr("one, two")));
  ExpectExport(Path("bucket"), "COCO 1.0", "out", {"--dataset", "two"});
  EXPECT_EQ(Sh("grep -ro '[a-z]*.jpg' out"), "out/annotations/instances_default.json:two.jpg\n");
  EXPECT_EQ(Annofs({"export", Path("bucket"), "--view", "one/cvat/COCO 1.0", "--output", Path("a")})
                .exit_code,
            0);
  EXPECT_EQ(Sh("grep -ro '[a-z]*.jpg' a"), "a/annotations/instances_default.json:one.jpg\n");
}

TEST_F(ExportTest, NothingButTheResultIsSaidWhereNoTerminalIs) {
  MakeFrames(20'000);
  ProcessResult result =
      Annofs({"export", Path("bucket"), "--view", "yolo", "--output", Path("out")});
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, absl::StrCat("annofs: export: 20003 files in ", Path("out"), "\n"));
}

TEST_F(ExportTest, WhatExistsIsReplacedWithForceOnly) {
  MakeLightweightBucket();
  Write("out/old", "old");
  Write("out.zip", "old");
  Sh("mkdir empty && ln -s empty link && ln -s out.zip link.zip");
  const std::string before = Sh("ls -lR --time-style=full-iso out out.zip empty link link.zip");
  for (const char* output : {"out", "out.zip", "link", "link.zip"}) {
    EXPECT_EQ(Export(Path("bucket"), "COCO 1.0", output).exit_code, 1) << output;
  }
  for (const char* output : {"link", "link.zip"}) {
    EXPECT_EQ(Export(Path("bucket"), "COCO 1.0", output, {"--force"}).exit_code, 1) << output;
  }
  EXPECT_EQ(Sh("ls -lR --time-style=full-iso out out.zip empty link link.zip"), before);
  ExpectExport(Path("bucket"), "COCO 1.0", "out", {"--force"});
  ExpectExport(Path("bucket"), "COCO 1.0", "out.zip", {"--force"});
  ExpectExport(Path("bucket"), "COCO 1.0", "empty");
  EXPECT_EQ(Sh("ls -A out empty"), "empty:\nannotations\nimages\n\nout:\nannotations\nimages\n");
  EXPECT_EQ(Sh("unzip -Z1 out.zip | wc -l"), "5\n");
  EXPECT_EQ(Sh("ls -A | grep -e partial -e old; true"), "");
}

TEST_F(ExportTest, TheDirectoryOfAnAnnotationFileIsNotReplacedByItsExport) {
  MakeLightweightBucket();
  const std::string before = Sh("ls -R bucket");
  ProcessResult result =
      Export(Path("bucket/task_images_lightweight.zip"), "COCO 1.0", "bucket", {"--force"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("holds the source"));
  EXPECT_EQ(Export(Path("bucket/task_images_lightweight.zip"), "COCO 1.0",
                   "bucket/task_images_lightweight.zip", {"--force"})
                .exit_code,
            1);
  EXPECT_EQ(Sh("ls -R bucket"), before);
}

}  // namespace
}  // namespace annofs::testing

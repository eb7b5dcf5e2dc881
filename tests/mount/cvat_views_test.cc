// CVAT's export formats on a mount: sizes before bytes, ranges before the whole, every file of
// every format. Witnesses: CVAT's own exports of the same task, and an export into a directory.
#include "absl/strings/str_cat.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

constexpr char kDataset[] = "synth images ünï";

class CvatViewsTest : public MountTest {
 protected:
  std::string CvatOf(const std::string& mnt) {
    return absl::StrCat(mnt, "/views/", kDataset, "/cvat");
  }
  // Each file has the size that it is listed with; answers how many there are.
  int CountedFiles(const std::string& directory) {
    Write("sizes.py",
          "import os, sys\n"
          "files = 0\n"
          "for place, _, names in os.walk(sys.argv[1], onerror=lambda e: sys.exit(str(e))):\n"
          "    for name in names:\n"
          "        path = os.path.join(place, name)\n"
          "        size = os.lstat(path).st_size\n"
          "        with open(path, 'rb') as file:\n"
          "            assert len(file.read()) == size, path\n"
          "        files += 1\n"
          "print(files)\n");
    return atoi(Sh("python3 sizes.py '" + directory + "'").c_str());
  }
};

TEST_F(CvatViewsTest, EveryFileOfEveryFormatIsReadOverB2) {
  MakeLightweightBucket();
  Serve("bucket");
  const std::string cvat = CvatOf(MountBucket());
  // Those for pictures (reference/cvat.md §9.0), not those for point clouds.
  EXPECT_EQ(Sh("ls '" + cvat + "' | wc -l"), "29\n");
  const std::string problems = "cat '" + Path("mnt/.annofs/problems.tsv") + "'";
  const std::string before = Sh(problems);
  EXPECT_GT(CountedFiles(cvat), 29);
  EXPECT_EQ(Sh(problems), before);
}

TEST_F(CvatViewsTest, PixelsHaveTheirTrueSizesWhenTheyAreListed) {
  MakeLightweightBucket();
  const std::string voc = CvatOf(Mount(Path("bucket"))) + "/PASCAL VOC 1.1/SegmentationClass";
  const std::string listed =
      Sh("cd '" + voc + "' && find . -name '*.png' -exec ls -l {} + | awk '{print $5}' | sort");
  EXPECT_EQ(
      Sh("cd '" + voc + "' && find . -name '*.png' -exec sh -c 'wc -c < \"$1\"' _ {} \\; | sort"),
      listed);
  // 400 x 300 as the image is: the eight bytes of IHDR.
  EXPECT_EQ(
      Sh("dd if='" + voc + "/a.png' bs=1 skip=16 count=8 2>/dev/null | od -An -tx1 | tr -d ' '"),
      Sh("python3 -c \"import xml.dom.minidom as m; "
         "i = [i for i in m.parse('" +
         CvatOf(Path("mnt")) +
         "/CVAT for images 1.1/annotations.xml').getElementsByTagName('image') "
         "if i.getAttribute('name') == 'a.jpg'][0]; "
         "print('%08x%08x' % (int(i.getAttribute('width')), int(i.getAttribute('height'))))"
         "\""));
}

// Ranges first: what was read stays in the kernel's pages.
TEST_F(CvatViewsTest, CocoIsTheSameByRangesAndWhole) {
  std::string xml =
      "<annotations><version>1.1</version><meta><task><name>many</name><labels><label><name>car"
      "</name></label></labels></task></meta>\n";
  for (int i = 0; i < 8'000; ++i) {
    absl::StrAppend(&xml, "<image id=\"", i, "\" name=\"", i % 7, "/", i,
                    ".jpg\" width=\"640\" height=\"480\"><box label=\"car\" occluded=\"0\" xtl=\"",
                    i % 600, "\" ytl=\"10.00\" xbr=\"620.00\" ybr=\"", 20 + i % 400,
                    "\" z_order=\"0\"></box></image>\n");
  }
  Write("bucket/many.xml", xml + "</annotations>\n");
  ProcessResult result =
      Annofs({"export", Path("bucket"), "--format", "COCO 1.0", "--output", Path("out")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string written = "out/annotations/instances_default.json";
  EXPECT_EQ(Sh("python3 -c \"import json; d = json.load(open('" + written +
               "')); print(len(d['images']), len(d['annotations']), "
               "[a['id'] for a in d['annotations']] == list(range(1, 8001)))\""),
            "8000 8000 True\n");
  const std::string shown =
      "'" + Mount(Path("bucket")) + "/views/many/cvat/COCO 1.0/annotations/instances_default.json'";
  EXPECT_EQ(Sh("stat -c %s " + shown), Sh("stat -c %s " + written));
  EXPECT_EQ(Sh("for i in 1 0 900 37 2523 4 811 1200 1640; do for f in " + written + " " + shown +
               "; do dd if=\"$f\" bs=997 skip=$i count=5 2>/dev/null | sha256sum; done | uniq | "
               "wc -l; done | sort -u"),
            "1\n");
  EXPECT_EQ(Sh("cmp " + written + " " + shown + " && echo same"), "same\n");
}

}  // namespace
}  // namespace annofs::testing

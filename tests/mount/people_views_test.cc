// The views for people that terms make, on a mount and without one.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

class PeopleViewsTest : public MountTest {
 protected:
  // Two frames; a tag, boxes of two sources, one with a hostile value.
  void MakeBucket() {
    auto box = [](absl::string_view source, absl::string_view color) {
      return absl::StrCat("<box label=\"car\" source=\"", source,
                          "\" occluded=\"0\" xtl=\"1.00\" ytl=\"2.00\" xbr=\"3.00\" ybr=\"4.00\" "
                          "z_order=\"0\"><attribute name=\"color\">",
                          color, "</attribute></box>");
    };
    Write("bucket/a.jpg", "image a");
    Write("bucket/d/b.png", "image b");
    Write("bucket/annotations.xml",
          absl::StrCat("<annotations><version>1.1</version><meta><task><name>street</name>"
                       "<labels><label><name>car</name><attributes><attribute><name>color</name>"
                       "<mutable>False</mutable><input_type>text</input_type><values></values>"
                       "</attribute></attributes></label></labels></task></meta>\n",
                       "<image id=\"0\" name=\"a.jpg\" subset=\"Train\" width=\"9\" height=\"9\">",
                       box("manual", "red"), box("auto", "../../etc"), "</image>\n",
                       "<image id=\"1\" name=\"d/b.png\" width=\"9\" height=\"9\">",
                       box("manual", "red"), "</image>\n</annotations>\n"));
  }
  // "PATH KIND" of everything below.
  std::string Find(const std::string& directory) {
    return Sh("cd '" + directory + "' && LC_ALL=C find . -mindepth 1 -printf '%P %y\\n' | sort");
  }
};

TEST_F(PeopleViewsTest, DirectoriesOfTermsCanBeWalkedLookedUpAndRead) {
  MakeBucket();
  const std::string views = Mount(Path("bucket")) + "/views/street/";
  EXPECT_EQ(Find(views + "by-source"),
            "auto d\nauto/a.jpg f\nauto/a.json f\nauto/a.tsv f\nmanual d\nmanual/a.jpg f\n"
            "manual/a.json f\nmanual/a.tsv f\nmanual/d d\nmanual/d/b.json f\nmanual/d/b.png f\n"
            "manual/d/b.tsv f\n");
  EXPECT_EQ(Find(views + "by-subset"),
            "Train d\nTrain/a.jpg f\nTrain/a.json f\nTrain/a.tsv f\ndefault d\ndefault/d d\n"
            "default/d/b.json f\ndefault/d/b.png f\ndefault/d/b.tsv f\n");
  EXPECT_EQ(Sh("cut -f1,10,14 '" + views + "by-attribute/car/color/red/d/b.tsv'"),
            "label\tsource\tattributes\ncar\tmanual\tcolor=red\n");
  EXPECT_EQ(Sh("cd '" + views +
               "by-attribute/car/color' && ls | grep -vx red | "
               "sed 's/-[0-9a-f]\\{8\\}$/-HASH/'"),
            "_._.._etc-HASH\n");
  EXPECT_EQ(Sh("cd '" + views +
               "' && grep -c . by-attribute/car/color/*/a.tsv | "
               "sed 's/.*://' | sort | uniq -c | tr -s ' '"),
            " 2 2\n");
  EXPECT_EQ(Sh("cd '" + views +
               "' && stat -c %i ../../a.jpg by-source/auto/a.jpg "
               "by-subset/Train/a.jpg by-job/_none/a.jpg | sort -u | wc -l"),
            "1\n");
  EXPECT_EQ(Sh("ls '" + views + "by-track'"), "");
  EXPECT_EQ(Sh("cut -f4 '" + views + "reports/dropped/by-track.tsv' | sort -u"),
            "it is of no track\nreason\n");
}

TEST_F(PeopleViewsTest, InodesAreTheSameOnTheNextMountWhateverIsAskedForFirst) {
  MakeBucket();
  const std::string mnt = Mount(Path("bucket"));
  const std::string list = "cd '" + mnt + "/views/street' && find by-* -printf '%i %s %T@ %p\\n'";
  const std::string first = Sh(list);
  Unmount(mnt);
  Mount(Path("bucket"));
  Sh("cat '" + mnt + "/views/street/by-attribute/car/color/red/d/b.json' > last.json");
  EXPECT_EQ(Sh(list), first);
}

TEST_F(PeopleViewsTest, AnExportAndTheToolsWithoutAMountShowTheSame) {
  MakeBucket();
  const std::string views = Mount(Path("bucket")) + "/views/street/";
  for (const std::string view : {"by-attribute", "by-source", "by-job", "by-subset"}) {
    const ProcessResult result = Annofs(
        {"export", Path("bucket"), "--view", "street/" + view, "--output", Path("out-" + view)});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    Sh("diff -r 'out-" + view + "' '" + views + view + "'");
  }
  const ProcessResult listed = Annofs({"ls", Path("bucket"), "views/street/by-source"});
  EXPECT_THAT(listed.out, HasSubstr("auto"));
  const ProcessResult text = Annofs({"cat", Path("bucket"), "views/street/by-source/auto/a.tsv"});
  EXPECT_EQ(text.out, Read(views + "by-source/auto/a.tsv"));
}

}  // namespace
}  // namespace annofs::testing

// Wrong use and damaged input: each gets a clear message and exit code, or a line of problems.tsv,
// and the rest works.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/mount/mount_test_base.h"
#include "tests/testing/files.h"

namespace annofs::testing {
namespace {

class BadInputTest : public MountTest {
 protected:
  // `annofs mount` that must fail with `code`, naming `what` and saying what to do (`remedy`).
  void ExpectRefused(std::vector<std::string> arguments, int code, absl::string_view what,
                     absl::string_view remedy) {
    arguments.insert(arguments.begin(), "mount");
    ProcessResult result = Annofs(arguments);
    EXPECT_EQ(result.exit_code, code) << result.err;
    EXPECT_TRUE(absl::StrContains(result.err, what)) << result.err;
    EXPECT_TRUE(absl::StrContains(result.err, remedy)) << result.err;
    EXPECT_TRUE(absl::StartsWith(result.err, "annofs: mount: ")) << result.err;
  }
  void MakeMountpoint() { Sh("mkdir -p mnt"); }
  // The problems of the only dataset whose name starts with `name`.
  std::string Problems(const std::string& mnt, const std::string& name) {
    return Sh("cat '" + mnt + "'/views/" + name + "*/reports/problems.tsv");
  }
  // A zip with one file of each name and text.
  void MakeZip(const std::string& zip,
               const std::vector<std::pair<std::string, std::string>>& files) {
    for (const auto& [name, text] : files) Write(absl::StrCat("zip/", name), text);
    Sh("cd zip && python3 -m zipfile -c ../" + zip + " * && cd .. && rm -r zip");
  }
};

TEST_F(BadInputTest, MissingBucket) {
  Write("bucket/a", "a");
  Serve("bucket");
  MakeMountpoint();
  ExpectRefused({"b2://nosuch", Path("mnt"), "--endpoint", emulator_->url()}, 1, "nosuch", "check");
}

TEST_F(BadInputTest, WrongKey) {
  Write("bucket/a", "a");
  Serve("bucket");
  MakeMountpoint();
  std::string command =
      absl::StrCat("B2_APPLICATION_KEY_ID=", emulator_->key_id(),
                   " B2_APPLICATION_KEY=K000wrongwrongwrongwrongwrongwro ", AnnofsProgram(),
                   " mount b2://b mnt --cache cache --endpoint ", emulator_->url());
  ProcessResult result = TrySh(command);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(result.err, "B2_APPLICATION_KEY")) << result.err;
  EXPECT_FALSE(absl::StrContains(result.err, "wrongwrong")) << result.err;
}

TEST_F(BadInputTest, NoKey) {
  MakeMountpoint();
  ExpectRefused({"b2://b", Path("mnt"), "--endpoint", "http://127.0.0.1:9"}, 1, "no B2 key",
                "B2_APPLICATION_KEY_ID");
}

TEST_F(BadInputTest, UnreachableEndpoint) {
  Write("bucket/a", "a");
  Serve("bucket");
  std::string url = emulator_->url();
  MakeMountpoint();
  ProcessResult result = TrySh(absl::StrCat(
      "B2_APPLICATION_KEY_ID=x B2_APPLICATION_KEY=yyyyyyyyyyyy timeout 30 ", AnnofsProgram(),
      " mount b2://b mnt --cache cache --timeout 2 --endpoint http://127.0.0.1:9"));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(result.err, "127.0.0.1:9") ||
              absl::StrContains(result.err, "127.0.0.1 port 9"))
      << result.err;
}

TEST_F(BadInputTest, Mountpoints) {
  Write("bucket/a", "a");
  Write("file", "");
  Write("full/x", "");
  MakeMountpoint();
  std::string source = Path("bucket");
  ExpectRefused({source, Path("absent")}, 1, "absent", "mkdir");
  ExpectRefused({source, Path("file")}, 1, "is not a directory", "empty directory");
  ExpectRefused({source, Path("full")}, 1, "not empty", "empty directory");
  Mount(source);
  ExpectRefused({source, Path("mnt")}, 1, "mounted there already", "unmount");
}

TEST_F(BadInputTest, AMountOrACacheInsideItsSource) {
  Write("bucket/mnt/.keep", "");
  Sh("rm bucket/mnt/.keep; mkdir mnt");
  ExpectRefused({Path("bucket"), Path("bucket/mnt")}, 1, "lies in the source", "outside of it");
  ExpectRefused({Path("bucket"), Path("mnt"), "--cache", Path("bucket/cache")}, 1,
                "lies in the source", "outside of it");
}

TEST_F(BadInputTest, ACacheDirectoryThatIsThereKeepsItsMode) {
  Write("bucket/a", "a");
  Sh("mkdir cache && chmod 755 cache");
  Mount(Path("bucket"));
  EXPECT_EQ(Sh("stat -c %a cache"), "755\n");
}

TEST_F(BadInputTest, MissingDirectory) {
  MakeMountpoint();
  ExpectRefused({Path("absent"), Path("mnt")}, 1, "absent", "");
}

TEST_F(BadInputTest, WrongUsage) {
  EXPECT_EQ(Annofs({"mont"}).exit_code, 2);
  EXPECT_TRUE(absl::StrContains(Annofs({"mont"}).err, "did you mean 'mount'"));
  EXPECT_EQ(Annofs({"mount", "x"}).exit_code, 2);
  EXPECT_EQ(Annofs({"mount", "x", "y", "--memory", "1K"}).exit_code, 2);
  EXPECT_EQ(Annofs({"mount", "x", "y", "-o", "rw"}).exit_code, 2);
  EXPECT_EQ(Annofs({"mount", "s3://x", Path("y")}).exit_code, 1);
}

TEST_F(BadInputTest, ABucketThatHoldsViewsItself) {
  Write("bucket/views/a", "a");
  MakeMountpoint();
  ExpectRefused({Path("bucket"), Path("mnt")}, 1, "views", "--views-name");
  std::string mnt = Mount(Path("bucket"), "mnt", {"--views-name", "annotations-as-files"});
  EXPECT_EQ(Read(mnt + "/views/a"), "a");
}

TEST_F(BadInputTest, AZipCutShort) {
  MakeLightweightBucket();
  Sh("cd bucket && head -c 5000 task_images_lightweight.zip >cut.zip");
  std::string mnt = Mount(Path("bucket"));
  std::string problems = Problems(mnt, "cut");
  EXPECT_TRUE(absl::StrContains(problems, "error\tcut.zip")) << problems;
  EXPECT_TRUE(absl::StrContains(problems, "cut short")) << problems;
  EXPECT_NE(Sh("ls " + mnt + "/views/synth*/yolo/labels/train | wc -l"), "0\n");
}

TEST_F(BadInputTest, AnXmlCutShort) {
  Sh("mkdir -p bucket && head -c 4000 '" +
     Fixture("datumaro/cvat-ai_2024-10/cvat_dataset/for_images/train.xml") + "' >bucket/train.xml");
  std::string mnt = Mount(Path("bucket"));
  std::string problems = Problems(mnt, "train");
  EXPECT_TRUE(absl::StrContains(problems, "error\ttrain.xml")) << problems;
  EXPECT_TRUE(absl::StrContains(problems, "line ")) << problems;
  EXPECT_NE(Read(mnt + "/views/train/by-frame/img0.tsv").find("label1\trectangle"),
            std::string::npos);
}

TEST_F(BadInputTest, AnEntityBomb) {
  Write("bucket/bomb.xml",
        "<?xml version=\"1.0\"?>\n<!DOCTYPE annotations [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
        "\"&a;&a;&a;&a;&a;&a;&a;&a;\">"
        "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>\n<annotations>\n<image id=\"0\" "
        "name=\"&c;\"/></annotations>\n");
  Write("bucket/good.txt", "good");
  std::string mnt = Mount(Path("bucket"));
  std::string problems = Problems(mnt, "bomb");
  EXPECT_TRUE(absl::StrContains(problems, "entities")) << problems;
  EXPECT_EQ(Read(mnt + "/good.txt"), "good");
}

TEST_F(BadInputTest, JsonNestedTooDeep) {
  std::string task =
      "{\"name\":\"deep\",\"labels\":[{\"name\":\"a\",\"attributes\":[]}],\"version\":\"1.0\","
      "\"data\":{\"start_frame\":0,\"stop_frame\":0},"
      "\"jobs\":[{\"start_frame\":0,\"stop_frame\":0,\"type\":\"annotation\"}]}";
  std::string manifest =
      "{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n{\"name\":\"a\",\"extension\":\".jpg\","
      "\"width\":4,\"height\":4}\n";
  Sh("mkdir -p bucket");
  MakeZip("bucket/deep.zip", {{"task.json", task},
                              {"annotations.json", std::string(100000, '[')},
                              {"data/manifest.jsonl", manifest}});
  std::string mnt = Mount(Path("bucket"));
  std::string problems = Problems(mnt, "deep");
  EXPECT_TRUE(absl::StrContains(problems, "deep.zip")) << problems;
  EXPECT_TRUE(absl::StrContains(problems, "nested") || absl::StrContains(problems, "depth") ||
              absl::StrContains(problems, "deep"))
      << problems;
  EXPECT_EQ(Sh("ls " + mnt + "/views/deep/by-frame"), "a.json\na.tsv\n");
}

TEST_F(BadInputTest, ALabelThatClimbs) {
  Write("bucket/evil.xml",
        "<annotations><meta><task><name>evil</name><labels><label><name>../../x</name></label></"
        "labels></task></meta>"
        "<image id=\"0\" name=\"../../../etc/passwd\" width=\"10\" height=\"10\"><box "
        "label=\"../../x\" xtl=\"1\" ytl=\"1\" xbr=\"5\" ybr=\"5\"/></image></annotations>");
  std::string mnt = Mount(Path("bucket"));
  EXPECT_EQ(
      Sh("find '" + mnt + "' -name '*passwd*' | grep -cE 'views/evil/(by-frame|by-class|yolo)/'"),
      "6\n");
  EXPECT_NE(Sh("find '" + mnt + "' -name '*passwd*' | grep -c /cvat/; true"), "0\n");
  EXPECT_EQ(Sh("find '" + mnt + "' -name '..' | wc -l"), "0\n");
  EXPECT_EQ(Sh("ls '" + mnt + "/views/evil/by-class' | grep -c x"), "1\n");
  EXPECT_NE(Read(mnt + "/views/evil/reports/names.tsv").find("../../x"), std::string::npos);
}

}  // namespace
}  // namespace annofs::testing

// annofs.json and --config on real mounts, and in the commands that need none.
#include <gmock/gmock.h>

#include <filesystem>

#include "absl/strings/str_split.h"
#include "tests/mount/bucket_mount_test.h"

namespace annofs::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDownload[] = "b2_download_file_by_name";
constexpr char kDownloadById[] = "b2_download_file_by_id";

class ConfigurationMountTest : public BucketMountTest {
 protected:
  void SetUp() override {
    BucketMountTest::SetUp();
    if (IsSkipped()) return;
    Put("annotations.xml", ImagesXml("10.00"));
    Put("a.jpg", "the image");
  }
  // `annofs ARGUMENTS…` on the emulator's bucket.
  ProcessResult OnBucket(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--endpoint", emulator_->url()});
    return Annofs(std::move(arguments));
  }
  int64_t Downloads() { return Requests(kDownload) + Requests(kDownloadById); }
};

TEST_F(ConfigurationMountTest, TheBucketsNamesWhatTheMountShows) {
  Put("annofs.json", R"({"datasets": [{"name": "my set", "sources": ["annotations.xml"],
                         "labels": {"rename": {"car": "vehicle"}}, "views": ["by-class"]}]})");
  const std::string mnt = MountBucket();
  EXPECT_EQ(Sh("ls '" + mnt + "/views'"), "README.txt\nmy set\n");
  EXPECT_EQ(Sh("ls '" + mnt + "/views/my set'"), "by-class\nreports\n");
  EXPECT_EQ(Sh("cat '" + mnt + "/views/my set/by-class/vehicle/a.jpg'"), "the image");
  EXPECT_EQ(Sh("ls '" + mnt + "' | grep json"), "annofs.json\n");
}

TEST_F(ConfigurationMountTest, AnotherOneIsOtherInodesAndTimesWithoutReadingAnnotationsAgain) {
  Write("one.json", R"({"datasets": [{"name": "set", "sources": ["annotations.xml"]}]})");
  Write("two.json", R"({"datasets": [{"name": "set", "sources": ["annotations.xml"],
                        "labels": {"rename": {"car": "vehicle"}}}]})");
  const std::string file = "/views/set/by-frame/a.tsv";
  std::string mnt = MountBucket({"--config", Path("one.json")});
  const std::string before = Sh("stat -c '%i %y' " + mnt + file);
  EXPECT_THAT(Read(mnt + file), HasSubstr("car"));
  Unmount(mnt);
  ResetCounters();
  mnt = MountBucket({"-o", "config=" + Path("two.json")});
  const std::string after = Sh("stat -c '%i %y' " + mnt + file);
  EXPECT_THAT(Read(mnt + file), AllOf(HasSubstr("vehicle"), Not(HasSubstr("car"))));
  EXPECT_EQ(Downloads(), 0);
  const std::vector<std::string> old_parts = absl::StrSplit(before, absl::MaxSplits(' ', 1));
  const std::vector<std::string> new_parts = absl::StrSplit(after, absl::MaxSplits(' ', 1));
  EXPECT_NE(old_parts[0], new_parts[0]);
  EXPECT_NE(old_parts[1], new_parts[1]);
}

TEST_F(ConfigurationMountTest, AFileNamedFromTheDirectoryOfTheCallerIsFound) {
  Write("my.json", R"({"datasets": [{"name": "mine", "sources": ["annotations.xml"]}]})");
  const std::string relative = std::filesystem::relative(Path("my.json")).string();
  const std::string mnt = MountBucket({"--config", relative});
  EXPECT_EQ(Sh("ls '" + mnt + "/views'"), "README.txt\nmine\n");
}

TEST_F(ConfigurationMountTest, AWrongOneRefusesEveryCommandWithLineAndKey) {
  Put("annofs.json", "{\"datasets\": [\n{\"name\": \"a\", \"wher\": {}}]}");
  Sh("mkdir -p " + Path("mnt"));
  const std::vector<std::vector<std::string>> commands = {
      {"mount", "b2://b", Path("mnt")},
      {"mount", "-f", "b2://b", Path("mnt")},
      {"ls", "b2://b"},
      {"cat", "b2://b", "a.jpg"},
      {"export", "b2://b", "--view", "yolo", "--output", Path("out")},
      {"warm", "b2://b"},
      {"index", "b2://b"}};
  for (const std::vector<std::string>& command : commands) {
    const ProcessResult result = OnBucket(command);
    EXPECT_EQ(result.exit_code, 1) << command[0];
    EXPECT_THAT(result.err, AllOf(HasSubstr("annofs.json:2: "), HasSubstr("wher"))) << command[0];
  }
  EXPECT_FALSE(IsMounted(Path("mnt")));
  EXPECT_EQ(OnBucket({"ls", "b2://b", "--no-views"}).exit_code, 0);
}

TEST_F(ConfigurationMountTest, AWrongFileIsToldBeforeAnyRequest) {
  Write("my.json", "{\n\"datasets\": 3}");
  ResetCounters();
  for (const std::string& command : {"ls", "index"}) {
    const ProcessResult result = OnBucket({command, "b2://b", "--config", Path("my.json")});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr(Path("my.json") + ":2: ")) << command;
  }
  EXPECT_EQ(Requests("total"), 0);
}

TEST_F(ConfigurationMountTest, WhileItIsWrongAFollowingMountShowsWhatItDid) {
  Put("annofs.json", R"({"datasets": [{"name": "set", "sources": ["annotations.xml"]}]})");
  const std::string mnt = MountBucket({"--follow=1"});
  EXPECT_EQ(Sh("ls '" + mnt + "/views'"), "README.txt\nset\n");
  Put("annofs.json", "{\"datasets\": [\n{\"nme\": 1}]}");
  Sh("for i in $(seq 100); do grep -q annofs.json:2 " + mnt +
     "/.annofs/problems.tsv && break; sleep 0.1; done");
  EXPECT_THAT(Read(mnt + "/.annofs/problems.tsv"), HasSubstr("annofs.json:2: "));
  EXPECT_EQ(Sh("ls '" + mnt + "/views'"), "README.txt\nset\n");
  EXPECT_THAT(Read(mnt + "/views/set/by-frame/a.tsv"), HasSubstr("car"));
}

TEST_F(ConfigurationMountTest, AMountThatHasReadOneEndsCleanlyAtASignal) {
  Put("annofs.json", R"({"datasets": [{"name": "set", "sources": ["annotations.xml"]}]})");
  for (const int signal : {SIGTERM, SIGHUP}) {
    const std::unique_ptr<Process> mount = MountInForeground(Path("mnt"));
    ASSERT_NE(mount, nullptr);
    EXPECT_EQ(Sh("ls " + Path("mnt") + "/views"), "README.txt\nset\n");
    mount->Signal(signal);
    if (signal == SIGHUP) {
      EXPECT_EQ(Sh("ls " + Path("mnt") + "/views"), "README.txt\nset\n");
      Unmount(Path("mnt"));
    }
    const auto result = mount->Wait(absl::Seconds(20));
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->exit_code, 0) << result->err;
    EXPECT_FALSE(IsMounted(Path("mnt")));
  }
}

TEST_F(ConfigurationMountTest, AnExportIsOfTheConfiguredDataset) {
  Write("my.json", R"({"datasets": [{"name": "mine", "sources": ["annotations.xml"],
                        "labels": {"rename": {"car": "vehicle"}}}]})");
  const ProcessResult result = OnBucket({"export", "b2://b", "--config", Path("my.json"), "--view",
                                         "mine/by-class", "--output", Path("out")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Read(Path("out") + "/vehicle/a.jpg"), "the image");
}

}  // namespace
}  // namespace annofs::testing

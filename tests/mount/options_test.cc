// Options of a mount from wherever they are said, and what `mount --json` and `umount --json` say.
#include <gmock/gmock.h>

#include "absl/cleanup/cleanup.h"
#include "cache/base/json.h"
#include "tests/mount/bucket_mount_test.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

class OptionsMountTest : public BucketMountTest {
 protected:
  void SetUp() override {
    BucketMountTest::SetUp();
    if (IsSkipped()) return;
    Put("annotations.xml", ImagesXml("10.00"));
    Put("a.jpg", "the image");
    Sh("mkdir -p " + Path("mnt"));
  }
  JsonDocument Json(const std::vector<std::string>& arguments) {
    const ProcessResult result = Annofs(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    absl::StatusOr<JsonDocument> json = JsonDocument::Parse(result.out);
    EXPECT_TRUE(json.ok()) << json.status() << result.out;
    return json.ok() ? *std::move(json) : *JsonDocument::Parse("null");
  }
};

TEST_F(OptionsMountTest, JsonSaysWhatWasMountedAndUnmounted) {
  absl::Cleanup unmount = [this] { Annofs({"umount", "--lazy", Path("mnt")}); };
  const JsonDocument mounted =
      Json({"mount", "--json", "--endpoint", emulator_->url(), "b2://b", Path("mnt")});
  EXPECT_EQ(mounted.root().StringOr("mountpoint", ""), Path("mnt"));
  EXPECT_EQ(mounted.root().StringOr("source", ""), "b2://b");
  EXPECT_EQ(mounted.root().StringOr("cache", ""), Path("cache"));
  const std::string pid = std::to_string(mounted.root().IntOr("pid", 0));
  EXPECT_THAT(Sh("tr '\\0' ' ' </proc/" + pid + "/cmdline"), HasSubstr(Path("mnt")));
  const JsonDocument status = Json({"status", "--json", Path("mnt")});
  EXPECT_GT(mounted.root().IntOr("snapshot", 0), 0);
  EXPECT_EQ(status.root().IntOr("snapshot", -1), mounted.root().IntOr("snapshot", 0));
  const JsonDocument unmounted = Json({"umount", "--json", Path("mnt")});
  EXPECT_EQ(unmounted.root().StringOr("mountpoint", ""), Path("mnt"));
  EXPECT_TRUE(unmounted.root().BoolOr("unmounted", false));
  EXPECT_FALSE(IsMounted(Path("mnt")));
}

TEST_F(OptionsMountTest, AFileOfOptionsServesAMountAsInFstab) {
  Write("annofs.conf.json",
        R"({"options": {"endpoint": ")" + emulator_->url() +
            R"(", "views-name": "labels", "cache": "own-cache", "umask": "077", "pin": true}})");
  const std::string mnt =
      Mount("b2://b", "mnt", {"-o", "ro,_netdev,config=" + Path("annofs.conf.json")});
  EXPECT_EQ(Sh("ls " + mnt), "a.jpg\nannotations.xml\nlabels\n");
  EXPECT_EQ(Sh("ls " + mnt + "/labels"), "README.txt\nstreet\n");
  EXPECT_EQ(Sh("stat -c %a " + mnt + "/a.jpg"), "400\n");
}

TEST_F(OptionsMountTest, TheBucketsOwnDatasetsCountBesideAFileOfOptionsOnly) {
  Put("annofs.json", R"({"datasets": [{"name": "own", "sources": ["annotations.xml"]}]})");
  Write("my.json", R"({"options": {"endpoint": ")" + emulator_->url() + R"("}})");
  const std::string mnt = Mount("b2://b", "mnt", {"--config", Path("my.json")});
  EXPECT_EQ(Sh("ls " + mnt + "/views"), "README.txt\nown\n");
}

TEST_F(OptionsMountTest, OptionsInABucketAreRefusedWithTheReason) {
  Put("annofs.json", "{\"datasets\": [],\n\"options\": {\"memory\": \"1T\"}}");
  const ProcessResult result =
      Annofs({"mount", "--endpoint", emulator_->url(), "b2://b", Path("mnt")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("annofs.json:2: options: a bucket must not set what a machine "
                                    "does"));
  EXPECT_FALSE(IsMounted(Path("mnt")));
}

}  // namespace
}  // namespace annofs::testing

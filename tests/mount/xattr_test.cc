// `mount --xattr`: extended attributes as people's tools read them, against what the store says.
#include <sys/xattr.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "tests/mount/bucket_mount_test.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

class XattrTest : public BucketMountTest {
 protected:
  void PutStreet() {
    Put("street.xml", ImagesXml("10.00"));
    file_id_ = Put("a.jpg", "the image");
  }
  std::string Get(const std::string& path, const char* name) {
    char value[1000];
    const ssize_t got = getxattr(path.c_str(), name, value, sizeof value);
    return got < 0 ? absl::StrCat("!", strerror(errno)) : std::string(value, size_t(got));
  }
  std::string file_id_;
};

TEST_F(XattrTest, FileIdAndDigestAreTheStores) {
  PutStreet();
  const std::string mnt = MountBucket({"--xattr"});
  EXPECT_EQ(Get(mnt + "/a.jpg", "user.b2.file_id"), file_id_);
  EXPECT_EQ(Get(mnt + "/a.jpg", "user.b2.sha1") + "\n",
            Sh("printf 'the image' | sha1sum | cut -d' ' -f1"));
}

TEST_F(XattrTest, GetfattrDumpsWhatIsKnownUnderEveryName) {
  if (TrySh("command -v getfattr").exit_code != 0) GTEST_SKIP() << "getfattr is not here";
  PutStreet();
  const std::string mnt = MountBucket({"--xattr"});
  Sh("ls " + mnt + "/views/street/by-frame");  // opens the dataset
  const std::string dump = Sh("cd " + mnt + " && getfattr -d a.jpg");
  EXPECT_THAT(dump, HasSubstr(absl::StrCat("user.b2.file_id=\"", file_id_, "\"\n")));
  EXPECT_THAT(dump, HasSubstr("user.cvat.task=\"street\"\n"));
  EXPECT_THAT(dump, HasSubstr("user.cvat.frame=\"0\"\n"));
  EXPECT_THAT(dump, HasSubstr("user.cvat.labels=\"car\"\n"));
  const auto rest = [](const std::string& text) {  // without the line that names the file
    return text.substr(text.find('\n'));
  };
  for (const char* name : {"by-frame/a.jpg", "by-class/car/a.jpg"}) {
    EXPECT_EQ(rest(Sh(absl::StrCat("cd ", mnt, "/views/street && getfattr -d ", name))), rest(dump))
        << name;
  }
  const std::string text = Sh("cd " + mnt + "/views/street && getfattr -d by-frame/a.json");
  EXPECT_THAT(text, HasSubstr("user.cvat.task=\"street\"\n"));
  EXPECT_FALSE(absl::StrContains(text, "user.b2.")) << text;
}

TEST_F(XattrTest, ThoseOfAFrameAreWhatTheReportSays) {
  PutStreet();
  const std::string mnt = MountBucket({"--xattr"});
  const std::string report = Read(mnt + "/views/street/reports/frames.tsv");
  const std::vector<std::string> lines = absl::StrSplit(report, '\n');
  ASSERT_GE(lines.size(), 2u);
  const std::vector<std::string> names = absl::StrSplit(lines[0], '\t');
  const std::vector<std::string> values = absl::StrSplit(lines[1], '\t');
  ASSERT_EQ(names.size(), values.size());
  const std::map<std::string, std::string> xattrs = {
      {"number", "user.cvat.frame"}, {"task", "user.cvat.task"}, {"labels", "user.cvat.labels"}};
  size_t seen = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == "digest") {
      EXPECT_EQ("sha1:" + Get(mnt + "/a.jpg", "user.b2.sha1"), values[i]);
    }
    const auto xattr = xattrs.find(names[i]);
    if (xattr == xattrs.end()) continue;
    ++seen;
    EXPECT_EQ(Get(mnt + "/a.jpg", xattr->second.c_str()), values[i]);
  }
  EXPECT_EQ(seen, xattrs.size());
}

TEST_F(XattrTest, CpKeepsThemAndLsListsAsBefore) {
  PutStreet();
  const std::string mnt = MountBucket({"--xattr"});
  EXPECT_THAT(Sh("ls -l " + mnt), HasSubstr("a.jpg"));
  Sh("cp -a " + mnt + "/a.jpg copy.jpg");
  EXPECT_EQ(Sh("cat copy.jpg"), "the image");
}

// A stopped daemon answers nothing: what the kernel says then it knows by itself.
TEST_F(XattrTest, WithoutTheOptionTheKernelAsksOnce) {
  PutStreet();
  Put("b.jpg", "another");
  const std::string mnt = Path("mnt");
  std::unique_ptr<Process> daemon = MountInForeground(mnt, {"--no-views"});
  Sh("ls -l " + mnt);
  EXPECT_EQ(Get(mnt + "/a.jpg", "user.b2.file_id"), "!Operation not supported");
  ASSERT_EQ(listxattr((mnt + "/a.jpg").c_str(), nullptr, 0), -1);
  daemon->Signal(SIGSTOP);
  const ProcessResult listed =
      TrySh("timeout 10 ls -l " + mnt + "/a.jpg " + mnt + "/b.jpg | wc -l");
  const ProcessResult asked =
      TrySh("timeout 10 python3 -c 'import os; os.getxattr(\"" + mnt + "/b.jpg\", \"user.x\")'");
  daemon->Signal(SIGCONT);
  EXPECT_EQ(listed.out, "2\n");
  EXPECT_THAT(asked.err, HasSubstr("Operation not supported"));
}

}  // namespace
}  // namespace annofs::testing

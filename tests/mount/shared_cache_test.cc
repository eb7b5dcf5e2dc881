// Several mounts of one cache directory: one index, one block cache, one log.
#include <csignal>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class SharedCacheTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    Sh("mkdir -p bucket/d && cd bucket && for i in $(seq 50); do head -c 50000 /dev/urandom "
       ">d/$i.jpg; done");
    Serve("bucket");
    ASSERT_EQ(Annofs({"index", "b2://b", "--endpoint", emulator_->url()}).exit_code, 0);
  }
  std::string MountOne(const std::string& name, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--endpoint", emulator_->url(), "--no-views"});
    return Mount("b2://b", name, std::move(more));
  }
  bool Has(const std::string& file, absl::string_view text) {
    for (int i = 0; i < 400; ++i) {
      if (absl::StrContains(ReadFile(Path(file)).value_or(""), text)) return true;
      absl::SleepFor(absl::Milliseconds(25));
    }
    return false;
  }
};

TEST_F(SharedCacheTest, WhatOneHasReadTheOtherHas) {
  const std::string one = MountOne("one"), two = MountOne("two");
  Sh("cat one/d/* >/dev/null");
  ResetCounters();
  EXPECT_EQ(Sh("cat two/d/* | sha256sum"), Sh("cat bucket/d/* | sha256sum"));
  EXPECT_EQ(Requests("b2_download_file_by_id"), 0);
  EXPECT_EQ(Requests("b2_list_file_names"), 0);
  EXPECT_EQ(Sh("stat -c %i one/d/7.jpg"), Sh("stat -c %i two/d/7.jpg"));
  Unmount(one);
  EXPECT_EQ(Sh("cmp two/d/1.jpg bucket/d/1.jpg && echo same"), "same\n");
  Unmount(two);
}

TEST_F(SharedCacheTest, StatusShowsBoth) {
  const std::string one = MountOne("one"), two = MountOne("two");
  const std::string text = Annofs({"status"}).out;
  EXPECT_THAT(text, HasSubstr(one + "\n"));
  EXPECT_THAT(text, HasSubstr(two + "\n"));
  EXPECT_THAT(Annofs({"status", one}).out, ::testing::Not(HasSubstr(two + "\n")));
  Unmount(one);
  Unmount(two);
}

TEST_F(SharedCacheTest, BothWriteOneLogLineByLine) {
  const std::string one = MountOne("one", {"--log-level", "debug"});
  const std::string two = MountOne("two", {"--log-level", "debug"});
  Sh("(ls -l one/d; cat one/d/* ) >/dev/null & (ls -l two/d; cat two/d/*) >/dev/null; wait");
  Unmount(one);
  Unmount(two);
  int mounted = 0;
  for (absl::string_view line :
       absl::StrSplit(Read(Path("cache/annofs.log")), '\n', absl::SkipEmpty())) {
    EXPECT_THAT(std::string(line),
                MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z (debug|info|warning|error) .*"));
    mounted += absl::StrContains(line, "info mounted b2://b at ");
  }
  EXPECT_EQ(mounted, 2);
}

TEST_F(SharedCacheTest, EitherOpensTheLogAnewByItself) {
  const std::string log = Path("cache/annofs.log");
  std::unique_ptr<Process> one = MountInForeground(Path("one"), {"--log-file", log, "--no-views"});
  std::unique_ptr<Process> two = MountInForeground(Path("two"), {"--log-file", log, "--no-views"});
  Sh("mv cache/annofs.log cache/annofs.log.1");
  one->Signal(SIGHUP);
  EXPECT_TRUE(Has("cache/annofs.log", "SIGHUP"));
  Unmount(Path("two"));
  EXPECT_TRUE(Has("cache/annofs.log.1", "unmounted " + Path("two")));
  Unmount(Path("one"));
  EXPECT_TRUE(Has("cache/annofs.log", "unmounted " + Path("one")));
}

TEST_F(SharedCacheTest, AnotherFormatIsRefusedWithTheRemedyAndNothingIsTouched) {
  Sh("echo 1 > cache/VERSION; mkdir mnt; find cache -type f ! -name annofs.log | sort | xargs "
     "sha256sum > before");
  const ProcessResult result =
      Annofs({"mount", "b2://b", Path("mnt"), "--endpoint", emulator_->url()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("the cache directory " + Path("cache") + " has format 1"));
  EXPECT_THAT(result.err, HasSubstr("use another directory (--cache), or remove this one"));
  EXPECT_FALSE(IsMounted(Path("mnt")));
  Sh("find cache -type f ! -name annofs.log | sort | xargs sha256sum | cmp - before");
}

}  // namespace
}  // namespace annofs::testing

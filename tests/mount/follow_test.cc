// A mount that follows its bucket, while another client writes to it.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/mount/bucket_mount_test.h"

namespace annofs::testing {
namespace {

constexpr char kList[] = "b2_list_file_names";
constexpr absl::Duration kPeriod = absl::Seconds(1);
// The promise: the period and a second; the rest is a busy machine's.
constexpr absl::Duration kSoon = absl::Seconds(5);

class FollowMountTest : public BucketMountTest {
 protected:
  void TearDown() override {
    if (file_ >= 0) close(file_);
    MountTest::TearDown();
  }
  void MountFollowing(std::vector<std::string> arguments = {}) {
    arguments.push_back("--follow=1");
    mnt_ = MountBucket(std::move(arguments));
  }
  std::string File(absl::string_view name) const { return absl::StrCat(mnt_, "/", name); }
  // What the mount's file holds, or the name of the error.
  std::string BytesOf(absl::string_view name) const {
    int file = open(File(name).c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return strerrorname_np(errno);
    std::string bytes = BytesOf(file);
    close(file);
    return bytes;
  }
  static std::string BytesOf(int file) {
    std::string bytes(65536, '\0');
    ssize_t got = pread(file, bytes.data(), bytes.size(), 0);
    if (got < 0) return strerrorname_np(errno);
    bytes.resize(size_t(got));
    return bytes;
  }
  void OpenFile(absl::string_view name) {
    file_ = open(File(name).c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GE(file_, 0) << strerrorname_np(errno);
  }
  template <typename Done>
  static ::testing::AssertionResult Soon(Done done) {
    for (absl::Time end = absl::Now() + kSoon; absl::Now() < end;
         absl::SleepFor(absl::Milliseconds(20))) {
      if (done()) return ::testing::AssertionSuccess();
    }
    return ::testing::AssertionFailure() << "not within " << kSoon;
  }

  // The count of requests once none has come for a while, of a second between two refreshes.
  int64_t WaitBetweenRefreshes() {
    int64_t before = -1, now = Requests("total");
    for (; before != now; now = Requests("total")) {
      before = now;
      absl::SleepFor(kPeriod / 4);
    }
    return now;
  }

  std::string mnt_;
  int file_ = -1;
};

TEST_F(FollowMountTest, ChangesAppearWithinThePeriod) {
  Put("changed.txt", "old");
  Put("dir/gone.txt", "gone");
  MountFollowing();
  EXPECT_EQ(BytesOf("changed.txt"), "old");
  EXPECT_EQ(BytesOf("dir/gone.txt"), "gone");
  EXPECT_EQ(BytesOf("dir/new.txt"), "ENOENT");
  EXPECT_EQ(BytesOf("newdir/x.txt"), "ENOENT");
  Put("changed.txt", "newer");
  Put("dir/new.txt", "new");
  Put("newdir/x.txt", "x");
  ASSERT_TRUE(bucket_->Hide("dir/gone.txt").ok());
  EXPECT_TRUE(Soon([&] { return BytesOf("changed.txt") == "newer"; }));
  EXPECT_TRUE(Soon([&] { return BytesOf("dir/new.txt") == "new"; }));
  EXPECT_TRUE(Soon([&] { return BytesOf("dir/gone.txt") == "ENOENT"; }));
  EXPECT_TRUE(Soon([&] { return BytesOf("newdir/x.txt") == "x"; }));
  EXPECT_EQ(Sh("ls " + mnt_ + "/dir"), "new.txt\n");
}

TEST_F(FollowMountTest, AFrozenMountShowsNoChange) {
  Put("changed.txt", "old");
  mnt_ = MountBucket();
  EXPECT_EQ(BytesOf("changed.txt"), "old");
  EXPECT_EQ(BytesOf("new.txt"), "ENOENT");
  Put("changed.txt", "newer");
  Put("new.txt", "new");
  ResetCounters();
  absl::SleepFor(kPeriod + absl::Seconds(1));
  EXPECT_EQ(BytesOf("changed.txt"), "old");
  EXPECT_EQ(BytesOf("new.txt"), "ENOENT");
  EXPECT_EQ(Requests("total"), 0);
}

TEST_F(FollowMountTest, AnOpenFileKeepsItsVersion) {
  Put("a.txt", "old");
  MountFollowing({"--no-views"});
  OpenFile("a.txt");
  Put("a.txt", "newer");
  EXPECT_TRUE(Soon([&] { return BytesOf("a.txt") == "newer"; }));
  EXPECT_EQ(BytesOf(file_), "old");
}

TEST_F(FollowMountTest, AVersionThatIsGoneReadsStale) {
  std::string id = Put("a.txt", "old");
  MountFollowing({"--no-views"});
  OpenFile("a.txt");
  Put("a.txt", "newer");
  ASSERT_TRUE(bucket_->DeleteVersion("a.txt", id).ok());
  EXPECT_TRUE(Soon([&] { return BytesOf("a.txt") == "newer"; }));
  EXPECT_EQ(BytesOf(file_), "ESTALE");
}

TEST_F(FollowMountTest, WithNothingChangedEachPeriodCostsOneListForEachDirectoryInUse) {
  Put("one/a.txt", "a");
  Put("two/b.txt", "b");
  Put("untouched/c.txt", "c");
  MountFollowing({"--no-views"});
  Sh("ls " + mnt_ + "/one " + mnt_ + "/two");
  // Counted from one refresh to another: always those of the root and of the two.
  ASSERT_TRUE(Soon([&] { return Requests(kList) > 3; }));
  WaitBetweenRefreshes();
  ResetCounters();
  absl::SleepFor(4 * kPeriod);
  const int64_t total = WaitBetweenRefreshes();
  EXPECT_EQ(Requests(kList), total);
  EXPECT_EQ(total % 3, 0) << total;
  EXPECT_GE(total, 2 * 3);
  EXPECT_LE(total, 6 * 3);
  EXPECT_EQ(Sh("ls -l " + mnt_ + "/one >/dev/null; echo done"), "done\n");
}

TEST_F(FollowMountTest, ViewsChangeWithTheirAnnotationsAndImages) {
  Put("a.xml", ImagesXml("11.00"));
  Put("a.jpg", "old image");
  MountFollowing();
  const std::string label = "views/street/by-frame/a.json", image = "views/street/by-frame/a.jpg";
  EXPECT_TRUE(absl::StrContains(BytesOf(label), "11"));
  EXPECT_EQ(BytesOf(image), "old image");
  EXPECT_EQ(BytesOf("views/lane/by-frame/a.json"), "ENOENT");
  OpenFile(label);
  const std::string old_text = BytesOf(file_);
  Put("a.xml", ImagesXml("12.00"));
  Put("a.jpg", "newer image");
  std::string other = ImagesXml("13.00");
  other.replace(other.find("street"), 6, "lane");
  Put("b.xml", other);
  EXPECT_TRUE(Soon([&] { return absl::StrContains(BytesOf(label), "12"); })) << BytesOf(label);
  EXPECT_TRUE(Soon([&] { return BytesOf(image) == "newer image"; })) << BytesOf(image);
  EXPECT_TRUE(Soon([&] { return absl::StrContains(BytesOf("views/lane/by-frame/a.json"), "13"); }));
  EXPECT_EQ(BytesOf(file_), old_text);
  EXPECT_EQ(Sh("ls " + mnt_ + "/views"), "README.txt\nlane\nstreet\n");
  EXPECT_TRUE(absl::StrContains(Read(File("views/README.txt")), "Datasets found: 2"));
}

TEST_F(FollowMountTest, NoRequestWaitsForARefreshThatTheStoreHoldsUp) {
  Put("dir/a.txt", "a");
  MountFollowing({"--no-views"});
  EXPECT_EQ(BytesOf("dir/a.txt"), "a");
  const int64_t before = Requests(kList);
  ASSERT_TRUE(
      emulator_->AddFault(R"({"op":"b2_list_file_names","delayMs":20000,"count":100})").ok());
  ASSERT_TRUE(Soon([&] { return Requests(kList) > before; }));
  absl::Time begin = absl::Now();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(BytesOf("dir/a.txt"), "a");
    EXPECT_EQ(Sh("ls " + mnt_ + "/dir"), "a.txt\n");
    EXPECT_EQ(BytesOf(absl::StrCat("dir/absent", i)), "ENOENT");
  }
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
  // And it ends at once.
  begin = absl::Now();
  Unmount(mnt_);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
}

TEST_F(FollowMountTest, AStoreThatIsDownForAWhileIsFollowedAgain) {
  Put("a.txt", "old");
  MountFollowing({"--no-views", "--timeout", "1"});
  EXPECT_EQ(BytesOf("a.txt"), "old");
  ASSERT_TRUE(emulator_->AddFault(R"({"op":"b2_list_file_names","status":403,"count":100})").ok());
  Put("a.txt", "newer");
  absl::SleepFor(3 * kPeriod);
  EXPECT_EQ(BytesOf("a.txt"), "old");
  ASSERT_TRUE(emulator_->ClearFaults().ok());
  EXPECT_TRUE(Soon([&] { return BytesOf("a.txt") == "newer"; }));
  const std::string log = Read(Path("cache/annofs.log"));
  const size_t failure = log.find("cannot be followed");
  EXPECT_NE(failure, std::string::npos) << log;
  EXPECT_EQ(log.find("cannot be followed", failure + 1), std::string::npos) << log;
  EXPECT_TRUE(absl::StrContains(log, "following the bucket's changes again")) << log;
}

TEST_F(FollowMountTest, StatusTellsThePeriod) {
  MountFollowing();
  EXPECT_TRUE(absl::StrContains(Read(File(".annofs/status.json")), "\"follow_seconds\": 1"));
}

TEST_F(FollowMountTest, IsNotForMountsOfWhatDoesNotChange) {
  Sh("mkdir other");
  for (std::vector<std::string> option :
       {std::vector<std::string>{"--at", "2026-01-01"}, {"--offline"}}) {
    std::vector<std::string> arguments = {"mount",    "b2://b",     Path("other"),
                                          "--follow", "--endpoint", emulator_->url()};
    arguments.insert(arguments.end(), option.begin(), option.end());
    ProcessResult result = Annofs(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_TRUE(absl::StrContains(result.err, option[0])) << result.err;
    EXPECT_TRUE(absl::StrContains(result.err, "--follow")) << result.err;
  }
}

}  // namespace
}  // namespace annofs::testing

// A slow store does not slow what is cached: two lanes, and a kernel that does not count slow reads
// against fast ones.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

constexpr int kStalled = 64;
constexpr int kWarm = 100;

class StallTest : public MountTest {
 protected:
  // Whole warm files per second, from two readers; the kernel's pages are dropped before each read,
  // so that each reaches the daemon.
  double WarmRate(const std::string& mnt, absl::Duration time) {
    std::atomic<int> files{0};
    absl::Time end = absl::Now() + time;
    auto read_files = [&](int first) {
      std::string buffer(131072, 0);
      for (int i = first; absl::Now() < end; i = (i + 1) % kWarm) {
        int fd = open(absl::StrCat(mnt, "/warm/", i).c_str(), O_RDONLY);
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        ASSERT_EQ(read(fd, buffer.data(), buffer.size()), 100000);
        close(fd);
        ++files;
      }
    };
    std::thread other([&] { read_files(kWarm / 2); });
    read_files(0);
    other.join();
    return files / absl::ToDoubleSeconds(time);
  }
};

TEST_F(StallTest, SixtyFourStalledReadsLeaveTheWarmRate) {
  Sh(
      absl::StrCat("mkdir -p bucket/warm bucket/cold && cd bucket && head -c 100000 /dev/urandom "
                   ">seed && for i in $(seq 0 ",
                   kWarm - 1, "); do cp seed warm/$i; done; for i in $(seq ", kStalled,
                   "); do cp seed cold/$i; done"));
  Serve("bucket");
  std::string mnt = MountBucket({"--no-views", "--connections", "128"});
  Sh("cat " + mnt + "/warm/* >/dev/null && ls -l " + mnt + "/cold >/dev/null");
  ASSERT_TRUE(
      emulator_->AddFault("{\"op\":\"b2_download_file_by_id\",\"stall\":true,\"count\":-1}").ok());
  std::vector<double> ratios;
  double alone = WarmRate(mnt, absl::Seconds(2));
  std::vector<std::unique_ptr<Process>> readers;
  for (int i = 1; i <= kStalled; ++i) {
    auto reader = Process::Start({.argv = {"cat", absl::StrCat(mnt, "/cold/", i)}});
    ASSERT_TRUE(reader.ok());
    readers.push_back(*std::move(reader));
  }
  absl::SleepFor(absl::Seconds(1));
  double best = 0;
  for (int attempt = 0; attempt < 5 && best < 0.8 * alone; ++attempt) {
    best = std::max(best, WarmRate(mnt, absl::Seconds(2)));
  }
  std::cout << "warm files/s: " << alone << " alone, " << best << " with " << kStalled
            << " stalled reads\n";
  EXPECT_GE(best, 0.8 * alone);
  ASSERT_TRUE(emulator_->ClearFaults().ok());
  for (auto& reader : readers) EXPECT_EQ(reader->Wait()->exit_code, 0);
}

}  // namespace
}  // namespace annofs::testing

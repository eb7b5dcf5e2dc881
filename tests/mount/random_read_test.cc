// What random reads of a big file fetch, beside what the kernel asked the mount for.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

constexpr uint64_t kBytes = 64 << 20;
constexpr uint64_t kRead = 64 << 10;
constexpr size_t kReads = 150;

// Bytes of the file that the kernel has in its page cache: what it has asked the mount for, as long
// as it gives nothing up.
uint64_t ResidentBytes(int fd) {
  void* map = mmap(nullptr, kBytes, PROT_READ, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED) return 0;
  const uint64_t page = uint64_t(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> pages(kBytes / page);
  const bool told = mincore(map, kBytes, pages.data()) == 0;
  munmap(map, kBytes);
  const auto is_resident = [](unsigned char state) { return (state & 1) != 0; };
  return told ? page * uint64_t(std::count_if(pages.begin(), pages.end(), is_resident)) : 0;
}

class RandomReadTest : public MountTest, public ::testing::WithParamInterface<int> {};

TEST_P(RandomReadTest, FetchesAtMostTwiceWhatTheKernelAsksFor) {
  Sh(absl::StrCat("mkdir bucket && head -c ", kBytes, " /dev/urandom >bucket/big"));
  Serve("bucket");
  const std::string mnt = MountBucket({"--no-views"});
  std::vector<uint64_t> places(kBytes / kRead);
  std::iota(places.begin(), places.end(), 0);
  std::shuffle(places.begin(), places.end(), std::mt19937(7));
  const int local = open(Path("bucket/big").c_str(), O_RDONLY);
  const int fd = open((mnt + "/big").c_str(), O_RDONLY);
  ASSERT_EQ(posix_fadvise(fd, 0, 0, GetParam()), 0);
  std::string got(kRead, 0), wanted(kRead, 0);
  for (size_t i = 0; i < kReads; ++i) {
    const off_t offset = off_t(places[i] * kRead);
    ASSERT_EQ(pread(fd, got.data(), kRead, offset), ssize_t(kRead));
    ASSERT_EQ(pread(local, wanted.data(), kRead, offset), ssize_t(kRead));
    ASSERT_EQ(got, wanted) << offset;
  }
  const uint64_t asked = ResidentBytes(fd);
  const int64_t fetched = Bytes("b2_download_file_by_id");
  close(fd);
  close(local);
  std::cout << kReads * kRead << " bytes read, " << asked << " asked for, " << fetched
            << " fetched by " << Requests("b2_download_file_by_id") << " GETs\n";
  EXPECT_GE(asked, kReads * kRead);
  EXPECT_GE(fetched, int64_t(kReads * kRead));
  EXPECT_LE(fetched, int64_t(2 * asked));
}

INSTANTIATE_TEST_SUITE_P(Advice, RandomReadTest,
                         ::testing::Values(POSIX_FADV_NORMAL, POSIX_FADV_RANDOM),
                         [](const auto& info) {
                           return info.param == POSIX_FADV_RANDOM ? "Random" : "None";
                         });

}  // namespace
}  // namespace annofs::testing

// What a mount takes of memory while a thousand files are read at once from a slow store, and in a
// control group with a cache larger than it.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/barrier.h"
#include "tests/mount/mount_test_base.h"
#include "tests/testing/memory_group.h"
#include "tests/testing/memory_watch.h"

namespace annofs::testing {
namespace {

constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kMemory = 128 * kMiB;
constexpr size_t kPage = 4096;
constexpr size_t kReadBytes = 128 << 10;

// Files whose pages say which page of which file they are: one in the place of another is seen.
class Files {
 public:
  Files() {
    std::mt19937_64 random(1);
    for (uint64_t& word : noise_) word = random();
  }

  std::string Content(uint64_t file, uint64_t bytes) const {
    std::string content(bytes, 0);
    for (uint64_t offset = 0; offset < bytes; offset += kPage) {
      const Page page = PageAt(file, offset / kPage);
      std::memcpy(content.data() + offset, page.data(), std::min<uint64_t>(kPage, bytes - offset));
    }
    return content;
  }
  // REQUIRES: offset is the begin of a page.
  bool Has(uint64_t file, uint64_t offset, absl::string_view bytes) const {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(kPage, bytes.size())), offset += kPage) {
      const Page page = PageAt(file, offset / kPage);
      if (std::memcmp(page.data(), bytes.data(), std::min(kPage, bytes.size())) != 0) return false;
    }
    return true;
  }

 private:
  using Page = std::array<uint64_t, kPage / sizeof(uint64_t)>;
  Page PageAt(uint64_t file, uint64_t number) const {
    Page page = noise_;
    page.front() = file;
    page.back() = number;
    return page;
  }

  Page noise_;
};

// A range of a file of Path("bucket").
struct Part {
  uint64_t file;
  uint64_t offset;
  uint64_t length;
};

class MemoryTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's own memory is more than the budget";
#endif
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }

  void MakeFiles(uint64_t first, uint64_t count, uint64_t bytes) {
    for (uint64_t file = first; file < first + count; ++file)
      Write(absl::StrCat("bucket/", file), files_.Content(file, bytes));
  }

  // False: an error, or a wrong byte.
  bool ReadPart(int fd, const Part& part) const {
    std::string buffer(kReadBytes, 0);
    for (uint64_t done = 0; done < part.length;) {
      const size_t step = std::min<uint64_t>(buffer.size(), part.length - done);
      const ssize_t got = pread(fd, buffer.data(), step, off_t(part.offset + done));
      if (got != ssize_t(step)) return false;
      if (!files_.Has(part.file, part.offset + done, {buffer.data(), step})) return false;
      done += step;
    }
    return true;
  }

  // A thread for each part; all files are open before the first read. Answers how many failed.
  int ReadAtOnce(const std::vector<Part>& parts) const {
    std::atomic<int> failed{0};
    auto* barrier = new absl::Barrier(int(parts.size()));
    std::vector<std::thread> readers;
    for (const Part& part : parts) {
      readers.emplace_back([&, part] {
        const int fd = open(absl::StrCat(Path("mnt"), "/", part.file).c_str(), O_RDONLY);
        if (barrier->Block()) delete barrier;
        failed += !ReadPart(fd, part);
        close(fd);
      });
    }
    for (std::thread& reader : readers) reader.join();
    return failed;
  }

  // Whole files, each by one of some threads, and the kernel keeps nothing of them.
  int ReadInTurn(uint64_t count, uint64_t bytes, int threads) const {
    std::atomic<uint64_t> next{0};
    std::atomic<int> failed{0};
    auto read = [&] {
      for (uint64_t file; (file = next++) < count;) {
        const int fd = open(absl::StrCat(Path("mnt"), "/", file).c_str(), O_RDONLY);
        failed += !ReadPart(fd, {file, 0, bytes});
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        close(fd);
      }
    };
    std::vector<std::thread> readers;
    for (int i = 0; i < threads; ++i) readers.emplace_back(read);
    for (std::thread& reader : readers) reader.join();
    return failed;
  }

  Files files_;
};

TEST_F(MemoryTest, AThousandFilesReadAtOnceFromASlowStoreStayInTheBudget) {
  constexpr uint64_t kSmall = 700, kWhole = 250, kBig = 5, kRanges = 10;
  MakeFiles(0, kSmall, 100 << 10);
  MakeFiles(kSmall, kWhole, kMiB);
  MakeFiles(kSmall + kWhole, kBig, 16 * kMiB);
  std::vector<Part> parts;
  for (uint64_t file = 0; file < kSmall + kWhole; ++file)
    parts.push_back({file, 0, file < kSmall ? 100 << 10 : kMiB});
  for (uint64_t i = 0; i < kBig * kRanges; ++i)
    parts.push_back({kSmall + kWhole + i % kBig, i / kBig * (16 * kMiB / kRanges) / kPage * kPage,
                     kMiB + 12345});
  ASSERT_EQ(parts.size(), 1000u);
  Serve("bucket", {"--latency", "50", "--bandwidth", "40000000"});
  auto daemon = MountInForeground(Path("mnt"), {"--no-views", "--memory", "128M"});
  ASSERT_NE(daemon, nullptr);
  MemoryWatch memory(daemon->pid());
  EXPECT_EQ(ReadAtOnce(parts), 0);
  std::cout << "anonymous memory at most: " << memory.peak_bytes() / kMiB << " MiB\n";
  EXPECT_GT(memory.peak_bytes(), kMiB);  // it was looked at
  EXPECT_LE(memory.peak_bytes(), kMemory + kMemory / 10);
}

TEST_F(MemoryTest, ACacheTwiceItsControlGroupIsWrittenAndReadInIt) {
  constexpr uint64_t kFiles = 600;
  constexpr uint64_t kLimit = kMemory + 128 * kMiB;
  absl::StatusOr<std::unique_ptr<MemoryGroup>> group = MemoryGroup::Make(kLimit);
  if (!group.ok()) GTEST_SKIP() << group.status().message();
  MakeFiles(0, kFiles, kMiB);
  Serve("bucket");
  auto daemon = MountInForeground(Path("mnt"), {"--no-views", "--memory", "128M"}, group->get());
  ASSERT_NE(daemon, nullptr);
  EXPECT_EQ(ReadInTurn(kFiles, kMiB, 64), 0);
  const int64_t fetched = Requests("b2_download_file_by_id");
  EXPECT_EQ(ReadInTurn(kFiles, kMiB, 64), 0);
  EXPECT_EQ((*group)->killed(), 0);
  EXPECT_GT((*group)->peak_bytes(), kMiB);  // it was in the group
  std::cout << fetched << " GETs cold, " << Requests("b2_download_file_by_id") - fetched
            << " warm\n";
  daemon->Signal(SIGTERM);
  EXPECT_EQ(daemon->Wait()->exit_code, 0);
}

}  // namespace
}  // namespace annofs::testing

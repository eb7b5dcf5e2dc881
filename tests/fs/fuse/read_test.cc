#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "tests/fs/fuse/mounted.h"

namespace annofs {
namespace {

using testing::FakeTree;
using testing::Mounted;
using testing::WaitUntil;
class ReadTest : public testing::MountTest {};

std::string Pattern(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = char(i * 2654435761u >> 16);
  return text;
}

// The bytes of a file, or "error N".
std::string Slurp(const std::string& path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return absl::StrCat("error ", errno);
  std::string text, buffer(131072, '\0');
  ssize_t got;
  while ((got = read(file, buffer.data(), buffer.size())) > 0) text.append(buffer.data(), got);
  if (got < 0) text = absl::StrCat("error ", errno);
  close(file);
  return text;
}

TEST_F(ReadTest, ASecondReadAsksNothing) {
  FakeTree tree;
  std::string text = Pattern(3'000'001);
  tree.AddFile("file", {.text = text});
  Mounted mount(tree);
  EXPECT_EQ(Slurp(mount / "file"), text);
  uint64_t reads = mount.Count("read"), lookups = mount.Count("lookup"),
           getattrs = mount.Count("getattr");
  EXPECT_GT(reads, 0u);
  EXPECT_EQ(Slurp(mount / "file"), text);
  EXPECT_EQ(mount.Count("read"), reads);
  EXPECT_EQ(mount.Count("lookup"), lookups);
  EXPECT_EQ(mount.Count("getattr"), getattrs);
}

TEST_F(ReadTest, OnlyTheFirstOpenIsAMessage) {
  FakeTree tree;
  for (int i = 0; i < 20; ++i) tree.AddFile(absl::StrCat("f", i), {.text = "text"});
  Mounted mount(tree);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Slurp(mount / absl::StrCat("f", i)), "text");
  EXPECT_EQ(mount.Count("open"), 1u);
}

TEST_F(ReadTest, MapsPrivateAndShared) {
  FakeTree tree;
  std::string text = Pattern(100'000);
  tree.AddFile("file", {.text = text});
  Mounted mount(tree);
  for (int flags : {MAP_PRIVATE, MAP_SHARED}) {
    int file = open((mount / "file").c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GE(file, 0);
    void* map = mmap(nullptr, text.size(), PROT_READ, flags, file, 0);
    close(file);
    ASSERT_NE(map, MAP_FAILED);
    EXPECT_EQ(std::string(static_cast<char*>(map), text.size()), text);
    munmap(map, text.size());
  }
}

TEST_F(ReadTest, AnErrorOfTheTreeIsTheReadersErrorOnce) {
  FakeTree tree;
  tree.AddFile("slow", {.text = "text", .read_delay = absl::Seconds(5)});
  tree.AddFile("file", {.text = "text"});
  Mounted mount(tree, {.timeout = absl::Milliseconds(300)});
  EXPECT_EQ(Slurp(mount / "slow"), absl::StrCat("error ", EIO));
  EXPECT_EQ(Slurp(mount / "file"), "text");
}

// Reads of files nobody has read yet, from four threads, for a while; files per second.
double WarmRate(Mounted& mount, int& next, int end) {
  constexpr int kThreads = 4, kEach = 500;
  std::atomic<int> file{next}, right{0};
  next += kThreads * kEach;
  EXPECT_LE(next, end);
  absl::Time start = absl::Now();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i)
        right += Slurp(mount / absl::StrCat("warm", file++)) == std::string(4096, 'w');
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, kThreads * kEach);
  return kThreads * kEach / absl::ToDoubleSeconds(absl::Now() - start);
}

TEST_F(ReadTest, StalledReadsDoNotSlowTheOthers) {
  constexpr int kStalled = 64, kRounds = 6, kWarm = kRounds * 2 * 2000;
  FakeTree tree;
  for (int i = 0; i < kWarm; ++i)
    tree.AddFile(absl::StrCat("warm", i), {.text = std::string(4096, 'w')});
  for (int i = 0; i < kStalled * kRounds; ++i)
    tree.AddFile(absl::StrCat("slow", i), {.text = "x", .read_delay = absl::Seconds(60)});
  double best = 0;
  for (int round = 0, next = 0; round < kRounds && best < 0.8; ++round) {
    Mounted mount(tree, {.timeout = absl::Seconds(100)});
    double alone = WarmRate(mount, next, kWarm);
    std::vector<std::thread> readers;
    for (int i = 0; i < kStalled; ++i)
      readers.emplace_back([&, i] { Slurp(mount / absl::StrCat("slow", round * kStalled + i)); });
    EXPECT_TRUE(WaitUntil([&] { return tree.waiting == kStalled; }));
    double beside = WarmRate(mount, next, kWarm);
    EXPECT_EQ(tree.waiting, kStalled);
    mount.session().Stop();
    for (std::thread& reader : readers) reader.join();
    std::printf("warm files/s: %.0f alone, %.0f beside %d stalled reads\n", alone, beside,
                kStalled);
    best = std::max(best, beside / alone);
  }
  EXPECT_GE(best, 0.8);
}

}  // namespace
}  // namespace annofs

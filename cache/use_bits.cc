#include "cache/use_bits.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "cache/bus_guard.h"

namespace annofs {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kOwnWords = 2048;
constexpr uint64_t kMostBytes = uint64_t{16} << 20;  // of a ring file of 512 GiB

}  // namespace

// A bit for each page of the ring file.
uint64_t UseBits::FileBytes(uint64_t ring_file_bytes) {
  return (ring_file_bytes / kPage / 8 + kPage) / kPage * kPage;
}

bool UseBits::Make(const std::string& path, uint64_t ring_file_bytes) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  absl::Cleanup closer = [fd] { close(fd); };
  // A page without space on disk would be a SIGBUS at the first bit.
  if (posix_fallocate(fd, 0, static_cast<off_t>(FileBytes(ring_file_bytes))) == 0) return true;
  unlink(path.c_str());
  return false;
}

UseBits::UseBits(const std::string& path) {
  if (Map(path)) return;
  own_.reset(new Word[kOwnWords]());
  bits_ = own_.get();
  words_ = kOwnWords;
}

bool UseBits::Map(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return false;
  absl::Cleanup closer = [fd] { close(fd); };
  struct stat info;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return false;
  const uint64_t bytes = std::min<uint64_t>(info.st_size, kMostBytes) / sizeof(Word) * sizeof(Word);
  if (bytes == 0) return false;
  void* map = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED) return false;
  bits_ = static_cast<Word*>(map);
  words_ = bytes / sizeof(Word);
  return true;
}

UseBits::~UseBits() {
  if (own_ == nullptr) munmap(bits_, words_ * sizeof(Word));
}

void UseBits::Set(const BlockKey& key) {
  if (cut_.load(std::memory_order_relaxed)) return;
  const uint64_t hash = BlockKeyHash()(key);
  const uint64_t bit = uint64_t{1} << (hash & 63);
  const bool done = RunGuarded(MapFaults::kCut, [&] {
    Word& word = WordOf(hash);
    // Asked first: most hits find the bit set and leave the cache line shared.
    if ((word.load(std::memory_order_relaxed) & bit) == 0)
      word.fetch_or(bit, std::memory_order_relaxed);
  });
  if (!done) cut_.store(true, std::memory_order_relaxed);
}

bool UseBits::Test(const BlockKey& key) const {
  if (cut_.load(std::memory_order_relaxed)) return false;
  const uint64_t hash = BlockKeyHash()(key);
  bool used = false;
  const bool done = RunGuarded(MapFaults::kCut, [&] {
    used = (WordOf(hash).load(std::memory_order_relaxed) >> (hash & 63) & 1) != 0;
  });
  if (!done) cut_.store(true, std::memory_order_relaxed);
  return used;
}

}  // namespace annofs

// Measures the block cache, without network. Prints lines "NAME NUMBER".
//
// Usage: blocks_bench MODE ...
//   turnover CACHE MIB TURNS      blocks of 4 KiB to 1 MiB, TURNS times as many bytes as the bound
//   hits CACHE THREADS SECONDS    random blocks of 64 KiB that are in memory
//   layout CACHE BYTES            blocks of so many bytes, 64 MiB of them: what they take on disk,
//                                 and aligned reads of them
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/block_cache.h"
#include "tests/bench/meters.h"

namespace annofs::bench {
namespace {

using Arguments = std::vector<std::string>;

constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kMostBlock = kMiB;
constexpr uint64_t kFlushEvery = 16 * kMiB;  // less than the queue holds: nothing is dropped

void Print(const std::string& name, double value) { std::printf("%s %.9g\n", name.c_str(), value); }

BlockKey KeyOf(uint64_t number) {
  BlockKey key;
  std::mt19937_64 random(number);
  const uint64_t words[2] = {random(), random()};
  std::memcpy(key.version.data(), words, sizeof words);
  return key;
}

// 4 KiB to 1 MiB, each power of two as often as another.
size_t SizeOf(uint64_t number) {
  std::mt19937_64 random(~number);
  const size_t least = size_t{4096} << random() % 8;
  return least + random() % least;
}

// Any bytes, one allocation: what is measured is the cache.
class Content {
 public:
  Content() {
    auto buffer = std::make_shared_for_overwrite<char[]>(kBytes);
    std::mt19937_64 random(1);
    for (size_t i = 0; i < kBytes; i += 8) {
      const uint64_t word = random();
      std::memcpy(buffer.get() + i, &word, 8);
    }
    all_ = SharedBytes(std::move(buffer), kBytes);
  }
  SharedBytes Of(uint64_t number, size_t size) const {
    return all_.Part(number * 4099 % (kBytes - size + 1), size);
  }

 private:
  static constexpr size_t kBytes = 4 * kMostBlock;
  SharedBytes all_;
};

uint64_t DiskBytes(const std::string& path) {
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error)) {
    struct stat info;
    if (stat(entry.path().c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
      bytes += uint64_t{512} * static_cast<uint64_t>(info.st_blocks);
    }
  }
  return bytes;
}

// Writes and reads one cache as mounts do: new blocks; old ones again and again; pinned ones.
class Turnover {
 public:
  Turnover(BlockCache& ring, const std::string& path, uint64_t bound)
      : ring_(ring), path_(path), bound_(bound) {}

  void Run(int turns) {
    const uint64_t pinned = WriteUntil(kPinnedNumbers, bound_ / 20, Keep::kPinned);
    hot_ = WriteUntil(kHotNumbers, bound_ / 10, Keep::kEvictable);
    // As long as the cache has room for it: nothing is evicted.
    const double empty = Rate(bound_ * 6 / 10);
    Rate(bound_ / 2);  // until it is full
    const double full = Rate(bound_ * static_cast<uint64_t>(turns));
    ring_.Flush();
    Print("write_mb_per_second_empty", empty / 1e6);
    Print("write_mb_per_second_full", full / 1e6);
    Print("full_of_empty", full / empty);
    const BlockCacheInfo info = ring_.Info();
    Print("map_full", static_cast<double>(info.map_full));
    Print("dropped", static_cast<double>(info.dropped));
    Print("bound_mib", static_cast<double>(bound_) / kMiB);
    Print("most_on_disk_mib", static_cast<double>(most_bytes_) / kMiB);
    Print("hot_there", Share(kHotNumbers, hot_, Keep::kEvictable));
    Print("hot_reads", static_cast<double>(hot_reads_));
    Print("hot_reads_hit", static_cast<double>(hot_hits_) / static_cast<double>(hot_reads_));
    Print("pinned_there", Share(kPinnedNumbers, pinned, Keep::kPinned));
  }

 private:
  static constexpr uint64_t kPinnedNumbers = uint64_t{1} << 40;
  static constexpr uint64_t kHotNumbers = uint64_t{2} << 40;

  uint64_t WriteUntil(uint64_t first, uint64_t bytes, Keep keep) {
    uint64_t count = 0;
    for (uint64_t written = 0; written < bytes; ++count) {
      const size_t size = SizeOf(first + count);
      ring_.Write(KeyOf(first + count), content_.Of(first + count, size), keep);
      written += size;
      if (count % 8 == 0) ring_.Flush();
    }
    ring_.Flush();
    return count;
  }

  // Bytes a second of new blocks, with the time that reads of hot ones take left out.
  double Rate(uint64_t bytes) {
    double seconds = 0;
    uint64_t written = 0;
    while (written < bytes) {
      const uint64_t first = next_;
      uint64_t piece = 0;
      const Stopwatch watch;
      for (; piece < kFlushEvery; ++next_) {
        const size_t size = SizeOf(next_);
        ring_.Write(KeyOf(next_), content_.Of(next_, size), Keep::kEvictable);
        piece += size;
      }
      ring_.Flush();
      seconds += watch.seconds();
      written += piece;
      for (uint64_t i = 0; i < 2 * (next_ - first); ++i) ReadHot();
      most_bytes_ = std::max(most_bytes_, DiskBytes(path_));
    }
    return static_cast<double>(written) / seconds;
  }

  void ReadHot() {
    const uint64_t number = kHotNumbers + random_() % hot_;
    ++hot_reads_;
    const BlockResult result = ring_.Read(KeyOf(number), Lane::kSlow, [](absl::string_view) {});
    if (result == BlockResult::kHit) {
      ++hot_hits_;
    } else {
      ring_.Write(KeyOf(number), content_.Of(number, SizeOf(number)), Keep::kEvictable);
    }
  }

  double Share(uint64_t first, uint64_t count, Keep keep) {
    uint64_t there = 0;
    for (uint64_t i = 0; i < count; ++i) {
      const BlockKey key = KeyOf(first + i);
      bool same = false;
      ring_.Read(key, Lane::kSlow, [&](absl::string_view data) {
        same = data == content_.Of(first + i, SizeOf(first + i)).view();
      });
      there += same && ring_.Has(key, keep) ? 1 : 0;
    }
    return static_cast<double>(there) / static_cast<double>(count);
  }

  BlockCache& ring_;
  const std::string path_;
  const uint64_t bound_;
  const Content content_;
  std::mt19937_64 random_{3};
  uint64_t next_ = 0;
  uint64_t hot_ = 0, hot_reads_ = 0, hot_hits_ = 0;
  uint64_t most_bytes_ = 0;
};

absl::Status RunTurnover(const std::string& path, uint64_t mib, int turns) {
  ASSIGN_OR_RETURN(auto ring, OpenBlockRing({.path = path, .bound = mib * kMiB}));
  Turnover(*ring, path, mib * kMiB).Run(turns);
  return absl::OkStatus();
}

absl::Status RunHits(const std::string& path, int threads, double seconds) {
  ASSIGN_OR_RETURN(auto ring, OpenBlockRing({.path = path, .bound = 256 * kMiB}));
  constexpr uint64_t kBlocks = 2400;  // 150 MiB
  constexpr size_t kSize = 65'536;
  const Content content;
  std::vector<BlockKey> keys;
  for (uint64_t i = 0; i < kBlocks; ++i) {
    keys.push_back(KeyOf(i));
    ring->Write(keys.back(), content.Of(i, kSize), Keep::kEvictable);
    if (i % 128 == 0) ring->Flush();
  }
  ring->Flush();
  std::vector<std::thread> readers;
  std::vector<uint64_t> hits(static_cast<size_t>(threads) * 8);  // a line for each
  for (int t = 0; t < threads; ++t) {
    readers.emplace_back([&, t] {
      std::mt19937_64 random(static_cast<uint64_t>(t));
      const Stopwatch watch;
      uint64_t count = 0;
      while (watch.seconds() < seconds) {
        for (int i = 0; i < 32; ++i) {
          const BlockResult result =
              ring->Read(keys[random() % kBlocks], Lane::kFast, [](absl::string_view) {});
          count += result == BlockResult::kHit ? 1 : 0;
        }
      }
      hits[static_cast<size_t>(t) * 8] = count;
    });
  }
  for (std::thread& reader : readers) reader.join();
  uint64_t all = 0;
  for (uint64_t count : hits) all += count;
  Print("hits_per_second", static_cast<double>(all) / seconds);
  Print("gb_per_second", static_cast<double>(all) * kSize / seconds / 1e9);
  return absl::OkStatus();
}

// How many blocks aligned reads of `read` bytes touch, and how long one takes.
absl::Status MeasureReads(BlockCache& ring, uint64_t block, uint64_t object, uint64_t read) {
  uint64_t touched = 0;
  uint64_t reads = 0;
  std::vector<char> to(read);
  const Stopwatch watch;
  for (int pass = 0; pass < 5; ++pass) {
    for (uint64_t offset = 0; offset + read <= object; offset += read, ++reads) {
      for (uint64_t at = offset; at < offset + read; ++touched) {
        const uint64_t index = at / block;
        const uint64_t end = std::min(offset + read, (index + 1) * block);
        BlockKey key = KeyOf(7);
        key.index = static_cast<uint32_t>(index);
        const BlockResult result = ring.Read(key, Lane::kSlow, [&](absl::string_view data) {
          std::memcpy(to.data() + (at - offset), data.data() + (at - index * block), end - at);
        });
        if (result != BlockResult::kHit) return absl::InternalError("a block is not there");
        at = end;
      }
    }
  }
  const std::string name = absl::StrCat(read / 1024, "_kib");
  Print("blocks_per_read_" + name, static_cast<double>(touched) / static_cast<double>(reads));
  Print("us_per_read_" + name, 1e6 * watch.seconds() / static_cast<double>(reads));
  return absl::OkStatus();
}

absl::Status RunLayout(const std::string& path, uint64_t block) {
  ASSIGN_OR_RETURN(auto ring, OpenBlockRing({.path = path, .bound = 256 * kMiB}));
  constexpr uint64_t kObject = 64 * kMiB;
  const Content content;
  BlockKey key = KeyOf(7);
  for (uint64_t offset = 0; offset < kObject; offset += block, ++key.index) {
    ring->Write(key, content.Of(offset, std::min(block, kObject - offset)), Keep::kEvictable);
    if (key.index % 128 == 0) ring->Flush();
  }
  ring->Flush();
  Print("disk_of_data", static_cast<double>(DiskBytes(path)) / static_cast<double>(kObject));
  for (uint64_t read : {uint64_t{65'536}, uint64_t{131'072}, kMiB}) {
    RETURN_IF_ERROR(MeasureReads(*ring, block, kObject, read));
  }
  return absl::OkStatus();
}

absl::Status Run(const Arguments& arguments) {
  uint64_t first = 0, second = 0;
  const bool two = arguments.size() == 4 && absl::SimpleAtoi(arguments[2], &first) &&
                   absl::SimpleAtoi(arguments[3], &second);
  const bool one = arguments.size() == 3 && absl::SimpleAtoi(arguments[2], &first);
  if (two && arguments[0] == "turnover")
    return RunTurnover(arguments[1], first, static_cast<int>(second));
  if (two && arguments[0] == "hits")
    return RunHits(arguments[1], static_cast<int>(first), static_cast<double>(second));
  if (one && arguments[0] == "layout" && first > 0) return RunLayout(arguments[1], first);
  return absl::InvalidArgumentError("see the head of tests/bench/blocks_bench.cc");
}

}  // namespace
}  // namespace annofs::bench

int main(int count, char** values) {
  const absl::Status status =
      annofs::bench::Run(annofs::bench::Arguments(values + 1, values + count));
  if (!status.ok()) std::fprintf(stderr, "blocks_bench: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}

// A byte flipped, or a file cut, anywhere in a populated cache, before it is opened or under it:
// every read gives the right bytes or is a miss, writing goes on, nothing crashes. Each damage is
// done in a child process. ANNOFS_STRIDE makes the sweep over all bytes of the files finer (bytes;
// the pages of LMDB's trees are always swept densely, at a thousandth of it).
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/block_cache.h"
#include "cache/lmdb_layout.h"
#include "cache/ring_file.h"
#include "gtest/gtest.h"
#include "tests/cache/forked_child.h"
#include "tests/cache/ring_testing.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::ContentOf;
using testing::ForkedChild;
using testing::ListTree;
using testing::MixedSize;
using testing::OpenRing;
using testing::ReadFile;
using testing::TempDir;
using testing::TestKey;
using testing::WriteBlock;
using testing::WriteFile;

constexpr uint64_t kBound = 16 << 20;
constexpr uint64_t kStride = 700'000;
constexpr uint64_t kPage = 4096;
constexpr size_t kPinned = 16;
constexpr size_t kOfOneChild = 12;

struct Damage {
  std::string file;
  uint64_t at = 0;
  bool cut = false;
  bool open = false;  // done while the cache is open
};

class BlockRingDamageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto ring = OpenRing(dir_.path(), kBound);
    for (uint64_t number = 0, bytes = 0; bytes < 9u << 20; ++number) {
      contents_.push_back(ContentOf(number, MixedSize(number)));
      bytes += contents_.back().size();
      WriteBlock(*ring, number, contents_.back().size(),
                 number < kPinned ? Keep::kPinned : Keep::kEvictable);
      if (number % 8 == 0) ring->Flush();
    }
    ring.reset();
    const std::vector<std::string> names = ListTree(dir_.path()).value();
    for (const std::string& name : names) {
      if (absl::EndsWith(name, "/")) continue;
      files_[name] = ReadFile(dir_ / name).value();
      if (!absl::EndsWith(name, ".mdb")) continue;
      auto file = RingFile::Open(dir_ / name, 1, "");
      ASSERT_TRUE(file.ok()) << file.status();
      blocks_[name] = (*file)->Content().blocks;
    }
    ASSERT_GE(blocks_.size(), 4u) << "sealed ones, the youngest, pinned ones";
    ASSERT_EQ(CountRight(*OpenRing(dir_.path(), kBound)), contents_.size());
  }

  // Positions in the pages of LMDB's trees and headers, and everywhere.
  std::vector<Damage> Flips(uint64_t stride) const {
    std::vector<Damage> flips;
    for (const auto& [name, content] : files_) {
      const uint64_t step = std::min<uint64_t>(stride, content.size() / 4 + 1);
      for (uint64_t at = step / 3; at < content.size(); at += step) Add({name, at}, flips);
      if (!absl::EndsWith(name, ".mdb")) continue;
      const uint64_t dense = std::max<uint64_t>(1, stride / 1000);
      for (uint64_t page = 0; page * kPage < content.size(); ++page) {
        if (page >= 2 && !IsOfTree(content, page)) continue;
        // The header; the rest of the two first pages is not used.
        const uint64_t end = page < 2 ? 160 : kPage;
        for (uint64_t at = page * 7 % dense; at < end; at += at < 160 ? dense / 20 + 1 : dense) {
          Add({name, page * kPage + at}, flips);
        }
      }
    }
    return flips;
  }
  std::vector<Damage> Cuts(uint64_t stride) const {
    std::vector<Damage> cuts;
    for (const auto& [name, content] : files_) {
      const uint64_t step = std::min<uint64_t>(stride, content.size() / 3 + 1);
      for (uint64_t at = 0; at < content.size(); at += step) Add({name, at, true}, cuts);
    }
    return cuts;
  }

  void RunAll(const std::vector<Damage>& damages) {
    for (size_t begin = 0; begin < damages.size(); begin += kOfOneChild) {
      const size_t end = std::min(damages.size(), begin + kOfOneChild);
      ForkedChild child([&](ForkedChild&) {
        for (size_t i = begin; i < end; ++i) {
          if (!RunOne(damages[i])) {
            std::cerr << "flip or cut of " << damages[i].file << " at " << damages[i].at
                      << (damages[i].cut ? ", cut" : "") << (damages[i].open ? ", open\n" : "\n");
            return 1;
          }
        }
        return 0;
      });
      ASSERT_EQ(child.Wait(), 0) << "between " << damages[begin].file << " " << damages[begin].at
                                 << " and " << damages[end - 1].file << " " << damages[end - 1].at
                                 << ", cut " << damages[begin].cut;
    }
    std::cout << damages.size() << " damages\n";
  }

 private:
  static void Add(Damage damage, std::vector<Damage>& all) {
    damage.open = all.size() % 2 != 0;
    all.push_back(std::move(damage));
  }

  static bool IsOfTree(const std::string& content, uint64_t page) {
    const absl::string_view text = absl::string_view(content).substr(page * kPage, kPage);
    const uint16_t flags = lmdb_layout::NumberAt<uint16_t>(text, lmdb_layout::kFlagsAt);
    return lmdb_layout::NumberAt<uint64_t>(text, 0) == page &&
           (flags == lmdb_layout::kBranchPage || flags == lmdb_layout::kLeafPage);
  }

  bool RunOne(const Damage& damage) {
    Restore();
    std::unique_ptr<BlockCache> ring;
    if (damage.open) ring = OpenRing(dir_.path(), kBound);
    if (damage.open && CountRight(*ring) != contents_.size()) return false;
    Do(damage);
    if (!damage.open) ring = OpenRing(dir_.path(), kBound);
    const uint64_t lost =
        absl::StrContains(damage.file, "BOOT") ? 1000 : blocks_[damage.file];  // at most
    if (CountRight(*ring) + lost < contents_.size()) return false;
    // Writing goes on, into whatever file; what is written is there.
    for (uint64_t number = 10'000; number < 10'012; ++number) WriteBlock(*ring, number, 5000);
    WriteBlock(*ring, 20'000, 5000, Keep::kPinned);
    ring->Flush();
    if (ring->Info().dropped != 0) return false;
    for (uint64_t number = 10'000; number < 10'012; ++number) {
      if (!testing::Has(*ring, number, 5000)) return false;
    }
    if (!testing::Has(*ring, 20'000, 5000)) return false;
    CountRight(*ring);
    ring.reset();
    CountRight(*OpenRing(dir_.path(), kBound));
    return true;
  }

  void Do(const Damage& damage) {
    if (damage.cut) {
      if (truncate((dir_ / damage.file).c_str(), static_cast<off_t>(damage.at)) != 0) abort();
      return;
    }
    const int fd = open((dir_ / damage.file).c_str(), O_RDWR | O_CLOEXEC);
    const char byte = static_cast<char>(files_[damage.file][damage.at] ^ (1 << damage.at % 8));
    if (pwrite(fd, &byte, 1, static_cast<off_t>(damage.at)) != 1) abort();
    close(fd);
  }

  void Restore() {
    const std::vector<std::string> names = ListTree(dir_.path()).value();
    for (const std::string& name : names) {
      if (!absl::EndsWith(name, "/") && !files_.contains(name)) unlink((dir_ / name).c_str());
    }
    for (const auto& [name, content] : files_) {
      if (ReadFile(dir_ / name).value_or("") != content) {
        if (!WriteFile(dir_ / name, content).ok()) abort();
      }
    }
  }

  // Blocks that are there; a wrong byte ends the child.
  uint64_t CountRight(BlockCache& ring) {
    uint64_t right = 0;
    for (uint64_t number = 0; number < contents_.size(); ++number) {
      bool same = true;
      ring.Has(TestKey(number), Keep::kPinned);
      const BlockResult result =
          ring.Read(TestKey(number), Lane::kSlow,
                    [&](absl::string_view data) { same = data == contents_[number]; });
      if (!same) abort();
      right += result == BlockResult::kHit ? 1 : 0;
    }
    return right;
  }

  TempDir dir_{access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"};
  std::vector<std::string> contents_;
  std::map<std::string, std::string> files_;
  std::map<std::string, uint64_t> blocks_;
};

TEST_F(BlockRingDamageTest, AFlippedByteAnywhereIsAMissOrHarmless) {
  RunAll(Flips(testing::NumberOf("ANNOFS_STRIDE", kStride)));
}

TEST_F(BlockRingDamageTest, AFileCutAnywhereIsAMissOrHarmless) {
  RunAll(Cuts(testing::NumberOf("ANNOFS_STRIDE", kStride)));
}

}  // namespace
}  // namespace annofs

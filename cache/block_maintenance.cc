#include "cache/block_maintenance.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/clock.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/block_format.h"
#include "cache/ring_directory.h"
#include "cache/ring_file.h"
#include "cache/ring_lock.h"

namespace annofs {
namespace {

constexpr size_t kKeysAtOnce = 256;
constexpr absl::Duration kLockPiece = absl::Milliseconds(100);  // then cancellation is looked at

struct BlockDirectories {
  explicit BlockDirectories(const std::string& cache_path)
      : evictable(JoinPath(cache_path, "blocks")), pinned(JoinPath(cache_path, "pinned")) {}
  RingDirectory evictable;
  RingDirectory pinned;
};

absl::StatusOr<std::shared_ptr<RingFile>> Open(const RingDirectory& directory, uint32_t number) {
  return RingFile::Open(directory.FilePath(number), number, directory.UsePath(number));
}

// A file that cannot be opened has bytes, and no blocks that anybody finds.
BlockUse UseOf(const RingDirectory& directory) {
  BlockUse use;
  for (uint32_t number : directory.Numbers()) {
    const auto file = Open(directory, number);
    const uint64_t bytes = directory.Bytes(number);
    if (bytes == 0) continue;  // it was removed meanwhile
    ++use.files;
    use.bytes += bytes;
    if (file.ok()) use.blocks += (*file)->Content().blocks;
  }
  return use;
}

// A file that is just growing is shorter than it says for a moment.
bool IsCut(RingFile& file) {
  for (int look = 0; look < 10; ++look) {
    if (file.IsWhole()) return false;
    RealClock().Sleep(absl::Milliseconds(10));
  }
  return true;
}

// Runs `fn` as the only one who changes anything.
absl::Status WithLock(const RingDirectory& evictable, const CallContext& context,
                      absl::FunctionRef<void()> fn) {
  if (evictable.Changed() == absl::InfinitePast()) return absl::OkStatus();  // nothing is there
  RingLock lock(JoinPath(evictable.path(), "LOCK"));
  for (;;) {
    const absl::Status status = lock.Acquire(std::min(kLockPiece, context.Remaining()));
    if (status.ok()) break;
    if (!absl::IsDeadlineExceeded(status)) return status;
    RETURN_IF_ERROR(context.Check());
  }
  fn();
  lock.Release();
  return absl::OkStatus();
}

// Reads the files of a cache one after the other.
class Verifier {
 public:
  Verifier(absl::FunctionRef<void(uint64_t, uint64_t)> progress, const CallContext& context)
      : progress_(progress), context_(context) {}

  void Add(const RingDirectory& directory) {
    for (uint32_t number : directory.Numbers()) {
      items_.push_back({&directory, number, directory.Bytes(number)});
      total_ += items_.back().bytes;
    }
  }

  absl::StatusOr<BlockVerdict> Run() {
    for (const Item& item : items_) {
      RETURN_IF_ERROR(VerifyFile(item));
      done_ += item.bytes;
      progress_(done_, total_);
    }
    return std::move(verdict_);
  }

 private:
  struct Item {
    const RingDirectory* directory;
    uint32_t number;
    uint64_t bytes;
  };

  absl::Status VerifyFile(const Item& item) {
    const std::string path = item.directory->FilePath(item.number);
    auto file = Open(*item.directory, item.number);
    if (item.directory->Inode(item.number) == 0) return absl::OkStatus();  // evicted meanwhile
    if (!file.ok()) {
      verdict_.broken.push_back(std::string(file.status().message()));
      return absl::OkStatus();
    }
    const uint64_t expected = (*file)->Content().blocks;
    const bool cut = IsCut(**file);
    if (cut) verdict_.broken.push_back(absl::StrCat(path, ": it is cut short"));
    ASSIGN_OR_RETURN(const uint64_t seen, VerifyBlocksOf(**file));
    if (seen >= expected || cut) return absl::OkStatus();
    verdict_.broken.push_back(absl::StrCat(path, ": its index is damaged, ", seen, " of ", expected,
                                           " blocks are found"));
    return absl::OkStatus();
  }

  // Answers how many there were, sound or not.
  absl::StatusOr<uint64_t> VerifyBlocksOf(RingFile& file) {
    uint64_t seen = 0;
    uint64_t bytes = 0;
    std::optional<BlockKey> last;
    for (;;) {
      const std::vector<BlockKey> keys = file.KeysAfter(last, kKeysAtOnce, RingFile::Which::kAll);
      if (keys.empty()) return seen;
      if (last.has_value() && !IsBehind(keys.front(), *last)) return seen;  // damaged order
      last = keys.back();
      for (const BlockKey& key : keys) {
        RETURN_IF_ERROR(context_.Check());
        size_t length = 0;
        const RingRead read =
            file.Peek(key, Lane::kSlow, [&](absl::string_view data) { length = data.size(); });
        ++seen;
        bytes += length;
        verdict_.bytes += length;
        ++(read == RingRead::kHit ? verdict_.blocks : verdict_.damaged);
      }
      progress_(done_ + std::min(bytes, file.bytes()), total_);
    }
  }

  static bool IsBehind(const BlockKey& key, const BlockKey& last) {
    const BlockRecordKey one = EncodeBlockKey(key);
    const BlockRecordKey other = EncodeBlockKey(last);
    return std::memcmp(one.data(), other.data(), one.size()) > 0;
  }

  const absl::FunctionRef<void(uint64_t, uint64_t)> progress_;
  const CallContext& context_;
  std::vector<Item> items_;
  uint64_t total_ = 0, done_ = 0;  // bytes
  BlockVerdict verdict_;
};

}  // namespace

absl::StatusOr<BlockDirectoryInfo> InspectBlocks(const std::string& cache_path) {
  const BlockDirectories directories(cache_path);
  return BlockDirectoryInfo{.evictable = UseOf(directories.evictable),
                            .pinned = UseOf(directories.pinned)};
}

absl::StatusOr<BlockVerdict> VerifyBlocks(const std::string& cache_path,
                                          absl::FunctionRef<void(uint64_t, uint64_t)> progress,
                                          const CallContext& context) {
  const BlockDirectories directories(cache_path);
  Verifier verifier(progress, context);
  verifier.Add(directories.pinned);
  verifier.Add(directories.evictable);
  return verifier.Run();
}

absl::StatusOr<uint64_t> EvictBlocks(const std::string& cache_path, uint64_t bytes,
                                     const CallContext& context) {
  const BlockDirectories directories(cache_path);
  const RingDirectory& evictable = directories.evictable;
  uint64_t freed = 0;
  RETURN_IF_ERROR(WithLock(evictable, context, [&] {
    std::vector<uint32_t> numbers = evictable.Numbers();
    uint64_t total = 0;
    for (uint32_t number : numbers) total += evictable.Bytes(number);
    for (; !numbers.empty() && total > bytes; numbers.pop_back()) {
      const uint64_t size = evictable.Bytes(numbers.back());
      evictable.Remove(numbers.back());
      total -= size;
      freed += size;
    }
  }));
  return freed;
}

absl::StatusOr<uint64_t> ClearBlocks(const std::string& cache_path, const CallContext& context) {
  const BlockDirectories directories(cache_path);
  uint64_t freed = 0;
  RETURN_IF_ERROR(WithLock(directories.evictable, context, [&] {
    for (const RingDirectory* directory : {&directories.pinned, &directories.evictable}) {
      for (uint32_t number : directory->Numbers()) {
        freed += directory->Bytes(number);
        directory->Remove(number);
      }
      directory->RemoveStrays();
    }
  }));
  return freed;
}

}  // namespace annofs

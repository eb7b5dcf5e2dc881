// The ring: reads, the queue, and the thread that writes. Which files there are is in ring_files.h,
// what changes them in ring_writer.h.
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/clock.h"
#include "cache/base/log.h"
#include "cache/base/quiet_thread.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/block_cache.h"
#include "cache/bus_guard.h"
#include "cache/pending_blocks.h"
#include "cache/ring_directory.h"
#include "cache/ring_files.h"
#include "cache/ring_writer.h"

namespace annofs {
namespace {

constexpr uint64_t kBatchBytes = 8 << 20;
constexpr int kWriterNice = 10;
constexpr absl::Duration kDiskRest = absl::Seconds(30);
// After another process has kept the lock too long: it is at work, or stopped.
constexpr absl::Duration kLockRest = absl::Seconds(3);
constexpr absl::Duration kLogInterval = absl::Seconds(30);
// How long files that another process has removed may stay open here: they keep their space, and
// use of their blocks is not seen in the copies.
constexpr absl::Duration kTidyInterval = absl::Seconds(1);

// Of what many threads count: each on a line of its own.
class Count {
 public:
  void Add() {
    const int cpu = sched_getcpu();
    shards_[cpu < 0 ? 0 : static_cast<size_t>(cpu) % shards_.size()].count.fetch_add(
        1, std::memory_order_relaxed);
  }
  uint64_t Sum() const {
    uint64_t sum = 0;
    for (const Shard& shard : shards_) sum += shard.count.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  struct alignas(64) Shard {
    std::atomic<uint64_t> count{0};
  };
  std::array<Shard, 16> shards_;
};

class BlockRing : public BlockCache {
 public:
  explicit BlockRing(const BlockRingOptions& options)
      : evictable_(JoinPath(options.path, "blocks")),
        pinned_(JoinPath(options.path, "pinned")),
        files_(evictable_, pinned_),
        writer_(evictable_, pinned_, files_, options.bound),
        batch_bytes_(std::min(kBatchBytes, writer_.shares().file_bytes() / 16)),
        queue_bytes_(options.queue_bytes),
        pending_(options.queue_bytes) {}
  ~BlockRing() override;

  absl::Status Open() {
    RETURN_IF_ERROR(writer_.Open());
    files_.Forget();  // who never reads keeps none open
    return absl::OkStatus();
  }
  BlockResult Read(const BlockKey& key, Lane lane,
                   absl::FunctionRef<void(absl::string_view)> fn) override;
  bool Has(const BlockKey& key, Keep keep) override;
  void Write(const BlockKey& key, SharedBytes data, Keep keep) override;
  bool GiveUpSpace() override { return writer_.GiveUpSpace(); }
  void DropQueued(uint64_t bytes) override {
    dropped_.fetch_add(pending_.Drop(bytes), std::memory_order_relaxed);
  }
  void Flush() override;
  BlockCacheInfo Info() override;

 private:
  BlockResult ReadAnywhere(const BlockKey& key, Lane lane,
                           absl::FunctionRef<void(absl::string_view)> fn);
  BlockResult ReadFiles(const BlockKey& key, Lane lane,
                        absl::FunctionRef<void(absl::string_view)> fn);
  void TellBroken(RingFile& file);

  // The thread that writes, and looks around when it has nothing to write. Not started in Open():
  // the process may become a daemon after that.
  std::shared_ptr<const RingFileList> Files() {
    StartThread();  // which lets go of files that others remove
    return files_.Get();
  }
  void StartThread();
  void Run();
  void WriteBatch(const PendingBlocks::Taken& taken);
  void Rest(absl::Duration rest, absl::string_view why);

  const RingDirectory evictable_;
  const RingDirectory pinned_;
  RingFiles files_;
  RingWriter writer_;
  const uint64_t batch_bytes_;
  const uint64_t queue_bytes_;
  PendingBlocks pending_;

  std::once_flag start_thread_;
  std::thread thread_;

  // Of that thread.
  absl::Time rest_until_ = absl::InfinitePast();
  absl::Time next_log_ = absl::InfinitePast();

  Count hits_, misses_;
  std::atomic<uint64_t> written_{0}, dropped_{0}, damaged_{0};
};

BlockRing::~BlockRing() {
  pending_.Close();
  if (thread_.joinable()) thread_.join();
  absl::Status status = writer_.Close();
  if (!status.ok()) LogWarning(absl::StrCat("closing the block cache: ", status.message()));
}

// --- Reading.

BlockResult BlockRing::Read(const BlockKey& key, Lane lane,
                            absl::FunctionRef<void(absl::string_view)> fn) {
  StartThread();
  BlockResult result = ReadAnywhere(key, lane, fn);
  if (result == BlockResult::kMiss && lane == Lane::kSlow && files_.Refresh()) {
    result = ReadAnywhere(key, lane, fn);
  }
  if (result == BlockResult::kHit) hits_.Add();
  if (result == BlockResult::kMiss) misses_.Add();
  return result;
}

// Files first: a hit there takes no lock that others take. A block that goes from the queue into a
// file meanwhile is in neither when it is looked for: then it is looked for again.
BlockResult BlockRing::ReadAnywhere(const BlockKey& key, Lane lane,
                                    absl::FunctionRef<void(absl::string_view)> fn) {
  for (;;) {
    const uint64_t done = pending_.done();
    const BlockResult result = ReadFiles(key, lane, fn);
    if (result != BlockResult::kMiss) return result;
    if (const std::shared_ptr<const PendingBlock> block = pending_.Find(key)) {
      // A fault is of what `fn` reads besides; it must not leave this frame, which holds the block.
      const bool seen = RunGuarded(MapFaults::kCut, [&] { fn(block->data.view()); });
      return seen ? BlockResult::kHit : BlockResult::kMiss;
    }
    if (pending_.done() == done) return BlockResult::kMiss;
  }
}

BlockResult BlockRing::ReadFiles(const BlockKey& key, Lane lane,
                                 absl::FunctionRef<void(absl::string_view)> fn) {
  const std::shared_ptr<const RingFileList> list = Files();
  for (const std::shared_ptr<RingFile>& file : list->files) {
    switch (file->Read(key, lane, fn)) {
      case RingRead::kHit:
        return BlockResult::kHit;
      case RingRead::kWouldBlock:
        return BlockResult::kWouldBlock;
      case RingRead::kBroken:
        TellBroken(*file);
        break;
      case RingRead::kDamaged:
        damaged_.fetch_add(1, std::memory_order_relaxed);
        break;
      case RingRead::kMiss:
        break;
    }
  }
  return BlockResult::kMiss;
}

void BlockRing::TellBroken(RingFile& file) {
  damaged_.fetch_add(1, std::memory_order_relaxed);
  const bool cut = !file.IsWhole();
  LogWarning(absl::StrCat("a file of the block cache ", cut ? "is cut short" : "is damaged",
                          ", and not read any more: ", file.path()));
  // If it is one that is just growing, whoever has the lock sees that.
  if (cut) writer_.RemoveCut(file);
}

bool BlockRing::Has(const BlockKey& key, Keep keep) {
  const std::shared_ptr<const RingFileList> list = Files();
  const auto begin = list->files.begin();
  const auto end =
      keep == Keep::kPinned ? begin + static_cast<ptrdiff_t>(list->pinned) : list->files.end();
  if (std::any_of(begin, end, [&](const auto& file) { return file->Has(key); })) return true;
  return keep == Keep::kPinned ? pending_.HasPinned(key) : pending_.Find(key) != nullptr;
}

BlockCacheInfo BlockRing::Info() {
  BlockCacheInfo info{.bound = writer_.shares().bound(),
                      .hits = hits_.Sum(),
                      .misses = misses_.Sum(),
                      .writes = written_,
                      .dropped = dropped_,
                      .damaged = damaged_,
                      .map_full = writer_.map_full()};
  const std::shared_ptr<const RingFileList> list = Files();
  for (size_t i = 0; i < list->files.size(); ++i) {
    info.bytes += list->files[i]->bytes();
    if (i < list->pinned) info.pinned += list->files[i]->bytes();
  }
  return info;
}

// --- Writing.

void BlockRing::Write(const BlockKey& key, SharedBytes data, Keep keep) {
  if (data.size() > RingShares::kMostBlockBytes) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  dropped_.fetch_add(pending_.Add(key, std::move(data), keep), std::memory_order_relaxed);
  StartThread();
}

void BlockRing::Flush() {
  StartThread();
  pending_.Flush();
  files_.Refresh();
}

void BlockRing::StartThread() {
  std::call_once(start_thread_, [this] { thread_ = StartWithoutSignals([this] { Run(); }); });
}

void BlockRing::Run() {
  // Whoever waits for an answer goes first: what is fetched can be read from the queue.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kWriterNice);
  for (;;) {
    const PendingBlocks::Taken taken = pending_.Take(batch_bytes_, rest_until_, kTidyInterval);
    if (taken.closed) return;
    if (taken.batch.empty()) {
      files_.Refresh();
      continue;
    }
    WriteBatch(taken);
    pending_.Done(taken);
  }
}

void BlockRing::WriteBatch(const PendingBlocks::Taken& taken) {
  absl::Status status = absl::UnavailableError("the disk rests");
  if (RealClock().Now() >= rest_until_) {
    status = writer_.Write(taken.batch, taken.keep);
    if (status.ok()) pending_.SetCapacity(queue_bytes_);
    if (absl::IsDeadlineExceeded(status))
      Rest(kLockRest, status.message());
    else if (absl::IsResourceExhausted(status))
      Rest(absl::ZeroDuration(), status.message());
    else if (!status.ok())
      Rest(kDiskRest, status.message());
  }
  (status.ok() ? written_ : dropped_).fetch_add(taken.batch.size(), std::memory_order_relaxed);
}

void BlockRing::Rest(absl::Duration rest, absl::string_view why) {
  const absl::Time now = RealClock().Now();
  rest_until_ = now + rest;
  if (rest > absl::ZeroDuration()) pending_.SetCapacity(queue_bytes_ / 4);
  if (now < next_log_) return;
  next_log_ = now + kLogInterval;
  LogWarning(absl::StrCat("blocks are not written to the cache: ", why));
}

}  // namespace

absl::StatusOr<std::unique_ptr<BlockCache>> OpenBlockRing(const BlockRingOptions& options) {
  if (options.bound < RingShares::kLeastBound) {
    return absl::InvalidArgumentError("the block cache needs at least 16 MiB (--cache-size)");
  }
  auto ring = std::make_unique<BlockRing>(options);
  RETURN_IF_ERROR(ring->Open());
  return ring;
}

}  // namespace annofs

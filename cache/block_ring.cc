// The ring: which files there are, when one ends and the next begins, and who writes. What one file
// does is in ring_file.h.
//
// Readers take a snapshot of the list of files and hold nothing while they read; the writer thread
// makes new lists. A file that was removed goes when its last reader goes.
#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/clock.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/block_cache.h"
#include "cache/pending_blocks.h"
#include "cache/ring_directory.h"
#include "cache/ring_file.h"

namespace annofs {
namespace {

constexpr uint64_t kMinBound = 16 << 20;
constexpr uint64_t kUsualFiles = 16;
constexpr uint64_t kMinFileBytes = 4 << 20;  // holds three of the largest blocks
constexpr uint64_t kMaxFileBytes = uint64_t{4} << 30;
constexpr uint64_t kSideFileBytes = 256 << 10;  // LOCK, BOOT and LMDB's lock file
constexpr uint64_t kBatchBytes = 8 << 20;
constexpr absl::Duration kDiskRest = absl::Seconds(30);
constexpr absl::Duration kRescanInterval = absl::Seconds(1);

using Files = std::vector<std::shared_ptr<RingFile>>;  // youngest first

uint64_t FileCount(uint64_t bound) {
  uint64_t usual = std::min(kUsualFiles, bound / kMinFileBytes);
  return std::max(usual, bound / kMaxFileBytes);
}

// While a file is replaced, all the old ones and the survivors in the new one (a third of it at
// most) lie on the disk together.
uint64_t FileBytes(uint64_t bound) {
  uint64_t bytes = (bound - kSideFileBytes) * 3 / (3 * FileCount(bound) + 1);
  return bytes / 4096 * 4096;
}

class BlockRing : public BlockCache {
 public:
  explicit BlockRing(const BlockRingOptions& options)
      : bound_(options.bound),
        file_bytes_(FileBytes(options.bound)),
        batch_bytes_(std::min(kBatchBytes, file_bytes_ / 8)),
        directory_(options.path),
        files_(std::make_shared<const Files>()),
        pending_(options.queue_bytes) {}
  ~BlockRing() override;

  absl::Status Open();
  BlockResult Read(const BlockKey& key, Lane lane,
                   absl::FunctionRef<void(absl::string_view)> fn) override;
  bool Has(const BlockKey& key, Keep keep) const override;
  void Write(const BlockKey& key, SharedBytes data, Keep keep) override;
  bool GiveUpSpace() override { return false; }
  void Flush() override;
  BlockCacheInfo Info() const override;

 private:
  std::shared_ptr<const Files> Snapshot() const {
    absl::ReaderMutexLock lock(&files_mutex_);
    return files_;
  }
  void Publish(Files files) {
    auto next = std::make_shared<const Files>(std::move(files));
    absl::MutexLock lock(&files_mutex_);
    files_.swap(next);
  }

  BlockResult ReadFiles(const BlockKey& key, Lane lane,
                        absl::FunctionRef<void(absl::string_view)> fn);

  // As the writer, at open.
  absl::Status OpenAsWriter();
  Files OpenSealed(const std::vector<uint32_t>& numbers);
  void OpenYoungest(uint32_t number);

  // As a process that only reads: what is there now. True if the list has changed.
  bool FindsMore() { return !writes_.load(std::memory_order_relaxed) && RescanIsDue() && Rescan(); }
  bool Rescan();
  bool RescanIsDue();
  std::shared_ptr<RingFile> Reuse(const Files& files, uint32_t number) const;
  void TakeOver();

  // The writer thread.
  void StartWriter();
  void RunWriter();
  void WriteBatch(const PendingBatch& batch);
  int AppendSomewhere(const PendingBatch& batch);
  absl::Status Rotate();
  absl::Status SealYoungest();
  std::vector<std::shared_ptr<RingFile>> Victims(const Files& sealed) const;
  void CopySurvivors(const std::vector<std::shared_ptr<RingFile>>& victims);
  void RestDisk(absl::string_view why);

  const uint64_t bound_;
  const uint64_t file_bytes_;
  const uint64_t batch_bytes_;
  RingDirectory directory_;

  mutable absl::Mutex files_mutex_;
  std::shared_ptr<const Files> files_ ABSL_GUARDED_BY(files_mutex_);

  PendingBlocks pending_;
  std::atomic<bool> writes_{false};  // this process is the writer
  std::once_flag start_writer_;
  std::thread writer_;

  absl::Mutex rescan_mutex_;             // before files_mutex_
  std::atomic<int64_t> next_rescan_{0};  // nanoseconds since the epoch

  // Of the writer thread, after Open().
  std::shared_ptr<RingFile> youngest_;  // nullptr: the next write begins a file
  uint32_t last_number_ = 0;
  absl::Time rest_until_ = absl::InfinitePast();

  std::atomic<uint64_t> hits_{0}, misses_{0}, written_{0}, dropped_{0}, damaged_{0};
};

BlockRing::~BlockRing() {
  pending_.Close();
  if (writer_.joinable()) writer_.join();
  if (!writes_.load() || youngest_ == nullptr) return;
  absl::Status status = youngest_->Sync();
  if (status.ok()) status = directory_.MarkSynced();
  if (!status.ok()) LogWarning(absl::StrCat("closing the block cache: ", status.message()));
}

absl::Status BlockRing::Open() {
  RETURN_IF_ERROR(directory_.Make());
  if (directory_.TryLock()) return OpenAsWriter();
  Rescan();
  return absl::OkStatus();
}

// --- Reading.

BlockResult BlockRing::Read(const BlockKey& key, Lane lane,
                            absl::FunctionRef<void(absl::string_view)> fn) {
  if (std::shared_ptr<const PendingBlock> block = pending_.Find(key)) {
    hits_.fetch_add(1, std::memory_order_relaxed);
    fn(block->data.view());
    return BlockResult::kHit;
  }
  BlockResult result = ReadFiles(key, lane, fn);
  if (result == BlockResult::kMiss && lane == Lane::kSlow && FindsMore()) {
    result = ReadFiles(key, lane, fn);
  }
  if (result == BlockResult::kHit) hits_.fetch_add(1, std::memory_order_relaxed);
  if (result == BlockResult::kMiss) misses_.fetch_add(1, std::memory_order_relaxed);
  return result;
}

BlockResult BlockRing::ReadFiles(const BlockKey& key, Lane lane,
                                 absl::FunctionRef<void(absl::string_view)> fn) {
  std::shared_ptr<const Files> files = Snapshot();
  for (const std::shared_ptr<RingFile>& file : *files) {
    switch (file->Read(key, lane, fn)) {
      case RingRead::kHit:
        return BlockResult::kHit;
      case RingRead::kWouldBlock:
        return BlockResult::kWouldBlock;
      case RingRead::kDamaged:
        damaged_.fetch_add(1, std::memory_order_relaxed);
        break;
      case RingRead::kMiss:
        break;
    }
  }
  return BlockResult::kMiss;
}

bool BlockRing::Has(const BlockKey& key, Keep keep) const {
  if (keep == Keep::kPinned) return false;
  if (pending_.Find(key) != nullptr) return true;
  const std::shared_ptr<const Files> files = Snapshot();
  return std::any_of(files->begin(), files->end(),
                     [&](const auto& file) { return file->Has(key); });
}

BlockCacheInfo BlockRing::Info() const {
  BlockCacheInfo info{.bound = bound_,
                      .hits = hits_,
                      .misses = misses_,
                      .writes = written_,
                      .dropped = dropped_,
                      .damaged = damaged_};
  const std::shared_ptr<const Files> files = Snapshot();
  for (const auto& file : *files) info.bytes += file->bytes();
  return info;
}

// --- Opening.

absl::Status BlockRing::OpenAsWriter() {
  std::vector<uint32_t> numbers = directory_.Numbers();
  if (!numbers.empty()) last_number_ = numbers.front();
  if (!numbers.empty() && !directory_.UnsyncedFileIsWhole()) {
    directory_.Remove(numbers.front());
    numbers.erase(numbers.begin());
  } else if (!numbers.empty()) {
    OpenYoungest(numbers.front());
    numbers.erase(numbers.begin());
  }
  RETURN_IF_ERROR(directory_.MarkUnsynced());
  Files sealed = OpenSealed(numbers);
  // The bound may be smaller than it was.
  for (const auto& victim : Victims(sealed)) {
    directory_.Remove(victim->number());
    sealed.pop_back();
  }
  if (youngest_ != nullptr) sealed.insert(sealed.begin(), youngest_);
  Publish(std::move(sealed));
  writes_.store(true);
  return absl::OkStatus();
}

void BlockRing::OpenYoungest(uint32_t number) {
  auto file =
      RingFile::Open(directory_.FilePath(number), number, RingFile::Mode::kAppend, file_bytes_);
  if (file.ok()) {
    youngest_ = *std::move(file);
    return;
  }
  LogWarning(
      absl::StrCat("a file of the block cache is damaged and removed: ", file.status().message()));
  directory_.Remove(number);
}

Files BlockRing::OpenSealed(const std::vector<uint32_t>& numbers) {
  Files files;
  for (uint32_t number : numbers) {
    directory_.RemoveLockFile(number);
    auto file = RingFile::Open(directory_.FilePath(number), number, RingFile::Mode::kSealed, 0);
    if (file.ok()) {
      files.push_back(*std::move(file));
      continue;
    }
    LogWarning(absl::StrCat("a file of the block cache is damaged and removed: ",
                            file.status().message()));
    directory_.Remove(number);
  }
  return files;
}

// --- A process that only reads.

bool BlockRing::RescanIsDue() {
  int64_t now = absl::ToUnixNanos(RealClock().Now());
  int64_t due = next_rescan_.load(std::memory_order_relaxed);
  int64_t next = now + absl::ToInt64Nanoseconds(kRescanInterval);
  return now >= due && next_rescan_.compare_exchange_strong(due, next);
}

bool BlockRing::Rescan() {
  absl::MutexLock lock(&rescan_mutex_);
  if (writes_.load()) return false;
  std::shared_ptr<const Files> before = Snapshot();
  Files files;
  RingFile::Mode mode = RingFile::Mode::kShared;
  for (uint32_t number : directory_.Numbers()) {
    if (std::shared_ptr<RingFile> known = Reuse(*before, number)) {
      files.push_back(std::move(known));
    } else if (auto file = RingFile::Open(directory_.FilePath(number), number, mode, 0);
               file.ok()) {
      files.push_back(*std::move(file));
    }
    mode = RingFile::Mode::kSealed;  // all but the youngest
  }
  bool changed = files != *before;
  if (changed) Publish(std::move(files));
  if (directory_.TryLock()) TakeOver();
  return changed;
}

std::shared_ptr<RingFile> BlockRing::Reuse(const Files& files, uint32_t number) const {
  for (const auto& file : files) {
    if (file->number() == number && file->inode() == directory_.Inode(number)) return file;
  }
  return nullptr;
}

// The writer has gone. Its last file is read on as it is; the next write begins a new one.
void BlockRing::TakeOver() {
  std::vector<uint32_t> numbers = directory_.Numbers();
  if (!numbers.empty()) last_number_ = numbers.front();
  absl::Status status = directory_.MarkUnsynced();
  if (!status.ok()) {
    LogWarning(absl::StrCat("the block cache is not written: ", status.message()));
    return;
  }
  writes_.store(true);
}

// --- Writing.

void BlockRing::Write(const BlockKey& key, SharedBytes data, Keep) {
  if (data.size() > file_bytes_ / 3) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  dropped_.fetch_add(pending_.Add(key, std::move(data)), std::memory_order_relaxed);
  if (writes_.load(std::memory_order_acquire)) StartWriter();
}

void BlockRing::Flush() {
  if (!writes_.load()) return;
  StartWriter();
  pending_.Flush();
}

// Not in Open(): the process may become a daemon between that and the first write.
void BlockRing::StartWriter() {
  std::call_once(start_writer_, [this] { writer_ = std::thread([this] { RunWriter(); }); });
}

void BlockRing::RunWriter() {
  for (;;) {
    PendingBatch batch = pending_.Take(batch_bytes_, rest_until_);
    if (batch.empty()) return;
    WriteBatch(batch);
    pending_.Done(batch);
  }
}

void BlockRing::WriteBatch(const PendingBatch& batch) {
  int code = RealClock().Now() < rest_until_ ? EAGAIN : AppendSomewhere(batch);
  if (code == MDB_SUCCESS) {
    written_.fetch_add(batch.size(), std::memory_order_relaxed);
    return;
  }
  dropped_.fetch_add(batch.size(), std::memory_order_relaxed);
  if (code == EAGAIN) return;
  RestDisk(mdb_strerror(code));
}

// EAGAIN: no file could be begun, and the disk rests already.
int BlockRing::AppendSomewhere(const PendingBatch& batch) {
  int code = youngest_ != nullptr ? youngest_->Append(batch) : MDB_MAP_FULL;
  // After a failed commit LMDB may refuse all work on that environment (MDB_PANIC): the next one is
  // sound.
  if (code != MDB_MAP_FULL && code != MDB_PANIC) return code;
  absl::Status status = Rotate();
  if (status.ok()) return youngest_->Append(batch);
  RestDisk(status.message());
  return EAGAIN;
}

void BlockRing::RestDisk(absl::string_view why) {
  LogWarning(absl::StrCat("the block cache is not written for ", absl::FormatDuration(kDiskRest),
                          ": ", why));
  rest_until_ = RealClock().Now() + kDiskRest;
}

absl::Status BlockRing::Rotate() {
  if (youngest_ != nullptr) {
    RETURN_IF_ERROR(SealYoungest());
  } else {
    directory_.Sync(last_number_);  // what another process, or a failed attempt, left
  }
  Files sealed = *Snapshot();
  uint32_t number = last_number_ + 1;
  ASSIGN_OR_RETURN(
      std::shared_ptr<RingFile> next,
      RingFile::Open(directory_.FilePath(number), number, RingFile::Mode::kAppend, file_bytes_));
  youngest_ = next;
  last_number_ = number;
  std::vector<std::shared_ptr<RingFile>> victims = Victims(sealed);
  Files all = sealed;
  all.insert(all.begin(), next);
  Publish(all);
  CopySurvivors(victims);
  for (const auto& victim : victims) directory_.Remove(victim->number());
  all.resize(all.size() - victims.size());
  Publish(std::move(all));
  return absl::OkStatus();
}

// The youngest file becomes one that nobody writes; no file is begun before it is on disk.
absl::Status BlockRing::SealYoungest() {
  std::shared_ptr<RingFile> done = std::exchange(youngest_, nullptr);
  RETURN_IF_ERROR(done->Sync());
  auto sealed = RingFile::Open(done->path(), done->number(), RingFile::Mode::kSealed, 0);
  if (!sealed.ok()) return absl::OkStatus();  // read on through the environment that wrote it
  (*sealed)->ShareUse(*done);
  Files files = *Snapshot();
  std::replace(files.begin(), files.end(), done, *sealed);
  Publish(std::move(files));
  directory_.RemoveLockFile(done->number());
  return absl::OkStatus();
}

// The oldest files that have to go so that one more full one fits.
std::vector<std::shared_ptr<RingFile>> BlockRing::Victims(const Files& sealed) const {
  uint64_t total = kSideFileBytes + file_bytes_;
  for (const auto& file : sealed) total += file->bytes();
  std::vector<std::shared_ptr<RingFile>> victims;
  size_t left = sealed.size();
  while (left > 0 && (left >= FileCount(bound_) || total > bound_)) {
    victims.push_back(sealed[--left]);
    total -= victims.back()->bytes();
  }
  return victims;
}

// A second chance for blocks that were used: at most a third of the new file.
void BlockRing::CopySurvivors(const std::vector<std::shared_ptr<RingFile>>& victims) {
  uint64_t room = file_bytes_ / 3;
  uint64_t taken = 0;
  PendingBatch batch;
  auto write = [&] {
    bool written = batch.empty() || youngest_->Append(batch) == MDB_SUCCESS;
    batch.clear();
    taken = 0;
    return written;
  };
  for (const auto& victim : victims) {
    victim->ForEachUsed([&](const BlockKey& key, absl::string_view data) {
      // Counted with header and the rest of its last page.
      uint64_t size = (data.size() + 4096 + 64) / 4096 * 4096;
      if (size > room) return false;
      room -= size;
      taken += size;
      batch.push_back(std::make_shared<PendingBlock>(PendingBlock{key, SharedBytes::CopyOf(data)}));
      return taken < batch_bytes_ || write();
    });
  }
  write();
}

}  // namespace

absl::StatusOr<std::unique_ptr<BlockCache>> OpenBlockRing(const BlockRingOptions& options) {
  if (options.bound < kMinBound) {
    return absl::InvalidArgumentError("the block cache needs at least 16 MiB (--cache-size)");
  }
  auto ring = std::make_unique<BlockRing>(options);
  RETURN_IF_ERROR(ring->Open());
  return ring;
}

}  // namespace annofs

#include "cache/ring_writer.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/block_format.h"
#include "cache/ring_pages.h"

namespace annofs {
namespace {

// Of what another process may do meanwhile, beginning a file takes longest. Later the batch is
// dropped: nobody waits for more.
constexpr absl::Duration kLockWait = absl::Seconds(1);
constexpr uint64_t kSurvivorBatchBytes = 8 << 20;
constexpr size_t kKeysAtOnce = 1024;
constexpr uint64_t kLeastTreeBytes = 256 << 10;

void LogRemoval(const std::string& path, absl::string_view why) {
  LogWarning(absl::StrCat("a file of the block cache is removed, ", why, ": ", path));
}

// What a block takes in a file, about.
uint64_t BytesInFile(uint64_t block_bytes) {
  const uint64_t pages = OwnPages(block_bytes);
  return 100 + (pages > 0 ? pages * RingPageSize() : 2 * (block_bytes + kBlockHeaderBytes));
}

}  // namespace

RingWriter::RingWriter(const RingDirectory& evictable, const RingDirectory& pinned,
                       RingFiles& files, uint64_t bound)
    : shares_(bound),
      files_(files),
      lock_(JoinPath(evictable.path(), "LOCK")),
      evictable_{.directory = evictable, .youngest = nullptr},
      pinned_{.directory = pinned, .youngest = nullptr} {}

// --- Opening.

absl::Status RingWriter::Open() {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(evictable_.directory.Make());
  RETURN_IF_ERROR(pinned_.directory.Make());
  absl::Status locked = lock_.Acquire(absl::ZeroDuration());
  if (absl::IsDeadlineExceeded(locked)) {
    files_.Rescan();
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(locked);
  PutInOrder();
  lock_.Release();
  return absl::OkStatus();
}

void RingWriter::PutInOrder() {
  files_.Rescan();
  const std::shared_ptr<const RingFileList> list = files_.Get();
  for (Shelf* shelf : {&evictable_, &pinned_}) {
    shelf->directory.RemoveStrays();
    DropUnsynced(*shelf);
    for (uint32_t number : shelf->directory.Numbers()) {
      const std::string path = shelf->directory.FilePath(number);
      const bool sound = std::any_of(list->files.begin(), list->files.end(), [&](const auto& file) {
        return file->path() == path && file->IsWhole();
      });
      if (sound) continue;
      LogRemoval(path, "it is damaged");
      Remove(*shelf, number);
    }
  }
  // The bound may be smaller than it was.
  OldFiles files = EvictableFiles();
  Evict(files, 0);
  files_.Rescan();
}

// --- Under the lock.

void RingWriter::DropUnsynced(Shelf& shelf) {
  const std::vector<uint32_t> numbers = shelf.directory.Numbers();
  if (numbers.empty() || shelf.directory.ReadMark() != RingDirectory::Mark::kOtherBoot) return;
  LogRemoval(shelf.directory.FilePath(numbers.front()),
             "it was not on disk when the machine ended");
  Remove(shelf, numbers.front());
}

// What other processes have done since.
absl::Status RingWriter::Attach(Shelf& shelf) {
  DropUnsynced(shelf);
  // A file that may be written to is not all on disk, until somebody says so again.
  if (shelf.directory.ReadMark() != RingDirectory::Mark::kThisBoot) {
    RETURN_IF_ERROR(shelf.directory.MarkUnsynced());
  }
  const std::vector<uint32_t> numbers = shelf.directory.Numbers();
  shelf.newest = numbers.empty() ? 0 : numbers.front();
  if (shelf.youngest != nullptr && shelf.youngest->number() == shelf.newest &&
      shelf.youngest->inode() == shelf.directory.Inode(shelf.newest)) {
    return absl::OkStatus();
  }
  shelf.youngest.reset();
  if (shelf.newest == 0) return absl::OkStatus();
  auto opened = RingAppender::Open(shelf.directory.FilePath(shelf.newest), shelf.newest);
  if (opened.ok()) {
    shelf.youngest = *std::move(opened);
  } else {
    LogRemoval(shelf.directory.FilePath(shelf.newest), opened.status().message());
    Remove(shelf, shelf.newest);
  }
  return absl::OkStatus();
}

absl::Status RingWriter::Write(const PendingBatch& batch, Keep keep) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(lock_.Acquire(kLockWait));
  absl::Status status = WriteLocked(batch, keep);
  lock_.Release();
  return status;
}

absl::Status RingWriter::WriteLocked(const PendingBatch& batch, Keep keep) {
  Shelf& shelf = keep == Keep::kPinned ? pinned_ : evictable_;
  RETURN_IF_ERROR(Attach(shelf));
  if (keep == Keep::kPinned) RETURN_IF_ERROR(MakeRoomForPinned(batch));
  RETURN_IF_ERROR(Append(shelf, batch));
  files_.Refresh();  // another process may have begun a file
  return absl::OkStatus();
}

absl::Status RingWriter::Append(Shelf& shelf, const PendingBatch& batch) {
  ASSIGN_OR_RETURN(bool done, AppendToYoungest(shelf, batch));
  if (done) return absl::OkStatus();
  RETURN_IF_ERROR(Rotate(shelf));
  ASSIGN_OR_RETURN(done, AppendToYoungest(shelf, batch));
  if (done) return absl::OkStatus();
  return absl::InternalError("a batch of blocks does not fit into an empty file");
}

absl::StatusOr<bool> RingWriter::AppendToYoungest(Shelf& shelf, const PendingBatch& batch) {
  // One of a process with a larger bound grows larger than this one may let it.
  if (shelf.youngest == nullptr || shelf.youngest->map_bytes() > shares_.file_bytes()) return false;
  switch (shelf.youngest->Append(batch)) {
    case RingAppender::Outcome::kDone:
      return true;
    case RingAppender::Outcome::kFull:
      return false;
    case RingAppender::Outcome::kMapFull:
      map_full_.fetch_add(1, std::memory_order_relaxed);
      return false;
    case RingAppender::Outcome::kDamaged:
      LogWarning(absl::StrCat("a file of the block cache is damaged, and not written to any more: ",
                              shelf.directory.FilePath(shelf.newest)));
      return false;
    case RingAppender::Outcome::kFailed:
      break;
  }
  return absl::InternalError(absl::StrCat("writing ", shelf.directory.FilePath(shelf.newest), ": ",
                                          mdb_strerror(shelf.youngest->code())));
}

// --- Beginning a file.

absl::Status RingWriter::Rotate(Shelf& shelf) {
  // No file is begun before the one before it is on disk: BOOT speaks of the youngest only.
  RETURN_IF_ERROR(shelf.directory.Sync(shelf.newest));
  shelf.directory.RemoveStrays();
  if (&shelf == &pinned_) {
    absl::Status status = BeginFile(shelf);
    files_.Rescan();
    return status;
  }
  OldFiles files = EvictableFiles();
  Evict(files, shares_.survivor_bytes());
  RETURN_IF_ERROR(BeginFile(shelf));
  files_.Rescan();
  OldFiles kept = files;
  const uint64_t pinned = PinnedBytes();
  auto fits = [&] {
    uint64_t total = pinned + shares_.whole_file_bytes();
    for (const OldFile& file : kept) total += file.bytes;
    return kept.size() < shares_.file_count() && total <= shares_.for_files();
  };
  while (!kept.empty() && !fits()) kept.pop_back();
  const OldFiles victims(files.begin() + static_cast<ptrdiff_t>(kept.size()), files.end());
  CopySurvivors(victims);
  for (const OldFile& victim : victims) Remove(shelf, victim.number);
  files_.Rescan();
  return absl::OkStatus();
}

absl::Status RingWriter::BeginFile(Shelf& shelf) {
  const uint32_t number = shelf.newest + 1;
  shelf.youngest.reset();
  if (&shelf == &evictable_) UseBits::Make(shelf.directory.UsePath(number), shares_.file_bytes());
  ASSIGN_OR_RETURN(shelf.youngest, RingAppender::Make(shelf.directory.FilePath(number), number,
                                                      shares_.file_bytes()));
  shelf.newest = number;
  return absl::OkStatus();
}

// A second chance for blocks that were used.
void RingWriter::CopySurvivors(const OldFiles& victims) {
  uint64_t room = shares_.survivor_bytes();
  const std::shared_ptr<const RingFileList> list = files_.Get();
  for (const OldFile& victim : victims) {
    const std::string path = evictable_.directory.FilePath(victim.number);
    for (const auto& file : list->files) {
      if (file->path() == path && !CopyUsed(*file, room)) return;
    }
  }
}

// False: there is no more room, or the disk refuses.
bool RingWriter::CopyUsed(RingFile& from, uint64_t& room) {
  PendingBatch batch;
  uint64_t taken = 0;
  const uint64_t most = std::min(kSurvivorBatchBytes, shares_.file_bytes() / 8);
  auto write = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const bool written =
        batch.empty() || evictable_.youngest->Append(batch) == RingAppender::Outcome::kDone;
    batch.clear();
    taken = 0;
    return written;
  };
  // A reader of a file owns nothing while it reads.
  std::string buffer(RingShares::kMostBlockBytes, '\0');
  std::optional<BlockKey> last;
  for (;;) {
    const std::vector<BlockKey> keys = from.KeysAfter(last, kKeysAtOnce, RingFile::Which::kUsed);
    if (keys.empty()) return write();
    last = keys.back();
    for (const BlockKey& key : keys) {
      size_t length = 0;
      const RingRead read = from.Peek(key, Lane::kSlow, [&](absl::string_view found) {
        length = found.size();
        std::memcpy(buffer.data(), found.data(), std::min(length, buffer.size()));
      });
      if (read != RingRead::kHit || length > buffer.size()) continue;
      SharedBytes data = SharedBytes::CopyOf(absl::string_view(buffer).substr(0, length));
      const uint64_t size = BytesInFile(data.size());
      if (size > room) return write() && false;
      room -= size;
      taken += size;
      batch.push_back(std::make_shared<PendingBlock>(PendingBlock{key, std::move(data)}));
      if (taken >= most && !write()) return false;
    }
  }
}

// --- Room.

RingWriter::OldFiles RingWriter::EvictableFiles() const {
  OldFiles files;
  for (uint32_t number : evictable_.directory.Numbers()) {
    files.push_back({number, evictable_.directory.Bytes(number)});
  }
  return files;
}

uint64_t RingWriter::PinnedBytes() const {
  uint64_t total = 0;
  for (uint32_t number : pinned_.directory.Numbers()) total += pinned_.directory.Bytes(number);
  return total;
}

void RingWriter::Remove(Shelf& shelf, uint32_t number) {
  if (shelf.youngest != nullptr && shelf.youngest->number() == number) shelf.youngest.reset();
  shelf.directory.Remove(number);
}

void RingWriter::Evict(OldFiles& files, uint64_t more) {
  uint64_t total = PinnedBytes() + more;
  for (const OldFile& file : files) total += file.bytes;
  for (; !files.empty() && total > shares_.for_files(); files.pop_back()) {
    total -= files.back().bytes;
    Remove(evictable_, files.back().number);
  }
}

absl::Status RingWriter::MakeRoomForPinned(const PendingBatch& batch) {
  uint64_t need = std::max(kLeastTreeBytes, shares_.file_bytes() / 64);
  for (const auto& block : batch) need += BytesInFile(block->data.size());
  if (PinnedBytes() + need > shares_.most_pinned()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("pinned blocks take half of the cache, ", HumanSize(shares_.most_pinned()),
                     ", at most: no more are pinned (--cache-size)"));
  }
  OldFiles files = EvictableFiles();
  // The youngest one may grow to its full size.
  if (!files.empty()) {
    files.front().bytes = std::max(files.front().bytes, shares_.whole_file_bytes());
  }
  const size_t before = files.size();
  Evict(files, need + shares_.survivor_bytes());
  if (files.size() != before) files_.Rescan();
  return absl::OkStatus();
}

bool RingWriter::GiveUpSpace() {
  absl::MutexLock lock(&mutex_);
  if (!lock_.Acquire(kLockWait).ok()) return false;
  const std::vector<uint32_t> numbers = evictable_.directory.Numbers();
  if (!numbers.empty()) {
    LogRemoval(evictable_.directory.FilePath(numbers.back()), "the disk is full");
    Remove(evictable_, numbers.back());
    files_.Rescan();
  }
  lock_.Release();
  return !numbers.empty();
}

void RingWriter::RemoveCut(RingFile& file) {
  // A reader waits for no writer.
  if (!mutex_.TryLock()) return;
  if (lock_.Acquire(absl::ZeroDuration()).ok()) {
    for (Shelf* shelf : {&evictable_, &pinned_}) {
      const uint32_t number = file.number();
      if (shelf->directory.FilePath(number) != file.path() || file.IsWhole()) continue;
      if (shelf->directory.Inode(number) == file.inode()) Remove(*shelf, number);
    }
    lock_.Release();
  }
  mutex_.Unlock();
}

// --- The end.

absl::Status RingWriter::Close() {
  absl::MutexLock lock(&mutex_);
  if (evictable_.youngest == nullptr && pinned_.youngest == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(lock_.Acquire(kLockWait));
  absl::Status status = CloseShelf(evictable_);
  if (absl::Status second = CloseShelf(pinned_); status.ok()) status = second;
  lock_.Release();
  return status;
}

absl::Status RingWriter::CloseShelf(Shelf& shelf) {
  if (shelf.youngest == nullptr) return absl::OkStatus();
  const std::vector<uint32_t> numbers = shelf.directory.Numbers();
  shelf.youngest.reset();
  if (numbers.empty() || shelf.directory.ReadMark() != RingDirectory::Mark::kThisBoot) {
    return absl::OkStatus();
  }
  // Whoever wrote to it: no other process writes while this one has the lock, and the next one that
  // does takes the word back first.
  RETURN_IF_ERROR(shelf.directory.Sync(numbers.front()));
  return shelf.directory.MarkSynced();
}

}  // namespace annofs

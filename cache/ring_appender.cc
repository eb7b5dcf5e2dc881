#include "cache/ring_appender.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/block_format.h"
#include "cache/bus_guard.h"
#include "cache/lmdb_layout.h"
#include "cache/lmdb_tree.h"
#include "cache/ring_pages.h"

namespace annofs {
namespace {

// A leaf that was split is half full.
constexpr uint64_t kLeafShare = 2;
constexpr uint64_t kNodeBytes = 48;   // of a block with pages of its own, roughly
constexpr uint64_t kSparePages = 16;  // the list of free pages, and the levels above

int FileOf(MDB_env* env) {
  int file = -1;
  mdb_env_get_fd(env, &file);
  return file;
}

// Whether the batch fits, at the worst: every block lies in another leaf.
bool HasRoom(const LmdbTree& tree, const PendingBatch& batch) {
  uint64_t own = 0;
  uint64_t in_leaves = 0;
  for (const auto& block : batch) {
    const uint64_t pages = OwnPages(block->data.size());
    own += pages;
    in_leaves += kNodeBytes + (pages == 0 ? block->data.size() + kBlockHeaderBytes : 0);
  }
  const uint64_t copied = std::min(batch.size() * (tree.depth() + 1), tree.tree_pages());
  const uint64_t new_leaves = kLeafShare * (in_leaves / RingPageSize() + 1);
  // The pages that this transaction gives back are listed, in pages of their own.
  const uint64_t listed = (copied + tree.free_pages()) * 8 / RingPageSize() + 1;
  const uint64_t of_tree = copied + new_leaves + listed + kSparePages;
  return own + (of_tree > tree.free_pages() ? of_tree - tree.free_pages() : 0) <= tree.tail_pages();
}

// LMDB gives back as many pages as the first of them says.
bool OwnPagesAreSound(const MDB_val& record) {
  const uint64_t page = RingPageSize();
  const char* header = static_cast<const char*>(record.mv_data) - lmdb_layout::kPageHeader;
  if (reinterpret_cast<uintptr_t>(header) % page != 0) return true;  // it has none
  const absl::string_view text(header, lmdb_layout::kPageHeader);
  return lmdb_layout::NumberAt<uint16_t>(text, lmdb_layout::kFlagsAt) ==
             lmdb_layout::kOverflowPage &&
         lmdb_layout::NumberAt<uint32_t>(text, lmdb_layout::kOverflowCountAt) ==
             (lmdb_layout::kPageHeader + record.mv_size + page - 1) / page;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RingAppender>> RingAppender::Make(const std::string& path,
                                                                 uint32_t number, uint64_t bytes) {
  std::unique_ptr<RingAppender> file(new RingAppender(path, number));
  const std::string fresh = absl::StrCat(path, ".new");
  unlink(fresh.c_str());
  absl::Status status = file->OpenEnvironment(fresh, bytes);
  if (status.ok() && rename(fresh.c_str(), path.c_str()) != 0) {
    status = ErrnoToStatus(errno, absl::StrCat("making ", path));
  }
  if (!status.ok()) unlink(fresh.c_str());
  if (!status.ok()) return status;
  return file;
}

absl::StatusOr<std::unique_ptr<RingAppender>> RingAppender::Open(const std::string& path,
                                                                 uint32_t number) {
  RETURN_IF_ERROR(CheckRingHeader(path));
  std::unique_ptr<RingAppender> file(new RingAppender(path, number));
  RETURN_IF_ERROR(file->OpenEnvironment(path, 0));
  struct stat info;
  if (fstat(FileOf(file->env_), &info) != 0 ||
      static_cast<uint64_t>(info.st_size) < file->NeededBytes()) {
    return absl::InternalError(absl::StrCat(path, " is cut short"));
  }
  return file;
}

RingAppender::~RingAppender() {
  if (!map_.empty()) munmap(const_cast<char*>(map_.data()), map_.size());
  // An environment that was left in the middle of a transaction is not fit to be closed.
  if (env_ != nullptr && !left_) mdb_env_close(env_);
}

absl::Status RingAppender::OpenEnvironment(const std::string& path, uint64_t bytes) {
  int code = MDB_PANIC;
  left_ = !RunGuarded(MapFaults::kGarbage, [&] {
    code = mdb_env_create(&env_);
    if (code == MDB_SUCCESS) code = mdb_env_set_assert(env_, LeaveAtAssertion);
    if (code == MDB_SUCCESS && bytes > 0) code = mdb_env_set_mapsize(env_, bytes);
    if (code == MDB_SUCCESS) {
      code = mdb_env_open(env_, path.c_str(), kRingFileFlags | MDB_NOSYNC, 0600);
    }
    MDB_txn* txn = nullptr;
    if (code == MDB_SUCCESS) code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
    if (code == MDB_SUCCESS) code = mdb_dbi_open(txn, nullptr, 0, &table_);
    // To be kept, the table is opened by a transaction that is committed.
    if (txn != nullptr && code == MDB_SUCCESS) code = mdb_txn_commit(txn);
  });
  if (left_) code = MDB_PANIC;
  if (code == MDB_SUCCESS) return MapFile();
  return absl::InternalError(absl::StrCat("opening ", path, ": ", mdb_strerror(code)));
}

absl::Status RingAppender::MapFile() {
  struct stat info;
  if (fstat(FileOf(env_), &info) != 0) return ErrnoToStatus(errno, absl::StrCat("reading ", path_));
  inode_ = info.st_ino;
  MDB_envinfo environment;
  mdb_env_info(env_, &environment);
  const size_t size = environment.me_mapsize / RingPageSize() * RingPageSize();
  void* map = mmap(nullptr, size, PROT_READ, MAP_SHARED, FileOf(env_), 0);
  if (map == MAP_FAILED) return ErrnoToStatus(errno, absl::StrCat("mapping ", path_));
  map_ = absl::string_view(static_cast<const char*>(map), size);
  return absl::OkStatus();
}

RingAppender::Outcome RingAppender::Append(const PendingBatch& batch) {
  if (left_) return Outcome::kDamaged;
  Outcome outcome = Outcome::kDamaged;
  LmdbTree tree(map_, RingPageSize());
  left_ = !RunGuarded(MapFaults::kGarbage, [&] { outcome = AppendGuarded(tree, batch); });
  return left_ ? Outcome::kDamaged : outcome;
}

RingAppender::Outcome RingAppender::AppendGuarded(LmdbTree& tree, const PendingBatch& batch) {
  if (!tree.Load()) return Outcome::kDamaged;
  for (const auto& block : batch) {
    const BlockRecordKey key = EncodeBlockKey(block->key);
    if (!tree.PathIsSound(absl::string_view(key.data(), key.size()))) return Outcome::kDamaged;
  }
  if (!HasRoom(tree, batch)) return Outcome::kFull;
  code_ = Write(batch);
  if (code_ == MDB_SUCCESS && !Extend().ok()) code_ = EIO;
  switch (code_) {
    case MDB_SUCCESS:
      return Outcome::kDone;
    case MDB_MAP_FULL:
      return Outcome::kMapFull;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PANIC:  // after a failed commit LMDB may refuse all work on that environment
      return Outcome::kDamaged;
    default:
      return Outcome::kFailed;
  }
}

int RingAppender::Write(const PendingBatch& batch) {
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(env_, nullptr, 0, &txn);
  if (code != MDB_SUCCESS) return code;
  for (const auto& block : batch) {
    code = Put(txn, *block);
    if (code != MDB_SUCCESS) {
      mdb_txn_abort(txn);
      return code;
    }
  }
  return mdb_txn_commit(txn);
}

// What is there and sound stays: somebody may be reading it, and its pages would be used again.
int RingAppender::Put(MDB_txn* txn, const PendingBlock& block) {
  BlockRecordKey record_key = EncodeBlockKey(block.key);
  MDB_val key_val{record_key.size(), record_key.data()};
  const size_t size = kBlockHeaderBytes + block.data.size();
  MDB_val value{size, nullptr};
  int code = mdb_put(txn, table_, &key_val, &value, MDB_RESERVE | MDB_NOOVERWRITE);
  if (code == MDB_KEYEXIST) {
    if (DecodeBlock(block.key, TextOf(value)).has_value()) return MDB_SUCCESS;
    if (!OwnPagesAreSound(value)) return MDB_CORRUPTED;
    value = {size, nullptr};
    code = mdb_put(txn, table_, &key_val, &value, MDB_RESERVE);
  }
  if (code == MDB_SUCCESS)
    EncodeBlock(block.key, block.data.view(), static_cast<char*>(value.mv_data));
  return code;
}

uint64_t RingAppender::NeededBytes() const {
  MDB_envinfo info;
  mdb_env_info(env_, &info);
  return (info.me_last_pgno + 1) * uint64_t{RingPageSize()};
}

// LMDB does not write pages that a commit freed again; at the end of the file they would make it
// look cut short.
absl::Status RingAppender::Extend() {
  struct stat info;
  if (fstat(FileOf(env_), &info) != 0) return ErrnoToStatus(errno, absl::StrCat("reading ", path_));
  if (static_cast<uint64_t>(info.st_size) >= NeededBytes()) return absl::OkStatus();
  if (ftruncate(FileOf(env_), static_cast<off_t>(NeededBytes())) == 0) return absl::OkStatus();
  return ErrnoToStatus(errno, absl::StrCat("extending ", path_));
}

absl::Status RingAppender::Sync() {
  if (fdatasync(FileOf(env_)) == 0) return absl::OkStatus();
  return ErrnoToStatus(errno, absl::StrCat("syncing ", path_));
}

}  // namespace annofs

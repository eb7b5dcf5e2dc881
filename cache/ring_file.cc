#include "cache/ring_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/block_format.h"
#include "cache/bus_guard.h"
#include "cache/lmdb_tree.h"
#include "cache/ring_pages.h"

namespace annofs {
namespace {

constexpr int kAttempts = 4;  // at a search that a writer overtakes

struct Pages {
  char* start;
  size_t length;
};

Pages PagesOf(absl::string_view bytes) {
  const uintptr_t page = RingPageSize();
  uintptr_t first = reinterpret_cast<uintptr_t>(bytes.data()) & ~(page - 1);
  uintptr_t last = reinterpret_cast<uintptr_t>(bytes.data()) + bytes.size();
  return {reinterpret_cast<char*>(first), static_cast<size_t>(last - first)};
}

// True too where the system does not tell: then a reader waits for the disk now and then.
bool IsResident(absl::string_view bytes) {
  Pages pages = PagesOf(bytes);
  const size_t page = RingPageSize();
  unsigned char resident[512];
  while (pages.length > 0) {
    size_t length = std::min(pages.length, sizeof resident * page);
    if (mincore(pages.start, length, resident) != 0) return true;
    size_t count = (length + page - 1) / page;
    if (!std::all_of(resident, resident + count, [](unsigned char r) { return (r & 1) != 0; })) {
      return false;
    }
    pages.start += length;
    pages.length -= length;
  }
  return true;
}

// One request to the disk instead of one fault per page (reference: 212-389 MB/s against 23-41).
void ReadAhead(absl::string_view bytes) {
  Pages pages = PagesOf(bytes);
  madvise(pages.start, pages.length, MADV_WILLNEED);
}

// Where a record that lies in a page of the tree is copied to. No allocation with pages of 4 KiB.
class LeafCopy {
 public:
  LeafCopy() : large_(MostBytes() > small_.size() ? new char[MostBytes()] : nullptr) {}

  // Those that may lie in such a page, and some that do not.
  static bool Concerns(absl::string_view record) { return record.size() <= MostBytes(); }
  absl::string_view Of(absl::string_view record) {
    char* to = large_ != nullptr ? large_.get() : small_.data();
    std::memcpy(to, record.data(), record.size());
    return {to, record.size()};
  }

 private:
  static size_t MostBytes() { return RingPageSize() / 2; }
  std::array<char, 2048> small_;
  std::unique_ptr<char[]> large_;
};

int FileOf(MDB_env* env) {
  int file = -1;
  mdb_env_get_fd(env, &file);
  return file;
}

}  // namespace

// A read transaction, and how it ended: one that was left by a jump is not used again.
class RingFile::Visit {
 public:
  explicit Visit(RingFile& file) : file_(file) {}
  ~Visit() { End(); }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  // Runs `fn` with a transaction of the newest state. False: it was left, or there is none.
  bool Run(absl::FunctionRef<void(MDB_txn*)> fn) {
    End();
    int code = MDB_SUCCESS;
    sound_ = RunGuarded(MapFaults::kGarbage, [&] {
      // A header that is cut away is met before there is a transaction to be left behind.
      MDB_envinfo info;
      mdb_env_info(file_.env_, &info);
      code = file_.pool_->Acquire(&txn_);
      if (code != MDB_SUCCESS) return;
      transaction_ = mdb_txn_id(txn_);
      fn(txn_);
    });
    if (code != MDB_SUCCESS) txn_ = nullptr;
    return sound_ && code == MDB_SUCCESS;
  }

  // Whether pages that it saw may have been used again since it began.
  bool IsOvertaken() { return file_.LastTransaction() > transaction_ + 1; }
  // Its last run ended in a fault.
  bool faulted() const { return !sound_; }

 private:
  void End() {
    MDB_txn* txn = std::exchange(txn_, nullptr);
    if (txn == nullptr) return;
    sound_ ? file_.pool_->Release(txn) : mdb_txn_abort(txn);
  }

  RingFile& file_;
  MDB_txn* txn_ = nullptr;
  uint64_t transaction_ = 0;
  bool sound_ = true;
};

absl::StatusOr<std::shared_ptr<RingFile>> RingFile::Open(const std::string& path, uint32_t number,
                                                         const std::string& use_path) {
  RETURN_IF_ERROR(CheckRingHeader(path));
  std::shared_ptr<RingFile> file(new RingFile(path, number, use_path));
  int code = MDB_PANIC;
  RunGuarded(MapFaults::kGarbage, [&] {
    code = file->OpenEnvironment();
    if (code == MDB_SUCCESS) code = file->OpenTable();
  });
  if (code != MDB_SUCCESS) {
    return absl::InternalError(absl::StrCat("opening ", path, ": ", mdb_strerror(code)));
  }
  struct stat info;
  if (fstat(FileOf(file->env_), &info) != 0) {
    return ErrnoToStatus(errno, absl::StrCat("reading ", path));
  }
  file->inode_ = info.st_ino;
  file->pool_ = std::make_unique<TxnPool>(file->env_);
  return file;
}

RingFile::~RingFile() {
  pool_.reset();
  if (env_ != nullptr) mdb_env_close(env_);
}

int RingFile::OpenEnvironment() {
  int code = mdb_env_create(&env_);
  if (code == MDB_SUCCESS) code = mdb_env_set_assert(env_, LeaveAtAssertion);
  if (code == MDB_SUCCESS) {
    code = mdb_env_open(env_, path_.c_str(), kRingFileFlags | MDB_RDONLY, 0600);
  }
  return code;
}

int RingFile::OpenTable() {
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  if (code != MDB_SUCCESS) return code;
  code = mdb_dbi_open(txn, nullptr, 0, &table_);
  if (code == MDB_SUCCESS) return mdb_txn_commit(txn);
  mdb_txn_abort(txn);
  return code;
}

uint64_t RingFile::LastTransaction() {
  MDB_envinfo info{};
  RunGuarded(MapFaults::kGarbage, [&] { mdb_env_info(env_, &info); });
  return info.me_last_txnid;
}

RingFile::Found RingFile::Find(MDB_txn* txn, const BlockKey& key) const {
  BlockRecordKey record_key = EncodeBlockKey(key);
  MDB_val key_val{record_key.size(), record_key.data()};
  MDB_val value;
  const int code = mdb_get(txn, table_, &key_val, &value);
  if (code == MDB_NOTFOUND) return {RingRead::kMiss, {}};
  if (code != MDB_SUCCESS) return {RingRead::kDamaged, {}};
  return {RingRead::kHit, TextOf(value)};
}

RingRead RingFile::Read(const BlockKey& key, Lane lane,
                        absl::FunctionRef<void(absl::string_view)> fn) {
  const RingRead result = Peek(key, lane, fn);
  if (result == RingRead::kHit) use_.Set(key);
  return result;
}

RingRead RingFile::Peek(const BlockKey& key, Lane lane,
                        absl::FunctionRef<void(absl::string_view)> fn) {
  if (is_broken() || IsDamaged(key)) return RingRead::kMiss;
  LeafCopy copy;
  Visit visit(*this);
  Found found;
  absl::string_view data;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    found = {};
    visit.Run([&](MDB_txn* txn) {
      found = Find(txn, key);
      if (found.result != RingRead::kHit) return;
      if (LeafCopy::Concerns(found.record)) {
        found.record = copy.Of(found.record);
      } else if (!IsResident(found.record)) {
        if (lane == Lane::kFast) found.result = RingRead::kWouldBlock;
        if (lane == Lane::kFast) return;
        ReadAhead(found.record);
      }
      const std::optional<absl::string_view> checked = DecodeBlock(key, found.record);
      if (!checked.has_value()) found.result = RingRead::kDamaged;
      data = checked.value_or("");
    });
    const bool found_it = found.result == RingRead::kHit || found.result == RingRead::kWouldBlock;
    if ((!visit.faulted() && found_it) || !visit.IsOvertaken()) break;
  }
  if (!visit.faulted() && found.result == RingRead::kDamaged) SetDamaged(key);
  if (!visit.faulted() && found.result != RingRead::kHit) return found.result;
  if (!visit.faulted() && RunGuarded(MapFaults::kCut, [&] { fn(data); })) return RingRead::kHit;
  // What `fn` reads besides may be another block's, of another file.
  if (!visit.faulted() && IsWhole()) return RingRead::kMiss;
  return broken_.exchange(true) ? RingRead::kMiss : RingRead::kBroken;
}

bool RingFile::IsDamaged(const BlockKey& key) {
  if (!has_damaged_.load(std::memory_order_acquire)) return false;
  const uint64_t now = LastTransaction();
  absl::MutexLock lock(&damaged_mutex_);
  return damaged_at_ == now && damaged_.contains(key);
}

void RingFile::SetDamaged(const BlockKey& key) {
  const uint64_t now = LastTransaction();
  absl::MutexLock lock(&damaged_mutex_);
  if (damaged_at_ != now) damaged_.clear();
  damaged_at_ = now;
  if (damaged_.size() < kMostDamaged) damaged_.insert(key);
  has_damaged_.store(true, std::memory_order_release);
}

bool RingFile::Has(const BlockKey& key) {
  if (IsDamaged(key)) return false;
  if (is_broken()) return false;
  Visit visit(*this);
  bool has = false;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const bool done =
        visit.Run([&](MDB_txn* txn) { has = Find(txn, key).result == RingRead::kHit; });
    if ((done && has) || !visit.IsOvertaken()) break;
  }
  if (visit.faulted()) broken_.store(true);
  return has && !visit.faulted();
}

std::vector<BlockKey> RingFile::KeysAfter(const std::optional<BlockKey>& after, size_t limit,
                                          Which which) {
  std::vector<BlockKey> keys;
  if (is_broken()) return keys;
  keys.reserve(limit);
  BlockRecordKey from = after.has_value() ? EncodeBlockKey(*after) : BlockRecordKey{};
  Visit visit(*this);
  const uint64_t most = Content().blocks;
  MDB_cursor* cursor = nullptr;
  const auto collect = [&](MDB_txn* txn) {
    if (mdb_cursor_open(txn, table_, &cursor) != MDB_SUCCESS) return;
    MDB_val key_val{from.size(), from.data()};
    MDB_val value;
    int code = mdb_cursor_get(cursor, &key_val, &value, MDB_SET_RANGE);
    // Counted: damaged pages may lead in a circle.
    for (uint64_t seen = 0; code == MDB_SUCCESS && keys.size() < limit && seen <= most; ++seen) {
      const std::optional<BlockKey> key = DecodeBlockKey(TextOf(key_val));
      const bool is_next = key.has_value() && key != after;
      if (is_next && (which == Which::kAll || use_.Test(*key))) keys.push_back(*key);
      code = mdb_cursor_get(cursor, &key_val, &value, MDB_NEXT);
    }
  };
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    keys.clear();
    visit.Run(collect);
    if (cursor != nullptr) mdb_cursor_close(std::exchange(cursor, nullptr));
    if (!visit.IsOvertaken()) break;
  }
  if (visit.faulted()) broken_.store(true);
  return keys;
}

bool RingFile::IsWhole() {
  MDB_envinfo info{};
  const bool read = RunGuarded(MapFaults::kGarbage, [&] { mdb_env_info(env_, &info); });
  return read && bytes() >= (info.me_last_pgno + 1) * uint64_t{RingPageSize()};
}

uint64_t RingFile::bytes() const {
  struct stat info;
  return fstat(FileOf(env_), &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
}

RingFileContent RingFile::Content() {
  MDB_stat stat{};
  RunGuarded(MapFaults::kGarbage, [&] { mdb_env_stat(env_, &stat); });
  return {.blocks = stat.ms_entries, .bytes = bytes()};
}

}  // namespace annofs

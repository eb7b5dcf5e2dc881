#include "cache/ring_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/lmdb_check.h"

namespace annofs {
namespace {

// Pages are 4,096 bytes in the reckoning of use bits only; elsewhere the system is asked.
constexpr uint64_t kPage = 4096;
constexpr unsigned kMaxReaders = 1280;  // the slow lane's 1,024 threads, and the others

struct Pages {
  char* start;
  size_t length;
};

Pages PagesOf(absl::string_view bytes) {
  const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  uintptr_t first = reinterpret_cast<uintptr_t>(bytes.data()) & ~(page - 1);
  uintptr_t last = reinterpret_cast<uintptr_t>(bytes.data()) + bytes.size();
  return {reinterpret_cast<char*>(first), static_cast<size_t>(last - first)};
}

// True too where the system does not tell: then a reader waits for the disk now and then.
bool IsResident(absl::string_view bytes) {
  Pages pages = PagesOf(bytes);
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
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

unsigned Flags(RingFile::Mode mode) {
  constexpr unsigned kAlways = MDB_NOSUBDIR | MDB_NORDAHEAD | MDB_NOTLS;
  switch (mode) {
    case RingFile::Mode::kAppend:
      return kAlways | MDB_NOSYNC;
    case RingFile::Mode::kShared:
      return kAlways | MDB_RDONLY;
    case RingFile::Mode::kSealed:
      break;
  }
  return kAlways | MDB_RDONLY | MDB_NOLOCK;
}

absl::string_view FromVal(const MDB_val& val) {
  return absl::string_view(static_cast<const char*>(val.mv_data), val.mv_size);
}

// The bytes that the file needs to hold all pages it speaks of.
uint64_t NeededBytes(MDB_env* env) {
  MDB_envinfo info;
  MDB_stat stat;
  mdb_env_info(env, &info);
  mdb_env_stat(env, &stat);
  return (info.me_last_pgno + 1) * uint64_t{stat.ms_psize};
}

int FileOf(MDB_env* env) {
  int file = -1;
  mdb_env_get_fd(env, &file);
  return file;
}

}  // namespace

UseBits::UseBits(uint64_t file_bytes)
    : words_(std::max<uint64_t>(1, file_bytes / kPage / 64)),
      bits_(new std::atomic<uint64_t>[words_]()) {}

void UseBits::Set(const BlockKey& key) {
  uint64_t hash = BlockKeyHash()(key);
  uint64_t bit = uint64_t{1} << (hash & 63);
  std::atomic<uint64_t>& word = bits_[(hash >> 6) % words_];
  // Asked first: most hits find the bit set and leave the cache line shared.
  if ((word.load(std::memory_order_relaxed) & bit) == 0)
    word.fetch_or(bit, std::memory_order_relaxed);
}

bool UseBits::Test(const BlockKey& key) const {
  uint64_t hash = BlockKeyHash()(key);
  return (bits_[(hash >> 6) % words_].load(std::memory_order_relaxed) >> (hash & 63) & 1) != 0;
}

absl::StatusOr<std::shared_ptr<RingFile>> RingFile::Open(const std::string& path, uint32_t number,
                                                         Mode mode, uint64_t bytes) {
  std::shared_ptr<RingFile> file(new RingFile(path, number));
  int code = file->OpenEnvironment(mode, bytes);
  if (code == MDB_SUCCESS) RETURN_IF_ERROR(file->CheckLength());
  if (code == MDB_SUCCESS) code = file->OpenTable(mode);
  if (code != MDB_SUCCESS) {
    return absl::InternalError(absl::StrCat("opening ", path, ": ", mdb_strerror(code)));
  }
  MDB_envinfo info;
  mdb_env_info(file->env_, &info);
  file->use_ = std::make_shared<UseBits>(info.me_mapsize);
  file->pool_ = std::make_unique<TxnPool>(file->env_);
  return file;
}

RingFile::~RingFile() {
  pool_.reset();
  if (env_ != nullptr) mdb_env_close(env_);
}

int RingFile::OpenEnvironment(Mode mode, uint64_t bytes) {
  int code = mdb_env_create(&env_);
  if (code == MDB_SUCCESS) code = mdb_env_set_maxreaders(env_, kMaxReaders);
  if (code == MDB_SUCCESS && mode == Mode::kAppend) code = mdb_env_set_mapsize(env_, bytes);
  if (code == MDB_SUCCESS && mode == Mode::kAppend) {
    code = AllocateLmdbLock(absl::StrCat(path_, "-lock"), kMaxReaders);
  }
  if (code == MDB_SUCCESS) code = mdb_env_open(env_, path_.c_str(), Flags(mode), 0600);
  return code;
}

int RingFile::OpenTable(Mode mode) {
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(env_, nullptr, mode == Mode::kAppend ? 0 : MDB_RDONLY, &txn);
  if (code != MDB_SUCCESS) return code;
  code = mdb_dbi_open(txn, nullptr, 0, &table_);
  if (code == MDB_SUCCESS) return mdb_txn_commit(txn);
  mdb_txn_abort(txn);
  return code;
}

absl::Status RingFile::CheckLength() {
  struct stat info;
  if (fstat(FileOf(env_), &info) != 0) return ErrnoToStatus(errno, absl::StrCat("reading ", path_));
  inode_ = info.st_ino;
  // A page beyond the end would be a SIGBUS.
  if (static_cast<uint64_t>(info.st_size) >= NeededBytes(env_)) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(path_, " is cut short"));
}

RingRead RingFile::Read(const BlockKey& key, Lane lane,
                        absl::FunctionRef<void(absl::string_view)> fn) {
  PooledTxn txn(*pool_);
  if (txn.code() != MDB_SUCCESS) return RingRead::kMiss;
  BlockRecordKey record_key = EncodeBlockKey(key);
  MDB_val key_val{record_key.size(), record_key.data()};
  MDB_val value;
  int code = mdb_get(txn.get(), table_, &key_val, &value);
  if (code != MDB_SUCCESS) return code == MDB_NOTFOUND ? RingRead::kMiss : RingRead::kDamaged;
  absl::string_view record = FromVal(value);
  if (!IsResident(record)) {
    if (lane == Lane::kFast) return RingRead::kWouldBlock;
    ReadAhead(record);
  }
  std::optional<absl::string_view> data = DecodeBlock(key, record);
  if (!data.has_value()) return RingRead::kDamaged;
  use_->Set(key);
  fn(*data);
  return RingRead::kHit;
}

bool RingFile::Has(const BlockKey& key) {
  PooledTxn txn(*pool_);
  if (txn.code() != MDB_SUCCESS) return false;
  BlockRecordKey record_key = EncodeBlockKey(key);
  MDB_val key_val{record_key.size(), record_key.data()};
  MDB_val value;
  return mdb_get(txn.get(), table_, &key_val, &value) == MDB_SUCCESS;
}

int RingFile::Append(const PendingBatch& batch) {
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

int RingFile::Put(MDB_txn* txn, const PendingBlock& block) {
  BlockRecordKey record_key = EncodeBlockKey(block.key);
  MDB_val key_val{record_key.size(), record_key.data()};
  MDB_val value{kBlockHeaderBytes + block.data.size(), nullptr};
  int code = mdb_put(txn, table_, &key_val, &value, MDB_RESERVE);
  if (code == MDB_SUCCESS)
    EncodeBlock(block.key, block.data.view(), static_cast<char*>(value.mv_data));
  return code;
}

absl::Status RingFile::Sync() {
  // LMDB does not write pages that a commit freed again; at the end of the file they would make it
  // look cut short.
  int file = FileOf(env_);
  struct stat info;
  if (fstat(file, &info) == 0 && static_cast<uint64_t>(info.st_size) < NeededBytes(env_) &&
      ftruncate(file, static_cast<off_t>(NeededBytes(env_))) != 0) {
    return ErrnoToStatus(errno, absl::StrCat("extending ", path_));
  }
  int code = mdb_env_sync(env_, 1);
  if (code == MDB_SUCCESS) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("syncing ", path_, ": ", mdb_strerror(code)));
}

void RingFile::ForEachUsed(absl::FunctionRef<bool(const BlockKey&, absl::string_view)> fn) {
  PooledTxn txn(*pool_);
  MDB_cursor* cursor = nullptr;
  if (txn.code() != MDB_SUCCESS || mdb_cursor_open(txn.get(), table_, &cursor) != MDB_SUCCESS)
    return;
  MDB_val key_val;
  MDB_val value;
  bool more = true;
  while (more && mdb_cursor_get(cursor, &key_val, &value, MDB_NEXT) == MDB_SUCCESS) {
    std::optional<BlockKey> key = DecodeBlockKey(FromVal(key_val));
    if (!key.has_value() || !use_->Test(*key)) continue;
    ReadAhead(FromVal(value));
    std::optional<absl::string_view> data = DecodeBlock(*key, FromVal(value));
    more = !data.has_value() || fn(*key, *data);
  }
  mdb_cursor_close(cursor);
}

uint64_t RingFile::bytes() const {
  struct stat info;
  return fstat(FileOf(env_), &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
}

}  // namespace annofs

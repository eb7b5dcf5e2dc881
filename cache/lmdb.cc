#include "cache/lmdb.h"

#include <lmdb.h>

#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "cache/files.h"
#include "cache/lmdb_check.h"
#include "cache/lmdb_error.h"
#include "cache/lmdb_journal.h"
#include "cache/txn_pool.h"

namespace annofs {
namespace {

constexpr size_t kMaxKey = 511;  // of LMDB as built by default

// The least map that is tried where address space is short.
constexpr uint64_t kLeastMap = uint64_t{1} << 30;

// How long a transaction waits for the others of this process to end when the map must grow.
constexpr absl::Duration kRemapWait = absl::Seconds(10);

// How often room is made for one transaction.
constexpr int kSpaceAttempts = 4;

// EIO is what LMDB answers when a write came out short, as it does on a full disk.
bool IsFullDisk(int code) { return code == EIO || code == ENOSPC || code == EDQUOT; }

absl::Status CheckKey(absl::string_view key) {
  if (!key.empty() && key.size() <= kMaxKey) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a key of the catalog has 1 to ", kMaxKey, " bytes, not ", key.size()));
}

class Cursor {
 public:
  Cursor(MDB_txn* txn, MDB_dbi table) : code_(mdb_cursor_open(txn, table, &cursor_)) {}
  ~Cursor() {
    if (code_ == 0) mdb_cursor_close(cursor_);
  }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  // To the first entry with key >= `from`, and onwards. LMDB's code.
  int Seek(absl::string_view from) {
    if (code_ != 0) return code_;
    key_ = ToMdb(from);
    return mdb_cursor_get(cursor_, &key_, &value_, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  }
  // To the last entry with key <= `key`.
  int SeekLast(absl::string_view key) {
    int code = Seek(key);
    if (code == 0 && this->key() == key) return 0;
    if (code != 0 && code != MDB_NOTFOUND) return code;
    return mdb_cursor_get(cursor_, &key_, &value_, code == 0 ? MDB_PREV : MDB_LAST);
  }
  int Next() { return mdb_cursor_get(cursor_, &key_, &value_, MDB_NEXT); }
  int Delete() { return mdb_cursor_del(cursor_, 0); }
  absl::string_view key() const { return FromMdb(key_); }
  absl::string_view value() const { return FromMdb(value_); }

 private:
  MDB_cursor* cursor_ = nullptr;
  int code_;
  MDB_val key_{};
  MDB_val value_{};
};

// A read or write transaction; the former is only ever seen as LmdbReader. The first error is kept:
// Get and Scan cannot answer it themselves, and no transaction with one is committed.
class Transaction : public LmdbWriter {
 public:
  // `journal`: gets what is done; may be null.
  Transaction(MDB_txn* txn, const std::vector<MDB_dbi>& tables, const std::string& path,
              LmdbJournal* journal)
      : txn_(txn), tables_(tables), path_(path), journal_(journal) {}

  std::optional<absl::string_view> Get(LmdbTable table, absl::string_view key) const override {
    if (!CheckKey(key).ok()) return std::nullopt;
    MDB_val mdb_key = ToMdb(key);
    MDB_val value;
    const int code = mdb_get(txn_, tables_[table], &mdb_key, &value);
    if (code == 0) return FromMdb(value);
    if (code != MDB_NOTFOUND) Fail(code, "read");
    return std::nullopt;
  }

  std::optional<Entry> Floor(LmdbTable table, absl::string_view key) const override {
    Cursor cursor(txn_, tables_[table]);
    const int code = cursor.SeekLast(key);
    if (code == 0) return Entry{cursor.key(), cursor.value()};
    if (code != MDB_NOTFOUND) Fail(code, "read");
    return std::nullopt;
  }

  void Scan(LmdbTable table, absl::string_view from,
            absl::FunctionRef<bool(absl::string_view, absl::string_view)> fn) const override {
    Cursor cursor(txn_, tables_[table]);
    int code = cursor.Seek(from);
    while (code == 0 && fn(cursor.key(), cursor.value())) code = cursor.Next();
    if (code != 0 && code != MDB_NOTFOUND) Fail(code, "read");
  }

  absl::Status Put(LmdbTable table, absl::string_view key, absl::string_view value) override {
    RETURN_IF_ERROR(CheckKey(key));
    Note(LmdbJournal::Kind::kPut, table, key, value);
    MDB_val mdb_key = ToMdb(key);
    MDB_val mdb_value = ToMdb(value);
    return Checked(mdb_put(txn_, tables_[table], &mdb_key, &mdb_value, 0), "write");
  }

  absl::Status Delete(LmdbTable table, absl::string_view key) override {
    RETURN_IF_ERROR(CheckKey(key));
    Note(LmdbJournal::Kind::kDelete, table, key, "");
    MDB_val mdb_key = ToMdb(key);
    const int code = mdb_del(txn_, tables_[table], &mdb_key, nullptr);
    return code == MDB_NOTFOUND ? absl::OkStatus() : Checked(code, "write");
  }

  absl::Status DeletePrefix(LmdbTable table, absl::string_view prefix) override {
    Note(LmdbJournal::Kind::kDeletePrefix, table, prefix, "");
    Cursor cursor(txn_, tables_[table]);
    int code = cursor.Seek(prefix);
    while (code == 0 && absl::StartsWith(cursor.key(), prefix)) {
      code = cursor.Delete();
      if (code == 0) code = cursor.Next();
    }
    return code == MDB_NOTFOUND ? absl::OkStatus() : Checked(code, "write");
  }

  size_t id() const { return mdb_txn_id(txn_); }
  // LMDB's code of the first error, 0 if there was none.
  int code() const { return code_; }
  const absl::Status& error() const { return error_; }

 private:
  void Note(LmdbJournal::Kind kind, LmdbTable table, absl::string_view key,
            absl::string_view value) {
    if (journal_ != nullptr) journal_->Add(kind, table, key, value);
  }

  void Fail(int code, absl::string_view what) const {
    if (code_ != 0) return;
    code_ = code;
    error_ = LmdbError(code, what, path_);
  }

  absl::Status Checked(int code, absl::string_view what) const {
    if (code == 0) return absl::OkStatus();
    Fail(code, what);
    return LmdbError(code, what, path_);
  }

  MDB_txn* const txn_;
  const std::vector<MDB_dbi>& tables_;
  const std::string& path_;
  LmdbJournal* const journal_;
  mutable int code_ = 0;
  mutable absl::Status error_;
};

class Environment : public Lmdb {
 public:
  explicit Environment(const LmdbOptions& options)
      : path_(options.path), free_space_(options.free_space) {}

  ~Environment() override {
    pool_.reset();
    if (env_ != nullptr) mdb_env_close(env_);
  }

  absl::Status Open(const LmdbOptions& options) {
    RETURN_IF_ERROR(MakePrivateDirectory(path_));
    RETURN_IF_ERROR(PrepareLmdb(path_, options.max_readers));
    if (int code = CreateWithin(options); code != 0) return LmdbError(code, "open", path_);
    if (int code = CheckLmdbIsWhole(env_); code != 0) return LmdbError(code, "open", path_);
    int dead = 0;
    mdb_reader_check(env_, &dead);
    pool_ = std::make_unique<TxnPool>(env_);
    return OpenTables(options.tables);
  }

  const std::string& path() const override { return path_; }

  absl::Status View(absl::FunctionRef<absl::Status(const LmdbReader&)> fn) override {
    MDB_txn* txn = nullptr;
    if (int code = Begin([&] { return pool_->Acquire(&txn); }); code != 0) {
      return LmdbError(code, "read", path_);
    }
    Transaction reader(txn, tables_, path_, nullptr);
    absl::Status status = fn(reader);
    pool_->Release(txn);
    Leave();
    return status.ok() ? reader.error() : status;
  }

  absl::Status Update(absl::FunctionRef<absl::Status(LmdbWriter&)> fn) override {
    absl::MutexLock lock(&write_mutex_);
    LmdbJournal journal;
    Saved saved = UpdateOnce(fn, free_space_ ? &journal : nullptr);
    const size_t transaction = saved.transaction;
    for (int i = 0; i < kSpaceAttempts && saved.disk_is_full && journal.is_whole(); ++i) {
      if (!free_space_ || !free_space_()) break;
      // Only while nobody else has saved anything: what `fn` has read is as it was.
      const Saved again = UpdateOnce(
          [&](LmdbWriter& txn) {
            const bool is_same = static_cast<Transaction&>(txn).id() == transaction;
            return is_same ? journal.Replay(txn) : saved.status;
          },
          nullptr);
      saved = again;
    }
    return saved.status;
  }

 private:
  // With as much of the map as the process has address space for: a limit (RLIMIT_AS, the thread
  // sanitizer) is no reason to fail.
  int CreateWithin(LmdbOptions options) {
    int code = Create(options);
    while (code == ENOMEM && options.map_size / 4 >= kLeastMap) {
      options.map_size /= 4;
      mdb_env_close(env_);
      env_ = nullptr;
      code = Create(options);
    }
    return code;
  }

  int Create(const LmdbOptions& options) {
    int code = mdb_env_create(&env_);
    if (code == 0) code = mdb_env_set_mapsize(env_, options.map_size);
    if (code == 0) code = mdb_env_set_maxreaders(env_, options.max_readers);
    if (code == 0) code = mdb_env_set_maxdbs(env_, options.tables.size());
    if (code == 0) code = mdb_env_open(env_, path_.c_str(), MDB_NOTLS, 0600);
    return code;
  }

  absl::Status OpenTables(const std::vector<std::string>& names) {
    MDB_txn* txn = nullptr;
    int code = mdb_txn_begin(env_, nullptr, 0, &txn);
    if (code != 0) return LmdbError(code, "open", path_);
    tables_.resize(names.size());
    for (size_t i = 0; i < names.size() && code == 0; ++i) {
      code = mdb_dbi_open(txn, names[i].c_str(), MDB_CREATE, &tables_[i]);
    }
    if (code == 0) {
      code = mdb_txn_commit(txn);
    } else {
      mdb_txn_abort(txn);
    }
    return code == 0 ? absl::OkStatus() : LmdbError(code, "open", path_);
  }

  // How a write transaction has ended.
  struct Saved {
    absl::Status status;
    bool disk_is_full = false;  // which is all that kept it from being saved
    size_t transaction = 0;     // its number
  };

  Saved UpdateOnce(absl::FunctionRef<absl::Status(LmdbWriter&)> fn, LmdbJournal* journal)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_) {
    MDB_txn* txn = nullptr;
    if (int code = Begin([&] { return mdb_txn_begin(env_, nullptr, 0, &txn); }); code != 0) {
      return {.status = LmdbError(code, "write", path_)};
    }
    Saved saved = RunAndEnd(txn, fn, journal);
    Leave();
    return saved;
  }

  // Runs `fn`, then commits or aborts.
  Saved RunAndEnd(MDB_txn* txn, absl::FunctionRef<absl::Status(LmdbWriter&)> fn,
                  LmdbJournal* journal) {
    Transaction writer(txn, tables_, path_, journal);
    Saved saved{.status = fn(writer), .transaction = writer.id()};
    if (saved.status.ok()) saved.status = writer.error();
    int code = writer.code();
    if (!saved.status.ok()) {
      mdb_txn_abort(txn);
    } else if (code = mdb_txn_commit(txn); code != 0) {
      saved.status = LmdbError(code, "save", path_);
      saved.disk_is_full = IsFullDisk(code);
    }
    // A reader that was killed keeps old pages alive: the next transaction finds them free.
    int dead = 0;
    if (code == MDB_MAP_FULL) mdb_reader_check(env_, &dead);
    return saved;
  }

  // Runs `begin`, which starts a transaction, between Enter and (if it fails) Leave. Another
  // process may have made the file larger than this one's map: then the map is made anew and
  // `begin` run again.
  int Begin(absl::FunctionRef<int()> begin) {
    Enter();
    int code = begin();
    if (code != 0) Leave();
    if (code != MDB_MAP_RESIZED) return code;
    if (code = Remap(); code != 0) return code;
    Enter();
    code = begin();
    if (code != 0) Leave();
    return code;
  }

  void Enter() {
    absl::MutexLock lock(&gate_);
    ++running_;
  }
  void Leave() {
    absl::MutexLock lock(&gate_);
    --running_;
  }

  // LMDB wants no transaction of this process to run meanwhile.
  int Remap() {
    absl::MutexLock lock(&gate_);
    const auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(gate_) { return running_ == 0; };
    if (!gate_.AwaitWithTimeout(absl::Condition(&none), kRemapWait)) return MDB_MAP_RESIZED;
    return mdb_env_set_mapsize(env_, 0);
  }

  const std::string path_;
  const std::function<bool()> free_space_;
  MDB_env* env_ = nullptr;
  std::vector<MDB_dbi> tables_;
  std::unique_ptr<TxnPool> pool_;
  absl::Mutex write_mutex_ ABSL_ACQUIRED_BEFORE(gate_);  // one writer of this process at a time
  absl::Mutex gate_;
  int running_ ABSL_GUARDED_BY(gate_) = 0;  // transactions
};

}  // namespace

absl::StatusOr<std::unique_ptr<Lmdb>> OpenLmdb(const LmdbOptions& options) {
  auto environment = std::make_unique<Environment>(options);
  RETURN_IF_ERROR(environment->Open(options));
  return environment;
}

}  // namespace annofs

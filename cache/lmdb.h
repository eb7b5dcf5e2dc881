// One LMDB environment: tables, read transactions and write transactions as function calls, so that
// no transaction ever outlives a function or crosses the network. Thread safe; one write
// transaction at a time (waits). An environment is opened once per process.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

// Big-endian, so that numbers sort as keys do.
std::string Key32(uint32_t number);
std::string Key64(uint64_t number);
uint32_t ReadKey32(absl::string_view key);  // REQUIRES: at least 4 bytes
uint64_t ReadKey64(absl::string_view key);  // REQUIRES: at least 8 bytes

// A table's number: its place in LmdbOptions::tables.
using LmdbTable = size_t;

struct LmdbOptions {
  std::string path;                 // directory; made with mode 0700, files 0600
  std::vector<std::string> tables;  // names, opened (and made) at Open
  // Address space, and the bound of the file; a quarter, and so on, where the process has less.
  uint64_t map_size = uint64_t{1} << 40;
  unsigned max_readers = 2048;
  // Asked when the disk is too full to save a transaction, on the thread that runs it: true if it
  // has made room, then the transaction is saved once more, and so on a few times.
  std::function<bool()> free_space;
};

// What one transaction sees. Values and keys are valid until the enclosing View/Update returns.
class LmdbReader {
 public:
  virtual ~LmdbReader() = default;
  virtual std::optional<absl::string_view> Get(LmdbTable table, absl::string_view key) const = 0;
  // The last entry whose key is not greater than `key`.
  struct Entry {
    absl::string_view key;
    absl::string_view value;
  };
  virtual std::optional<Entry> Floor(LmdbTable table, absl::string_view key) const = 0;
  // Entries with key >= `from` in key order until `fn` answers false.
  virtual void Scan(
      LmdbTable table, absl::string_view from,
      absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> fn) const = 0;
};

class LmdbWriter : public LmdbReader {
 public:
  virtual absl::Status Put(LmdbTable table, absl::string_view key, absl::string_view value) = 0;
  // Removes if there.
  virtual absl::Status Delete(LmdbTable table, absl::string_view key) = 0;
  // Removes every entry whose key starts with `prefix`.
  virtual absl::Status DeletePrefix(LmdbTable table, absl::string_view prefix) = 0;
};

class Lmdb {
 public:
  virtual ~Lmdb() = default;
  // Its directory: what waits to be written to it may wait there.
  virtual const std::string& path() const = 0;
  // Runs `fn` in a read transaction. Errors: of `fn`, or kInternal (readers full, damaged file).
  virtual absl::Status View(absl::FunctionRef<absl::Status(const LmdbReader&)> fn) = 0;
  // Runs `fn` in a write transaction and commits durably if it answers OK; else nothing is changed.
  virtual absl::Status Update(absl::FunctionRef<absl::Status(LmdbWriter&)> fn) = 0;
};

absl::StatusOr<std::unique_ptr<Lmdb>> OpenLmdb(const LmdbOptions& options);

}  // namespace annofs

// The bytes of an index file (cache/README.md): a head in the clear, compressed records, a checksum
// over all before it. Knows nothing of what the records mean. Not thread safe. Bounded memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"

namespace annofs {

inline constexpr int kIndexFileFormat = 1;

// The most slots that a file carries: an import keeps all of them in memory.
inline constexpr uint32_t kMostFileSlots = 1 << 20;

// What is answered for a file that is wrong though its checksum is right.
absl::Status MalformedIndexFile(absl::string_view path, absl::string_view what);

struct IndexFileHead {
  std::string identity;   // of the source
  SnapshotInfo snapshot;  // its number means nothing on another node
  RowId next_row = 0;     // every row of the file is before it
};

enum class IndexRecordKind : char {
  kRows = 'R',       // a block of rows: key = u64 first row
  kDirectory = 'D',  // key = u64 row; value = u64 entries + u64 asides + u64 problems
  kListing = 'L',    // an entry of the listing of the directory before: what is behind its prefix
  kSlot = 'S',       // an entry of the slots table: what the inodes of views are made of
  kEnd = 'E',        // the last record
};

struct IndexRecord {
  IndexRecordKind kind = IndexRecordKind::kEnd;
  absl::string_view key;
  absl::string_view value;
};

class IndexFileWriter {
 public:
  // Writes to a file beside `path`.
  static absl::StatusOr<std::unique_ptr<IndexFileWriter>> Create(const std::string& path,
                                                                 const IndexFileHead& head);
  virtual ~IndexFileWriter() = default;  // what was not finished is removed
  virtual absl::Status Add(const IndexRecord& record) = 0;
  // The end: the file is synced and gets its name.
  virtual absl::Status Finish() = 0;
};

class IndexFileReader {
 public:
  // Checks the whole file first. kInvalidArgument says what is wrong with it, and what to do.
  static absl::StatusOr<std::unique_ptr<IndexFileReader>> Open(const std::string& path);
  virtual ~IndexFileReader() = default;
  virtual const IndexFileHead& head() const = 0;
  // The next record, valid until the next call; after kEnd there is none. kInvalidArgument: the
  // file is no index file, whatever its checksum says.
  virtual absl::StatusOr<IndexRecord> Next() = 0;
  virtual uint64_t offset() const = 0;  // bytes of the file read so far
};

}  // namespace annofs

// Rows packed into one value of the catalog: at most 16 KiB, names and times coded against the row
// before, versions against the block's first. The layout is written down in cache/README.md. A
// block is immutable once written.
// Not thread safe; a block that is damaged gives an error, never a crash.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"
#include "cache/row_codec.h"

namespace annofs {

// Four pages of LMDB, less the header of the first: no page is wasted.
inline constexpr size_t kRowBlockBytes = 4 * 4096 - 16;

// What a row is sorted by among its siblings: the component of its key, a directory's with its '/'.
std::string OrderKey(const Row& row);
// How OrderKey(row) compares with `key`.
int CompareOrder(const Row& row, absl::string_view key);

// Makes one block.
class RowBlockBuilder {
 public:
  // False, and nothing is added, if the row does not fit: it begins the next block. A block takes
  // at least one row, of any size.
  bool Add(const Row& row);
  uint32_t rows() const { return rows_; }
  // The block; the builder is empty again.
  std::string Take();

 private:
  void Remember(const Row& row);

  std::string header_;
  std::string body_;
  std::string restarts_;
  uint32_t rows_ = 0;
  uint32_t since_restart_ = 0;
  Row last_;
  bool has_template_ = false;
  std::string template_version_;
  int64_t template_millis_ = 0;
};

// Reads one block. `block` outlives the cursor; row() is valid until the next call.
class RowBlockCursor {
 public:
  // An empty cursor, at no row.
  RowBlockCursor() = default;
  // `first`: the id of the block's first row.
  static absl::StatusOr<RowBlockCursor> Open(absl::string_view block, RowId first);

  RowId first() const { return first_; }
  uint32_t rows() const { return rows_; }  // ids first() to first() + rows() - 1

  // To the row of that id. REQUIRES: it is in the block.
  absl::Status SeekRow(RowId row);
  // To the first row, of ids `from` to `to` - 1, whose order key is not less than `key`, or to row
  // `to`. REQUIRES: these rows are siblings in order.
  absl::Status SeekKey(RowId from, RowId to, absl::string_view key);
  // To the next row; past the last one the cursor is not valid().
  absl::Status Next();
  bool valid() const { return position_ < rows_; }
  RowId id() const { return first_ + position_; }

  // Its name is the component of its key. REQUIRES: valid().
  const Row& row() const {
    if (!is_filled_) Fill();
    return row_;
  }
  // CompareOrder(row(), key), without the rest of the row. REQUIRES: valid().
  int Compare(absl::string_view key) const { return CompareOrder(row_, key); }

 private:
  struct Restart {
    uint32_t row;
    uint32_t offset;
  };
  Restart RestartAt(uint32_t number) const;
  uint32_t RestartBefore(uint32_t row) const;
  int CompareRestart(const Restart& restart, absl::string_view key) const;
  absl::Status GoTo(const Restart& restart);
  absl::Status Decode();
  void PassObject(CodeReader& codes);
  void Fill() const;

  absl::string_view body_;
  absl::string_view restarts_;
  RowId first_ = 0;
  uint32_t rows_ = 0;
  uint32_t position_ = 0;
  absl::string_view rest_;  // of the body, behind the current row
  std::string template_version_;
  int64_t template_millis_ = 0;
  int64_t millis_ = 0;  // of the object before
  // The current row, and what of it is not decoded yet.
  uint8_t flags_ = 0;
  uint64_t shared_ = 0;
  absl::string_view version_code_;
  absl::string_view digest_;
  mutable bool is_filled_ = true;
  mutable Row row_;
};

}  // namespace annofs

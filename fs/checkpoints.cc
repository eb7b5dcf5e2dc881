#include "fs/checkpoints.h"

#include <algorithm>

namespace annofs {
namespace {

constexpr size_t kColumns = 8;
using Row = std::array<uint64_t, kColumns>;

Row RowOf(const Checkpoint& point) {
  const SegmentCursor& cursor = point.cursor;
  const std::array<uint64_t, 4>& n = cursor.running.n;
  return {point.offset, uint64_t{cursor.section} << 1 | cursor.is_begun,
          cursor.run,   cursor.next | uint64_t{cursor.is_image} << 32,
          n[0],         n[1],
          n[2],         n[3]};
}

uint8_t WidthOf(uint64_t number) {
  uint8_t width = 0;
  for (; number > 0; number >>= 8) ++width;
  return width;
}

}  // namespace

CheckpointRecorder::CheckpointRecorder(const CheckpointOptions& options)
    : options_(options), bytes_(options.bytes) {}

void CheckpointRecorder::Offer(uint64_t offset, const SegmentCursor& cursor) {
  if (!kept_.empty() && offset - kept_.back().offset < bytes_) return;
  kept_.push_back({offset, cursor});
  if (kept_.size() <= options_.most) return;
  for (size_t i = 0; 2 * i < kept_.size(); ++i) kept_[i] = kept_[2 * i];
  kept_.resize((kept_.size() + 1) / 2);
  bytes_ *= 2;
}

// The widths of the columns, then rows of little-endian numbers.
std::string CheckpointRecorder::Encode() const {
  std::array<uint8_t, kColumns> widths = {1};  // no row is empty
  for (const Checkpoint& point : kept_) {
    const Row row = RowOf(point);
    for (size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
  std::string bytes(widths.begin(), widths.end());
  for (const Checkpoint& point : kept_) {
    const Row row = RowOf(point);
    for (size_t i = 0; i < kColumns; ++i) {
      for (uint8_t j = 0; j < widths[i]; ++j) bytes.push_back(char(row[i] >> (8 * j)));
    }
  }
  return bytes;
}

absl::StatusOr<CheckpointTable> CheckpointTable::Open(absl::string_view bytes) {
  const absl::Status damaged = absl::InternalError("remembered checkpoints are damaged");
  if (bytes.size() < kColumns) return damaged;
  CheckpointTable table;
  for (size_t i = 0; i < kColumns; ++i) {
    table.widths_[i] = uint8_t(bytes[i]);
    table.begins_[i] = table.row_;
    if (table.widths_[i] > 8) return damaged;
    table.row_ += table.widths_[i];
  }
  table.rows_ = bytes.substr(kColumns);
  if (table.row_ == 0) return damaged;
  table.count_ = table.rows_.size() / table.row_;
  if (table.rows_.size() % table.row_ != 0) return damaged;
  return table;
}

uint64_t CheckpointTable::Number(size_t index, size_t column) const {
  const absl::string_view bytes = rows_.substr(index * row_ + begins_[column], widths_[column]);
  uint64_t number = 0;
  for (size_t i = 0; i < bytes.size(); ++i) number |= uint64_t(uint8_t(bytes[i])) << (8 * i);
  return number;
}

Checkpoint CheckpointTable::At(size_t index) const {
  const uint64_t section = Number(index, 1), next = Number(index, 3);
  Checkpoint point{.offset = Number(index, 0),
                   .cursor = {.section = uint32_t(section >> 1),
                              .run = uint32_t(Number(index, 2)),
                              .next = uint32_t(next),
                              .is_begun = (section & 1) != 0,
                              .is_image = next >> 32 != 0}};
  for (size_t i = 0; i < 4; ++i) point.cursor.running.n[i] = Number(index, 4 + i);
  return point;
}

Checkpoint CheckpointTable::Floor(uint64_t offset) const {
  size_t low = 0, high = count_;  // those before `low` are not behind `offset`
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (Number(middle, 0) <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low == 0 ? Checkpoint() : At(low - 1);
}

}  // namespace annofs

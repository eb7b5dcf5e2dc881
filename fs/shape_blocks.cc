#include "fs/shape_blocks.h"

#include <algorithm>

#include "cache/base/status.h"
#include "fs/dataset_records.h"
#include "fs/frame_blocks.h"

namespace annofs {
namespace {

// A block: frames u32; (number u32, end of its record u32) of each; the checksum of these; then the
// records, sealed.
constexpr size_t kHead = 4, kFrame = 8, kSeal = 4;
// What does not fit at a block's end is lost there: a block has room for sixteen frames like its
// first one, within these bounds.
constexpr size_t kLeastPages = 4, kMostPages = 64, kFramesPerBlock = 16;

size_t BlockBytes(size_t first_record) {
  return PageValue(
      std::clamp(kFramesPerBlock * first_record / PageValue(1), kLeastPages, kMostPages));
}

uint32_t ReadU32(absl::string_view bytes, size_t offset) {
  return RecordReader(bytes.substr(offset, 4)).U32();
}

absl::Status Damaged() {
  return absl::InternalError("a block of shapes in the dataset index is damaged");
}

}  // namespace

bool ShapeBlockWriter::Add(uint32_t frame, absl::string_view head, absl::string_view bytes) {
  const size_t size = kHead + kFrame * (frames_.size() + 1) + kSeal + records_.size() +
                      head.size() + bytes.size() + kSeal;
  if (!frames_.empty() && size > BlockBytes(frames_.front().second)) return false;
  std::string record(head);
  record.append(bytes.data(), bytes.size());
  records_ += Sealed(std::move(record));
  frames_.emplace_back(frame, uint32_t(records_.size()));
  return true;
}

std::string ShapeBlockWriter::Take() {
  RecordWriter table;
  table.U32(uint32_t(frames_.size()));
  for (const auto& [frame, end] : frames_) table.U32(frame).U32(end);
  std::string block = Sealed(table.Take()) + records_;
  frames_.clear();
  records_.clear();
  return block;
}

absl::StatusOr<std::optional<absl::string_view>> FindShapes(absl::string_view block,
                                                            uint32_t frame) {
  const size_t count = ReadU32(block, 0);
  if (block.size() < kHead || count > block.size() / kFrame) return Damaged();
  const size_t table_size = kHead + kFrame * count;
  if (block.size() < table_size + kSeal) return Damaged();
  ASSIGN_OR_RETURN(absl::string_view table, Unsealed(block.substr(0, table_size + kSeal)));
  size_t low = 0, high = count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (ReadU32(table, kHead + kFrame * middle) < frame) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == count || ReadU32(table, kHead + kFrame * low) != frame) {
    return std::optional<absl::string_view>();
  }
  const absl::string_view records = block.substr(table_size + kSeal);
  const size_t begin = low == 0 ? 0 : ReadU32(table, kHead + kFrame * (low - 1) + 4);
  const size_t end = ReadU32(table, kHead + kFrame * low + 4);
  if (begin > end || end > records.size()) return Damaged();
  ASSIGN_OR_RETURN(absl::string_view record, Unsealed(records.substr(begin, end - begin)));
  return std::optional<absl::string_view>(record);
}

}  // namespace annofs

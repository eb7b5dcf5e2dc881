#include "fs/index_cursor.h"

#include <utility>

#include "absl/strings/match.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "formats/shape_codec.h"
#include "fs/shape_blocks.h"

namespace annofs {
namespace {

// Who goes so far takes the next frames, too, and the whole block is worth a copy.
constexpr uint32_t kNear = 8;
constexpr uint64_t kBeyond = uint64_t{1} << 32;

absl::Status Damaged() {
  return absl::InternalError("a record of the dataset index is missing or damaged");
}

}  // namespace

absl::StatusOr<Frame> IndexCursor::GetFrame(Rank rank) {
  RETURN_IF_ERROR(GoTo(rank));
  return reader_->GetFrame();
}

absl::StatusOr<FrameNames> IndexCursor::Names(Rank rank) {
  RETURN_IF_ERROR(GoTo(rank));
  return reader_->Names();
}

absl::StatusOr<FrameShapes> IndexCursor::Shapes(Rank rank) {
  return Decoded(rank,
                 [this](absl::string_view record) { return DecodeShapes(record, ground_.texts); });
}

absl::StatusOr<FrameShapes> IndexCursor::ShapesOfTracks(
    Rank rank, absl::FunctionRef<bool(uint32_t label, int32_t track)> wants) {
  return Decoded(rank, [&](absl::string_view record) {
    return DecodeShapesOfTracks(record, ground_.texts, wants);
  });
}

absl::StatusOr<std::optional<RowId>> IndexCursor::MediaRow(Rank rank) {
  ASSIGN_OR_RETURN(const bool is_there, GoToMedia(rank));
  return is_there ? std::optional<RowId>(media_reader_->row()) : std::nullopt;
}

absl::StatusOr<std::optional<MatchedMedia>> IndexCursor::GetMedia(Rank rank) {
  ASSIGN_OR_RETURN(const bool is_there, GoToMedia(rank));
  if (!is_there) return std::optional<MatchedMedia>();
  RETURN_IF_ERROR(GoTo(rank));
  return std::optional<MatchedMedia>(media_reader_->Get(reader_->name()));
}

absl::StatusOr<bool> IndexCursor::GoToMedia(Rank rank) {
  if (ground_.media == 0) return false;
  if (media_reader_ && media_.first <= rank) {
    absl::StatusOr<bool> is_there = media_reader_->GoTo(rank);
    if (!is_there.ok()) media_reader_.reset();
    if (!is_there.ok() || *is_there) return is_there;
  }
  media_reader_.reset();
  ASSIGN_OR_RETURN(const bool is_found, Floor(ground_.media, RecordKind::kMedia, rank, media_));
  if (!is_found) return false;
  ASSIGN_OR_RETURN(MediaBlockReader reader, MediaBlockReader::Open(media_.bytes, media_.first));
  ASSIGN_OR_RETURN(const bool is_there, reader.GoTo(rank));
  media_reader_ = std::move(reader);
  return is_there;
}

absl::StatusOr<FrameShapes> IndexCursor::Decoded(Rank rank, DecodeRecord decode) {
  ASSIGN_OR_RETURN(const uint32_t frame, NumberOf(rank));
  const uint32_t before = std::exchange(last_frame_, frame);
  if (frame < shapes_begin_ || frame >= shapes_end_) {
    if (frame <= before || frame - before > kNear) return DecodedAlone(frame, decode);
    RETURN_IF_ERROR(OpenShapes(frame));
  }
  if (!has_shapes_) return FrameShapes();
  return DecodedIn(shapes_.bytes, frame, decode);
}

absl::StatusOr<FrameShapes> IndexCursor::DecodedIn(absl::string_view block, uint32_t frame,
                                                   DecodeRecord decode) {
  ASSIGN_OR_RETURN(const std::optional<absl::string_view> record, FindShapes(block, frame));
  if (!record) return FrameShapes();
  return decode(*record);
}

absl::StatusOr<FrameShapes> IndexCursor::DecodedAlone(uint32_t frame, DecodeRecord decode) const {
  FrameShapes shapes;
  const std::string prefix = RecordKey(ground_.part, RecordKind::kShapes);
  RETURN_IF_ERROR(ground_.lmdb.View([&](const LmdbReader& reader) -> absl::Status {
    const auto block = reader.Floor(kDatasetDataTable, prefix + Key32(frame));
    if (!block || !absl::StartsWith(block->key, prefix)) return absl::OkStatus();
    ASSIGN_OR_RETURN(shapes, DecodedIn(block->value, frame, decode));
    return absl::OkStatus();
  }));
  return shapes;
}

size_t IndexCursor::bytes() const {
  return frames_.bytes.capacity() + media_.bytes.capacity() + shapes_.bytes.capacity() +
         numbers_.capacity() * sizeof(numbers_[0]);
}

absl::Status IndexCursor::GoTo(Rank rank) {
  if (at_ == rank) return absl::OkStatus();
  const bool is_here = reader_ && rank >= frames_.first && rank - frames_.first < reader_->count();
  if (!is_here) RETURN_IF_ERROR(OpenFrames(rank));
  const bool is_next = is_here && at_ && *at_ + 1 == rank;
  const absl::Status status = is_next ? reader_->Next() : reader_->Seek(rank - frames_.first);
  at_ = status.ok() ? std::optional(rank) : std::nullopt;
  return status;
}

absl::Status IndexCursor::OpenFrames(Rank rank) {
  at_.reset();
  reader_.reset();
  ASSIGN_OR_RETURN(const bool is_found, Floor(ground_.part, RecordKind::kFrames, rank, frames_));
  if (!is_found) return Damaged();
  FrameBlockReader in(frames_.bytes);
  RETURN_IF_ERROR(in.status());
  if (rank - frames_.first >= in.count()) return Damaged();
  reader_ = std::move(in);
  return absl::OkStatus();
}

absl::Status IndexCursor::OpenShapes(uint32_t frame) {
  shapes_end_ = 0;
  ASSIGN_OR_RETURN(has_shapes_, Floor(ground_.part, RecordKind::kShapes, frame, shapes_));
  ASSIGN_OR_RETURN(const uint64_t end, After(RecordKind::kShapes, frame));
  shapes_begin_ = has_shapes_ ? shapes_.first : 0;
  shapes_end_ = end;
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> IndexCursor::NumberOf(Rank rank) {
  if (ground_.counts.is_identity) return rank;
  const uint32_t block = rank / kOrderBlock;
  if (numbers_.empty() || numbers_block_ != block) {
    numbers_.clear();
    Block found;
    ASSIGN_OR_RETURN(const bool is_found, Floor(ground_.part, RecordKind::kOrder, block, found));
    if (!is_found || found.first != block) return Damaged();
    ASSIGN_OR_RETURN(numbers_, DecodeU32s(found.bytes));
    numbers_block_ = block;
  }
  if (rank % kOrderBlock >= numbers_.size()) return Damaged();
  return numbers_[rank % kOrderBlock];
}

absl::StatusOr<bool> IndexCursor::Floor(uint32_t part, RecordKind kind, uint32_t number,
                                        Block& block) const {
  bool is_found = false;
  const std::string prefix = RecordKey(part, kind);
  RETURN_IF_ERROR(ground_.lmdb.View([&](const LmdbReader& reader) {
    const auto found = reader.Floor(kDatasetDataTable, prefix + Key32(number));
    is_found = found && absl::StartsWith(found->key, prefix);
    if (!is_found) return absl::OkStatus();
    block.first = ReadKey32(found->key.substr(prefix.size()));
    block.bytes.assign(found->value.data(), found->value.size());
    return absl::OkStatus();
  }));
  return is_found;
}

absl::StatusOr<uint64_t> IndexCursor::After(RecordKind kind, uint32_t number) const {
  uint64_t after = kBeyond;
  if (number == UINT32_MAX) return after;
  const std::string prefix = RecordKey(ground_.part, kind);
  RETURN_IF_ERROR(ground_.lmdb.View([&](const LmdbReader& reader) {
    reader.Scan(kDatasetDataTable, prefix + Key32(number + 1),
                [&](absl::string_view key, absl::string_view) {
                  if (absl::StartsWith(key, prefix)) after = ReadKey32(key.substr(prefix.size()));
                  return false;
                });
    return absl::OkStatus();
  }));
  return after;
}

}  // namespace annofs

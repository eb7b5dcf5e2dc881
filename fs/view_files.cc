#include "fs/view_files.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "fs/file_record.h"
#include "fs/tree.h"

namespace annofs {
namespace {

// Units of a place's slot: single files by number, above every batch of ranks.
constexpr uint32_t kFileUnit = 0x40000000;
// Pieces that a read renders until it looks whether they are still wanted.
constexpr uint32_t kPiecesPerCheck = 256;

absl::StatusOr<std::string> SizeBatch(const View& view, const Family& family, uint32_t batch,
                                      const CallContext& context) {
  const Rank begin = batch * kBatch;
  std::vector<uint32_t> sizes(std::min(kBatch, view.dataset->frame_count() - begin));
  absl::Status status;
  family.frames.ForEach(begin, [&](Rank rank) {
    if (rank >= begin + sizes.size()) return false;
    status = context.Check();
    if (!status.ok()) return false;
    absl::StatusOr<std::string> text = family.render(*view.dataset, rank);
    status = text.status();
    if (text.ok()) sizes[rank - begin] = uint32_t(text->size());
    return text.ok();
  });
  RETURN_IF_ERROR(status);
  return EncodeSizes(sizes);
}

// Goes through the file once, one piece of it in memory at a time.
absl::StatusOr<std::string> SizeSegments(const View& view, const Segments& segments,
                                         const CallContext& context) {
  SegmentReader reader(segments, *view.dataset);
  CheckpointRecorder checkpoints;
  std::string bytes;  // while they are few
  uint64_t size = 0;
  std::string piece;
  for (;;) {
    RETURN_IF_ERROR(context.Check());
    checkpoints.Offer(size, reader.cursor());
    piece.clear();
    ASSIGN_OR_RETURN(bool is_more, reader.Next(piece));
    size += piece.size();
    if (size <= kMostKeptBytes) bytes += piece;
    if (!is_more) break;
  }
  if (size <= kMostKeptBytes) return EncodeWholeFile(bytes);
  return EncodeSegmentedFile(size, checkpoints);
}

absl::StatusOr<std::string> SizeFile(const View& view, const SingleFile& file,
                                     const CallContext& context) {
  if (file.is_segmented()) return SizeSegments(view, file.segments, context);
  ASSIGN_OR_RETURN(std::string text, file.render(*view.dataset));
  return text.size() <= kMostKeptBytes ? EncodeWholeFile(text) : EncodeFileSize(text.size());
}

// Renders until `end` of the file; what stands before `begin` is not kept.
absl::Status Render(SegmentRead& read, uint64_t begin, uint64_t end, const CallContext& context) {
  bool is_more = true;
  for (uint32_t i = 1; is_more && read.end() < end; ++i) {
    if (i % kPiecesPerCheck == 0) RETURN_IF_ERROR(context.Check());
    if (read.end() <= begin) {
      read.offset = read.end();
      read.text.clear();
    }
    ASSIGN_OR_RETURN(is_more, read.reader.Next(read.text));
  }
  return absl::OkStatus();
}

// What comes where the file should have ended.
absl::Status CheckEnd(SegmentRead& read) {
  const size_t before = read.text.size();
  for (bool is_more = true; is_more && read.text.size() == before;) {
    ASSIGN_OR_RETURN(is_more, read.reader.Next(read.text));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ViewFiles::WithKnown(uint32_t slot, uint32_t unit, const CallContext& context,
                                  SizeStore::Length length, const SizeStore::Maker& make,
                                  absl::FunctionRef<absl::Status(absl::string_view)> fn) {
  ASSIGN_OR_RETURN(bool is_known, sizes_.Read(slot, unit, fn));
  if (is_known) return absl::OkStatus();
  if (context.lane == Lane::kFast) return WouldBlock();
  absl::StatusOr<std::string> made = sizes_.Make(slot, unit, length, make, context);
  if (absl::IsDeadlineExceeded(made.status())) {
    return Annotate(made.status(), "still being sized, which goes on");
  }
  RETURN_IF_ERROR(made.status());
  return fn(*made);
}

absl::StatusOr<uint64_t> ViewFiles::FrameSize(const View& view, uint32_t family, Rank rank,
                                              const CallContext& context) {
  if (view.layout.families()[family].kind == FamilyKind::kPixels) {
    return pixels_.Size(view, family, rank, context);
  }
  if (IsSmallLeaf(view, family)) return leaf_sizes_.Size(view, family, rank, context);
  const SizePlace place = view.SizePlaceOf(family, rank);
  ASSIGN_OR_RETURN(std::optional<uint32_t> known,
                   sizes_.FindSize(place.slot, place.batch, place.index));
  if (known) return *known;
  uint64_t size = 0;
  RETURN_IF_ERROR(WithKnown(
      place.slot, place.batch, context, SizeStore::Length::kShort,
      [view = view.shared_from_this(), family, rank, place](const CallContext& own) {
        const Family& of = view->layout.families()[family];
        if (!view->leaf) return SizeBatch(*view, of, place.batch, own);
        return SizeMembers(*view, of, of.frames.LowerBound(rank) - place.index, own);
      },
      [&](absl::string_view sizes) -> absl::Status {
        ASSIGN_OR_RETURN(size, SizeAt(sizes, place.index));
        return absl::OkStatus();
      }));
  return size;
}

absl::Status ViewFiles::WithFile(const View& view, uint32_t file, const CallContext& context,
                                 absl::FunctionRef<absl::Status(absl::string_view)> fn) {
  const SingleFile& single = view.layout.files()[file];
  return WithKnown(
      view.place_slots[single.place], kFileUnit | file, context,
      single.is_segmented() ? SizeStore::Length::kLong : SizeStore::Length::kShort,
      [view = view.shared_from_this(), file](const CallContext& own) {
        return SizeFile(*view, view->layout.files()[file], own);
      },
      fn);
}

absl::StatusOr<uint64_t> ViewFiles::FileSize(const View& view, uint32_t file,
                                             const CallContext& context) {
  uint64_t size = 0;
  RETURN_IF_ERROR(WithFile(view, file, context, [&](absl::string_view encoded) -> absl::Status {
    ASSIGN_OR_RETURN(FileRecord record, DecodeFile(encoded));
    size = record.size;
    return absl::OkStatus();
  }));
  return size;
}

absl::Status ViewFiles::ReadFrame(const View& view, uint32_t family, Rank rank, ByteRange range,
                                  PiecesFn fn, const CallContext& context) {
  if (view.layout.families()[family].kind == FamilyKind::kPixels) {
    return pixels_.Read(view, family, rank, range, fn, context);
  }
  // Whoever reads without having asked for the size needs none.
  std::optional<uint32_t> told;
  if (!IsSmallLeaf(view, family)) {
    const SizePlace place = view.SizePlaceOf(family, rank);
    ASSIGN_OR_RETURN(told, sizes_.FindSize(place.slot, place.batch, place.index));
  }
  ASSIGN_OR_RETURN(std::string text, view.layout.families()[family].render(*view.dataset, rank));
  if (told && text.size() != *told)
    return SizeBug(view, absl::StrCat("rank ", rank), *told, text.size());
  GiveRange(text, range, fn);
  return absl::OkStatus();
}

absl::Status ViewFiles::ReadFile(const std::shared_ptr<const View>& view, uint32_t file,
                                 ByteRange range, PiecesFn fn, const CallContext& context) {
  uint64_t size = 0;
  std::optional<std::string> bytes;
  Checkpoint from;
  RETURN_IF_ERROR(WithFile(*view, file, context, [&](absl::string_view encoded) -> absl::Status {
    ASSIGN_OR_RETURN(FileRecord record, DecodeFile(encoded));
    size = record.size;
    if (record.bytes) bytes.emplace(*record.bytes);
    if (record.checkpoints.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(CheckpointTable table, CheckpointTable::Open(record.checkpoints));
    from = table.Floor(range.offset);
    return absl::OkStatus();
  }));
  // A whole-dataset file may take long to render: not on a FUSE worker.
  if (!bytes && context.lane == Lane::kFast) return WouldBlock();
  const SingleFile& single = view->layout.files()[file];
  if (!bytes && single.is_segmented()) {
    return ReadSegments(view, file, size, from, range, fn, context);
  }
  if (!bytes) {
    ASSIGN_OR_RETURN(bytes, single.render(*view->dataset));
    if (bytes->size() != size) return SizeBug(*view, single.name, size, bytes->size());
  }
  GiveRange(*bytes, range, fn);
  return absl::OkStatus();
}

absl::Status ViewFiles::ReadSegments(const std::shared_ptr<const View>& view, uint32_t file,
                                     uint64_t size, const Checkpoint& from, ByteRange range,
                                     PiecesFn fn, const CallContext& context) {
  const uint64_t begin = std::min(range.offset, size);
  const uint64_t end = std::min(range.end(), size);
  const SingleFile& single = view->layout.files()[file];
  std::unique_ptr<SegmentRead> read = reads_.Take(*view, file, begin, from.offset);
  if (read == nullptr) {
    read = std::make_unique<SegmentRead>(SegmentRead{
        view, file, SegmentReader(single.segments, *view->dataset, from.cursor), from.offset, ""});
  } else if (read->offset > begin || read->end() < from.offset) {
    read->reader.Seek(from.cursor);
    read->offset = from.offset;
    read->text.clear();
  }
  RETURN_IF_ERROR(Render(*read, begin, end, context));
  if (end == size) RETURN_IF_ERROR(CheckEnd(*read));
  if (read->end() < end || (end == size && read->end() != size)) {
    return SizeBug(*view, single.name, size, read->end());
  }
  fn({absl::string_view(read->text).substr(begin - read->offset, end - begin)});
  read->text.erase(0, end - read->offset);
  read->offset = end;
  reads_.Put(std::move(read));
  return absl::OkStatus();
}

}  // namespace annofs

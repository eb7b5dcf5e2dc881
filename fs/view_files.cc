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
// From one checkpoint of a file with images to the next: a few frames.
constexpr uint64_t kBytesBetweenImages = 256 << 10;
// What is rendered of a file with images ahead of who reads it forward, so that they are fetched.
// An image and its text are two pieces.
constexpr uint32_t kMostPiecesAhead = 128;  // in one read
constexpr uint64_t kMostAheadBytes = 16 << 20;
constexpr size_t kMostTextAhead = 1 << 20;

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

// Goes through the file once, one piece of it in memory at a time. Of images only the size is asked
// for, and nothing of such a file is kept.
absl::StatusOr<std::string> SizeSegments(const View& view, const Segments& segments,
                                         const CallContext& context) {
  SegmentReader reader(segments, *view.dataset);
  const bool has_images = segments.has_images();
  CheckpointOptions options;
  if (has_images) options.bytes = kBytesBetweenImages;
  CheckpointRecorder checkpoints(options);
  const size_t most_kept = has_images ? 0 : kMostKeptBytes;
  std::string bytes;  // while they are few
  uint64_t size = 0;
  std::string piece;
  for (;;) {
    RETURN_IF_ERROR(context.Check());
    checkpoints.Offer(size, reader.cursor());
    piece.clear();
    ASSIGN_OR_RETURN(bool is_more, reader.Next(piece));
    size += piece.size() + (reader.image() ? reader.image()->size : 0);
    if (size <= most_kept) bytes += piece;
    if (!is_more) break;
  }
  if (size <= most_kept) return EncodeWholeFile(bytes);
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
    if (read.end() <= begin) read.DropBefore(read.end());
    ASSIGN_OR_RETURN(is_more, read.More());
  }
  return absl::OkStatus();
}

// Renders what follows, for its images, until `end` or until it is much; the text is kept.
absl::Status RenderAhead(SegmentRead& read, uint64_t end, const CallContext& context) {
  bool is_more = true;
  for (uint32_t i = 0; is_more && i < kMostPiecesAhead && read.end() < end; ++i) {
    if (read.text_bytes() > kMostTextAhead) break;
    RETURN_IF_ERROR(context.Check());
    ASSIGN_OR_RETURN(is_more, read.More());
  }
  return absl::OkStatus();
}

// What comes where the file should have ended.
absl::Status CheckEnd(SegmentRead& read) {
  const uint64_t before = read.end();
  for (bool is_more = true; is_more && read.end() == before;) {
    ASSIGN_OR_RETURN(is_more, read.More());
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

absl::StatusOr<std::unique_ptr<SegmentRead>> ViewFiles::Rendered(
    const std::shared_ptr<const View>& view, uint32_t file, uint64_t size, const Checkpoint& from,
    uint64_t begin, uint64_t end, const CallContext& context) {
  std::unique_ptr<SegmentRead> read = reads_.Take(*view, file, begin, from.offset);
  if (read == nullptr) {
    read = std::make_unique<SegmentRead>(view, file, from);
  } else if (read->begin() > begin || read->end() < from.offset) {
    read->Seek(from);
  }
  RETURN_IF_ERROR(Render(*read, begin, end, context));
  if (end == size) RETURN_IF_ERROR(CheckEnd(*read));
  if (read->end() < end || (end == size && read->end() != size)) {
    return SizeBug(*view, view->layout.files()[file].name, size, read->end());
  }
  return read;
}

absl::Status ViewFiles::ReadSegments(const std::shared_ptr<const View>& view, uint32_t file,
                                     uint64_t size, const Checkpoint& from, ByteRange range,
                                     PiecesFn fn, const CallContext& context) {
  const uint64_t begin = std::min(range.offset, size);
  const uint64_t end = std::min(range.end(), size);
  ASSIGN_OR_RETURN(std::unique_ptr<SegmentRead> read,
                   Rendered(view, file, size, from, begin, end, context));
  if (view->layout.files()[file].segments.has_images()) {
    return ReadWithImages(*view, std::move(read), begin, end, fn, context);
  }
  fn({read->Text(begin, end)});
  read->DropBefore(end);
  reads_.Put(std::move(read));
  return absl::OkStatus();
}

// The place is given back before anybody waits for the images: the next read goes on from it.
absl::Status ViewFiles::ReadWithImages(const View& view, std::unique_ptr<SegmentRead> read,
                                       uint64_t begin, uint64_t end, PiecesFn fn,
                                       const CallContext& context) {
  if (images_ == nullptr) return absl::InternalError("nobody reads images for the views' files");
  ASSIGN_OR_RETURN(Charge charge, images_->Acquire(end - begin, context));
  ChargedBuffer answer(end - begin, std::move(charge));
  const std::vector<ImagePart> images = read->Copy(begin, end, answer.data());
  const uint64_t window = std::min(read->GoForward(begin, end), kMostAheadBytes);
  read->DropBefore(end);
  // What is wrong further on is told to who reads it.
  if (RenderAhead(*read, end + window, context).ok()) {
    const std::vector<Rank> ahead = read->ImagesFrom(end);
    reads_.Put(std::move(read));
    images_->FetchAhead(view, ahead);
  }
  RETURN_IF_ERROR(images_->Fill(view, images, context));
  const absl::string_view all(answer.data(), end - begin);
  fn({all});
  return absl::OkStatus();
}

}  // namespace annofs

#include "fs/view_files.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "fs/tree.h"

namespace annofs {
namespace {

// Units of a place's slot: single files by number, above every batch of ranks.
constexpr uint32_t kFileUnit = 0x40000000;

absl::Status SizeBug(const View& view, absl::string_view what, uint64_t told, uint64_t rendered) {
  std::string message =
      absl::StrCat("view '", view.name, "' of dataset '", view.dataset->info().name, "', ", what,
                   ": rendered ", rendered, " bytes, told ", told, " (a bug: please report it)");
  LogError(message);
  return absl::InternalError(message);
}

absl::StatusOr<std::string> SizeBatch(const View& view, const Family& family, uint32_t batch) {
  Rank begin = batch * kBatch;
  std::vector<uint32_t> sizes(std::min(kBatch, view.dataset->frame_count() - begin));
  for (size_t i = family.frames.LowerBound(begin); i < family.frames.size(); ++i) {
    Rank rank = family.frames[i];
    if (rank >= begin + sizes.size()) break;
    ASSIGN_OR_RETURN(std::string text, family.render(*view.dataset, rank));
    sizes[rank - begin] = uint32_t(text.size());
  }
  return EncodeSizes(sizes);
}

absl::StatusOr<std::string> SizeSegments(const View& view, const Segments& segments) {
  Checkpoints checkpoints;
  checkpoints.size = segments.head.size();
  for (size_t i = 0; i < segments.frames.size(); ++i) {
    if (i % kBatch == 0) checkpoints.offsets.push_back(checkpoints.size);
    ASSIGN_OR_RETURN(std::string text, segments.segment(*view.dataset, segments.frames[i]));
    checkpoints.size += text.size();
  }
  checkpoints.size += segments.tail.size();
  return EncodeCheckpoints(checkpoints);
}

// Appends what of `text`, which stands at `offset` of the file, lies in `range`.
void AppendOverlap(absl::string_view text, uint64_t offset, ByteRange range, std::string& out) {
  uint64_t begin = std::max(offset, range.offset);
  uint64_t end = std::min(offset + text.size(), range.end());
  if (begin < end) absl::StrAppend(&out, text.substr(begin - offset, end - begin));
}

// Renders the segments that touch `range`, from the nearest checkpoint on.
absl::StatusOr<std::string> RenderRange(const View& view, const Segments& segments,
                                        const Checkpoints& checkpoints, ByteRange range) {
  std::string out;
  AppendOverlap(segments.head, 0, range, out);
  auto after =
      std::upper_bound(checkpoints.offsets.begin(), checkpoints.offsets.end(), range.offset);
  size_t batch =
      after == checkpoints.offsets.begin() ? 0 : size_t(after - checkpoints.offsets.begin()) - 1;
  uint64_t offset = checkpoints.offsets.empty() ? segments.head.size() : checkpoints.offsets[batch];
  size_t i = batch * kBatch;
  for (; i < segments.frames.size() && offset < range.end(); ++i) {
    ASSIGN_OR_RETURN(std::string text, segments.segment(*view.dataset, segments.frames[i]));
    AppendOverlap(text, offset, range, out);
    offset += text.size();
  }
  if (i == segments.frames.size()) AppendOverlap(segments.tail, offset, range, out);
  return out;
}

}  // namespace

absl::StatusOr<std::string> ViewFiles::Known(
    uint32_t slot, uint32_t unit, const CallContext& context,
    const std::function<absl::StatusOr<std::string>()>& make) {
  ASSIGN_OR_RETURN(std::optional<std::string> known, sizes_.Find(slot, unit));
  if (known) return *std::move(known);
  if (context.lane == Lane::kFast) return WouldBlock();
  return sizes_.Make(slot, unit, make);
}

absl::StatusOr<uint64_t> ViewFiles::FrameSize(const View& view, uint32_t family, Rank rank,
                                              const CallContext& context) {
  uint32_t batch = rank / kBatch;
  ASSIGN_OR_RETURN(std::optional<uint32_t> known,
                   sizes_.FindSize(view.family_slots[family], batch, rank % kBatch));
  if (known) return *known;
  ASSIGN_OR_RETURN(std::string sizes, Known(view.family_slots[family], batch, context, [&] {
                     return SizeBatch(view, view.layout.families()[family], batch);
                   }));
  ASSIGN_OR_RETURN(uint32_t size, SizeAt(sizes, rank % kBatch));
  return size;
}

absl::StatusOr<Checkpoints> ViewFiles::CheckpointsOf(const View& view, uint32_t file,
                                                     const CallContext& context) {
  const SingleFile& single = view.layout.files()[file];
  ASSIGN_OR_RETURN(std::string encoded, Known(view.place_slots[single.place], kFileUnit | file,
                                              context, [&]() -> absl::StatusOr<std::string> {
                                                if (single.is_segmented())
                                                  return SizeSegments(view, single.segments);
                                                ASSIGN_OR_RETURN(std::string text,
                                                                 single.render(*view.dataset));
                                                return EncodeCheckpoints({.size = text.size()});
                                              }));
  return DecodeCheckpoints(encoded);
}

absl::StatusOr<uint64_t> ViewFiles::FileSize(const View& view, uint32_t file,
                                             const CallContext& context) {
  ASSIGN_OR_RETURN(Checkpoints checkpoints, CheckpointsOf(view, file, context));
  return checkpoints.size;
}

absl::Status ViewFiles::ReadFrame(const View& view, uint32_t family, Rank rank, ByteRange range,
                                  PiecesFn fn, const CallContext& context) {
  ASSIGN_OR_RETURN(uint64_t size, FrameSize(view, family, rank, context));
  ASSIGN_OR_RETURN(std::string text, view.layout.families()[family].render(*view.dataset, rank));
  if (text.size() != size) return SizeBug(view, absl::StrCat("rank ", rank), size, text.size());
  GiveRange(text, range, fn);
  return absl::OkStatus();
}

absl::Status ViewFiles::ReadFile(const View& view, uint32_t file, ByteRange range, PiecesFn fn,
                                 const CallContext& context) {
  // A whole-dataset file may take long to render: not on a FUSE worker.
  if (context.lane == Lane::kFast) return WouldBlock();
  ASSIGN_OR_RETURN(Checkpoints checkpoints, CheckpointsOf(view, file, context));
  const SingleFile& single = view.layout.files()[file];
  std::string text;
  if (single.is_segmented()) {
    range.length =
        std::min(range.length, checkpoints.size - std::min(range.offset, checkpoints.size));
    ASSIGN_OR_RETURN(text, RenderRange(view, single.segments, checkpoints, range));
    if (text.size() != range.length) return SizeBug(view, single.name, range.length, text.size());
    GiveRange(text, {0, text.size()}, fn);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(text, single.render(*view.dataset));
  if (text.size() != checkpoints.size)
    return SizeBug(view, single.name, checkpoints.size, text.size());
  GiveRange(text, range, fn);
  return absl::OkStatus();
}

}  // namespace annofs

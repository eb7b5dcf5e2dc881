// Sizes and bytes of the files that views make. Text is rendered when read; sizes are remembered
// (architecture, idea 5). Thread safe.
#pragma once

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "cache/base/call_context.h"
#include "cache/base/pieces.h"
#include "cache/store/object_store.h"
#include "fs/checkpoints.h"
#include "fs/frame_images.h"
#include "fs/leaf_sizes.h"
#include "fs/own_name_store.h"
#include "fs/pixel_files.h"
#include "fs/segment_reads.h"
#include "fs/size_store.h"
#include "fs/views.h"

namespace annofs {

class ViewFiles {
 public:
  // All outlive it. `blocks` may be null; `images`, too, where no file has images in it.
  ViewFiles(Lmdb& lmdb, BlockCache* blocks, uint64_t drawing_memory = PixelFiles::kDrawingMemory,
            FrameImages* images = nullptr)
      : sizes_(lmdb), own_names_(lmdb, sizes_), pixels_(blocks, drawing_memory), images_(images) {}

  OwnNameStore& own_names() { return own_names_; }

  // What is sized goes on being sized when its caller waits no longer (size_store.h).

  // Size of a frame's file. Fast lane: WouldBlock() where its batch is not sized yet, or its pixels
  // are not made.
  absl::StatusOr<uint64_t> FrameSize(const View& view, uint32_t family, Rank rank,
                                     const CallContext& context);
  // Size of a single file, segmented or not: made by one pass over it, which leaves checkpoints, or
  // the bytes where these are few.
  absl::StatusOr<uint64_t> FileSize(const View& view, uint32_t file, const CallContext& context);

  // Bytes of `range`, cut at the end; `fn` is called once. kInternal and a log line if what is
  // rendered has not the size that was told: a bug.
  absl::Status ReadFrame(const View& view, uint32_t family, Rank rank, ByteRange range, PiecesFn fn,
                         const CallContext& context);
  // Of a segmented file renders what `range` needs: from where a read before it ended, or else from
  // the nearest checkpoint on. Of the images in it only that range is read; who reads forward has
  // those that follow fetched ahead, never more bytes than were read so.
  absl::Status ReadFile(const std::shared_ptr<const View>& view, uint32_t file, ByteRange range,
                        PiecesFn fn, const CallContext& context);

 private:
  // Calls `fn` with what the store has of a unit, made first where it is absent.
  absl::Status WithKnown(uint32_t slot, uint32_t unit, const CallContext& context,
                         SizeStore::Length length, const SizeStore::Maker& make,
                         absl::FunctionRef<absl::Status(absl::string_view)> fn);
  absl::Status WithFile(const View& view, uint32_t file, const CallContext& context,
                        absl::FunctionRef<absl::Status(absl::string_view)> fn);
  absl::Status ReadSegments(const std::shared_ptr<const View>& view, uint32_t file, uint64_t size,
                            const Checkpoint& from, ByteRange range, PiecesFn fn,
                            const CallContext& context);
  // A place where all of [begin, end) is rendered.
  absl::StatusOr<std::unique_ptr<SegmentRead>> Rendered(const std::shared_ptr<const View>& view,
                                                        uint32_t file, uint64_t size,
                                                        const Checkpoint& from, uint64_t begin,
                                                        uint64_t end, const CallContext& context);
  absl::Status ReadWithImages(const View& view, std::unique_ptr<SegmentRead> read, uint64_t begin,
                              uint64_t end, PiecesFn fn, const CallContext& context);

  SizeStore sizes_;
  LeafSizes leaf_sizes_;
  OwnNameStore own_names_;
  PixelFiles pixels_;
  FrameImages* const images_;
  SegmentReads reads_;
};

}  // namespace annofs

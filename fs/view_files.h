// Sizes and bytes of the files that views make. Text is rendered when read; sizes are remembered
// (architecture, idea 5). Thread safe.
#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "cache/base/call_context.h"
#include "cache/base/pieces.h"
#include "cache/store/object_store.h"
#include "fs/size_store.h"
#include "fs/views.h"

namespace annofs {

class ViewFiles {
 public:
  explicit ViewFiles(Lmdb& lmdb) : sizes_(lmdb) {}

  // Size of the text file of a frame. Fast lane: WouldBlock() where its batch is not sized yet.
  absl::StatusOr<uint64_t> FrameSize(const View& view, uint32_t family, Rank rank,
                                     const CallContext& context);
  // Size of a single file, segmented or not.
  absl::StatusOr<uint64_t> FileSize(const View& view, uint32_t file, const CallContext& context);

  // Bytes of `range`, cut at the end; `fn` is called once. kInternal and a log line if what is
  // rendered has not the size that was told: a bug.
  absl::Status ReadFrame(const View& view, uint32_t family, Rank rank, ByteRange range, PiecesFn fn,
                         const CallContext& context);
  absl::Status ReadFile(const View& view, uint32_t file, ByteRange range, PiecesFn fn,
                        const CallContext& context);

 private:
  absl::StatusOr<std::string> Known(uint32_t slot, uint32_t unit, const CallContext& context,
                                    const std::function<absl::StatusOr<std::string>()>& make);
  absl::StatusOr<Checkpoints> CheckpointsOf(const View& view, uint32_t file,
                                            const CallContext& context);

  SizeStore sizes_;
};

}  // namespace annofs

// The bytes of frames' images where they are parts of a view's file (Section::image_unit): read as
// the images themselves are, out of the bucket's objects or the source's zip, through the same
// cache. Thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "cache/base/call_context.h"
#include "cache/base/pieces.h"
#include "cache/base/worker_pool.h"
#include "cache/catalog.h"
#include "cache/memory_budget.h"
#include "cache/object_reader.h"
#include "fs/views.h"

namespace annofs {

// A part of an image, and where its bytes are wanted.
struct ImagePart {
  Rank rank = 0;
  ByteRange range;
  char* to = nullptr;
};

class FrameImages {
 public:
  // Answers that are put together of several images take no more memory at once than `memory`, but
  // for one that takes more alone. Catalog and reader outlive it.
  FrameImages(Catalog& catalog, ObjectReader& reader, uint64_t memory);
  ~FrameImages();

  // Memory for an answer, once it is there.
  absl::StatusOr<Charge> Acquire(uint64_t bytes, const CallContext& context);

  // Calls `fn` once with the bytes of an image's part, as ObjectReader::Read() does. kDataLoss: it
  // has not so many.
  absl::Status Read(const View& view, Rank rank, ByteRange range, PiecesFn fn,
                    const CallContext& context);
  // Fills all parts; those that the cache has not are asked for at once. The first error there is.
  absl::Status Fill(const View& view, absl::Span<const ImagePart> parts,
                    const CallContext& context);
  // Has images fetched into the cache that are soon wanted, if the bucket has them as objects: a
  // zip is read ahead by the reader itself. Waits for nothing; nobody is told what goes wrong.
  void FetchAhead(const View& view, absl::Span<const Rank> ranks);

 private:
  struct Filling;
  absl::Status ReadPart(const View& view, const ImagePart& part, const CallContext& context);
  void Work(Filling& filling);

  Catalog& catalog_;
  ObjectReader& reader_;
  const std::shared_ptr<MemoryBudget> memory_;
  Cancellation ending_;
  WorkerPool filling_, ahead_;  // last: their jobs use the rest
};

}  // namespace annofs

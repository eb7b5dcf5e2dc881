#include "fs/frame_images.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "fs/inner_media.h"

namespace annofs {
namespace {

// Requests at once: of one answer beside its own thread, of all answers, and ahead of them.
constexpr absl::Duration kAheadTime = absl::Seconds(60);  // for one image that nobody waits for
constexpr size_t kMostHelpers = 31;
constexpr size_t kMostFilling = 64, kMostAhead = 32;
// A larger image is read ahead by the reader, once somebody is in it.
constexpr uint64_t kMostWholeBytes = 4 << 20;

}  // namespace

// Parts that several threads take one by one. A thread that comes when all are taken touches
// nothing of whoever waits, who may have gone.
struct FrameImages::Filling {
  Filling(const View& view, std::vector<ImagePart> parts, const CallContext& context)
      : view(view), parts(std::move(parts)), context(context) {}

  const ImagePart* Take() {
    absl::MutexLock lock(&mutex);
    if (next == parts.size()) return nullptr;
    ++open;
    return &parts[next++];
  }
  void Done(const absl::Status& part) {
    absl::MutexLock lock(&mutex);
    --open;
    if (part.ok()) return;
    if (status.ok()) status = part;
    next = parts.size();
  }
  absl::Status Wait() {
    absl::MutexLock lock(&mutex);
    mutex.Await(absl::Condition(
        +[](size_t* open) { return *open == 0; }, &open));
    return status;
  }

  const View& view;
  const std::vector<ImagePart> parts;
  const CallContext context;
  absl::Mutex mutex;
  size_t next ABSL_GUARDED_BY(mutex) = 0;
  size_t open ABSL_GUARDED_BY(mutex) = 0;
  absl::Status status ABSL_GUARDED_BY(mutex);
};

FrameImages::FrameImages(Catalog& catalog, ObjectReader& reader, uint64_t memory)
    : catalog_(catalog),
      reader_(reader),
      memory_(std::make_shared<MemoryBudget>(memory)),
      filling_(kMostFilling),
      ahead_(kMostAhead) {}

FrameImages::~FrameImages() { ending_.Cancel(); }

absl::StatusOr<Charge> FrameImages::Acquire(uint64_t bytes, const CallContext& context) {
  return memory_->Acquire(bytes, context);
}

absl::Status FrameImages::Read(const View& view, Rank rank, ByteRange range, PiecesFn fn,
                               const CallContext& context) {
  uint64_t got = 0;
  auto checked = [&](Pieces bytes) {
    got = BytesOf(bytes);
    if (got == range.length) fn(bytes);
  };
  ASSIGN_OR_RETURN(const std::optional<RowId> row, view.dataset->MediaRow(rank));
  if (row) {
    ASSIGN_OR_RETURN(const ObjectVersion version, catalog_.Version(*row));
    RETURN_IF_ERROR(reader_.Read(version, range, checked, context));
  } else {
    ASSIGN_OR_RETURN(const Frame frame, view.dataset->GetFrame(rank));
    if (!frame.inner || frame.inner->source >= view.inner.zips.size()) {
      return absl::InternalError("an image of a file is not in the media map");
    }
    RETURN_IF_ERROR(ReadInnerMedia(reader_, view.inner.zips[frame.inner->source], *frame.inner,
                                   range, checked, context));
  }
  if (got == range.length) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("an image in a file of view '", view.name, "' has ", got,
                                          " bytes at byte ", range.offset, ", not ", range.length));
}

absl::Status FrameImages::ReadPart(const View& view, const ImagePart& part,
                                   const CallContext& context) {
  return Read(
      view, part.rank, part.range,
      [&part](Pieces bytes) {
        char* to = part.to;
        for (absl::string_view piece : bytes) {
          std::memcpy(to, piece.data(), piece.size());
          to += piece.size();
        }
      },
      context);
}

void FrameImages::Work(Filling& filling) {
  while (const ImagePart* part = filling.Take()) {
    filling.Done(ReadPart(filling.view, *part, filling.context));
  }
}

absl::Status FrameImages::Fill(const View& view, absl::Span<const ImagePart> parts,
                               const CallContext& context) {
  CallContext fast = context;
  fast.lane = Lane::kFast;
  std::vector<ImagePart> missing;
  for (const ImagePart& part : parts) {
    const absl::Status status = ReadPart(view, part, fast);
    if (IsWouldBlock(status)) {
      missing.push_back(part);
    } else if (!status.ok()) {
      return status;
    }
  }
  if (missing.empty()) return absl::OkStatus();
  if (context.lane == Lane::kFast) return WouldBlock();
  const size_t helpers = std::min(missing.size() - 1, kMostHelpers);
  auto filling = std::make_shared<Filling>(view, std::move(missing), context);
  for (size_t i = 0; i < helpers; ++i) filling_.Submit([this, filling] { Work(*filling); });
  Work(*filling);
  return filling->Wait();
}

void FrameImages::FetchAhead(const View& view, absl::Span<const Rank> ranks) {
  for (Rank rank : ranks) {
    const absl::StatusOr<std::optional<RowId>> row = view.dataset->MediaRow(rank);
    if (!row.ok() || !*row) continue;
    absl::StatusOr<ObjectVersion> version = catalog_.Version(**row);
    if (!version.ok() || version->size > kMostWholeBytes) continue;
    if (reader_.CostToWarm(*version).requests == 0) continue;
    ahead_.Submit([this, version = *std::move(version)] {
      if (ending_.cancelled()) return;
      CallContext own{.cancellation = &ending_};
      own.deadline = own.clock->Now() + kAheadTime;
      reader_.Warm(version, Keep::kEvictable, own).IgnoreError();
    });
  }
}

}  // namespace annofs

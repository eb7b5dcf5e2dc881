// A file about a whole dataset as a sequence of segments, one per frame (architecture, idea 5): it
// is never whole in memory, and may be read from any place where a cursor is known.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "formats/dataset.h"

namespace annofs {

// What the segments of a section count as they go, each for itself what its writer wants: ids given
// out, elements written. All 0 at the section's begin.
struct Running {
  std::array<uint64_t, 4> n = {};
  friend bool operator==(const Running&, const Running&) = default;
};

struct SegmentAt {
  Rank rank = 0;
  uint32_t position = 0;  // Dataset::PositionOf(rank)
  uint32_t run = 0;
  bool begins_run = false,
       ends_run = false;  // first, last frame of its run (the latter of `runs` only)
};

// Appends the text of one frame. Depends on the dataset, the place and what was counted, on nothing
// else.
using RenderSegment = std::function<absl::Status(const Dataset& data, const SegmentAt& at,
                                                 Running& running, std::string& out)>;
// The frames of run 0, 1, 2, …; nothing: there are no more. An empty set is a run without segments.
using RunFrames =
    std::function<absl::StatusOr<std::optional<RankSet>>(const Dataset& data, uint32_t run)>;

enum class SegmentOrder : uint8_t { kCvat, kRank };  // Dataset::InOrder, or ranks ascending

// What stands in a file and is not text: the image of a frame, as the bucket has it.
struct FrameImage {
  Rank rank = 0;
  uint64_t size = 0;  // Dataset::GetMedia
  friend bool operator==(const FrameImage&, const FrameImage&) = default;
};

// Frames in order, each with a segment; or several runs over frames, one after the other (the
// tracks of a task).
struct Section {
  std::string before;  // stands before the first segment, also where there is none
  RankSet frames;      // where `runs` is null
  RunFrames runs;
  SegmentOrder order = SegmentOrder::kCvat;
  RenderSegment segment;
  // Not 0: behind each segment stands its frame's image, and behind that zeros up to a multiple of
  // so many bytes. REQUIRES: every frame has an image.
  uint32_t image_unit = 0;
};

struct Segments {
  std::vector<Section> sections;
  std::string tail;
  bool has_images() const;
};

// One section whose segments do not depend on each other.
Segments Lines(std::string head, RankSet frames,
               std::function<absl::StatusOr<std::string>(const Dataset&, Rank)> line,
               SegmentOrder order = SegmentOrder::kCvat);

// Where a piece begins. The default: the file's begin.
struct SegmentCursor {
  uint32_t section = 0;
  uint32_t run = 0;
  uint32_t next = 0;  // position (kCvat) or rank (kRank) from which on the next frame is looked for
  bool is_begun = false;  // `before` is written
  bool is_image = false;  // the image of the frame before `next` comes first
  Running running;
  friend bool operator==(const SegmentCursor&, const SegmentCursor&) = default;
};

// Goes through the file piece by piece. Not thread safe; the segments and the dataset outlive it.
class SegmentReader {
 public:
  SegmentReader(const Segments& segments, const Dataset& data, SegmentCursor from = {});

  // Appends the text of the next piece, which may be empty; false at the end. After an error:
  // undefined.
  absl::StatusOr<bool> Next(std::string& out);
  // What stands before that text: an image where the piece was one (cursor().is_image).
  const std::optional<FrameImage>& image() const { return image_; }
  // Where the next piece begins.
  const SegmentCursor& cursor() const { return cursor_; }
  // Goes on from there: cheaper than a new reader in the same run. Undefined after an error.
  void Seek(const SegmentCursor& to);

 private:
  struct Found {
    uint32_t position;
    Rank rank;
    auto operator<=>(const Found&) const = default;
  };
  absl::StatusOr<bool> OpenRun();
  absl::Status NextImage(std::string& out);
  absl::StatusOr<std::optional<SegmentAt>> NextFrame();
  uint32_t PlaceOf(const Found& found) const;
  // The first frame from `place` on; nullptr if there is none.
  absl::StatusOr<const Found*> FrameFrom(uint32_t place);
  absl::Status LookAhead(uint32_t from);
  absl::Status LookAheadByRank(uint32_t from);
  absl::StatusOr<bool> LookAheadInOrder(uint32_t from);
  absl::Status ListRun();

  const Segments& segments_;
  const Dataset& data_;
  SegmentCursor cursor_;
  std::optional<FrameImage> image_;
  bool is_open_ = false;  // what follows is of the cursor's run
  RankSet frames_;
  bool is_listed_ = false;  // few frames in another order: all of them are in the list
  std::vector<Found> list_;
  std::vector<Found> ahead_;  // the next ones, gathered some at a time
  size_t next_ahead_ = 0;
  size_t most_ahead_ = 0;
};

}  // namespace annofs

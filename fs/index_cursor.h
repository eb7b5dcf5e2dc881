// Frames of the dataset index for someone who goes through many of them: the blocks that they lie
// in are looked up, copied and checked once for all frames that they hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "cache/lmdb.h"
#include "formats/dataset.h"
#include "fs/dataset_records.h"
#include "fs/frame_blocks.h"
#include "fs/media_blocks.h"

namespace annofs {

// Where the index has the frames.
struct IndexGround {
  Lmdb& lmdb;
  const uint32_t part;
  const uint32_t media;  // the part with the images; 0: none
  const IndexCounts& counts;
  const std::vector<std::string>& texts;  // of shapes
};

// Not thread safe; the ground outlives it. Holds a block of frames, of images, of shapes and of the
// order of ranks: mostly less than 100 KiB, more where a frame has more. Answers kInternal where a
// record is damaged or missing, nothing else.
class IndexCursor {
 public:
  explicit IndexCursor(const IndexGround& ground) : ground_(ground) {}
  IndexCursor(const IndexCursor&) = delete;
  IndexCursor& operator=(const IndexCursor&) = delete;

  // REQUIRES of all: rank < frames.
  absl::StatusOr<Frame> GetFrame(Rank rank);
  absl::StatusOr<FrameNames> Names(Rank rank);
  absl::StatusOr<FrameShapes> Shapes(Rank rank);
  absl::StatusOr<FrameShapes> ShapesOfTracks(  // Dataset::ShapesOfTracks
      Rank rank, absl::FunctionRef<bool(uint32_t label, int32_t track)> wants);
  // Of the frame's image, where it is an object of the bucket.
  absl::StatusOr<std::optional<RowId>> MediaRow(Rank rank);
  absl::StatusOr<std::optional<MatchedMedia>> GetMedia(Rank rank);

  // What it holds.
  size_t bytes() const;

 private:
  // A value of a table whose keys end in a number, and that number.
  struct Block {
    uint32_t first = 0;
    std::string bytes;
  };

  absl::Status GoTo(Rank rank);
  absl::Status OpenFrames(Rank rank);
  absl::Status OpenShapes(uint32_t frame);
  absl::StatusOr<uint32_t> NumberOf(Rank rank);
  // What is made of a frame's record.
  using DecodeRecord = absl::FunctionRef<absl::StatusOr<FrameShapes>(absl::string_view record)>;
  absl::StatusOr<FrameShapes> Decoded(Rank rank, DecodeRecord decode);
  static absl::StatusOr<FrameShapes> DecodedIn(absl::string_view block, uint32_t frame,
                                               DecodeRecord decode);
  // Of a frame that is nowhere near the last one: nothing of its block is kept.
  absl::StatusOr<FrameShapes> DecodedAlone(uint32_t frame, DecodeRecord decode) const;
  // False: there is none.
  absl::StatusOr<bool> GoToMedia(Rank rank);
  // Puts the last block that is not behind `number` into `block`; false: there is none.
  absl::StatusOr<bool> Floor(uint32_t part, RecordKind kind, uint32_t number, Block& block) const;
  // The number of the first block that is behind `number`; beyond all where there is none.
  absl::StatusOr<uint64_t> After(RecordKind kind, uint32_t number) const;

  const IndexGround ground_;
  Block frames_;
  std::optional<FrameBlockReader> reader_;  // of it; nothing: it is not open
  std::optional<Rank> at_;                  // where that is
  Block media_;
  std::optional<MediaBlockReader> media_reader_;  // of it; nothing: it is not open
  Block shapes_;
  bool has_shapes_ = false;                     // there is such a block
  uint64_t shapes_begin_ = 0, shapes_end_ = 0;  // the frames that it tells of
  uint32_t last_frame_ = UINT32_MAX;            // whose shapes were asked for last
  std::vector<uint32_t> numbers_;
  uint32_t numbers_block_ = 0;
};

}  // namespace annofs

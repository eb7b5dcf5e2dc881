// What a writer sees of a dataset: frames by rank, their names, their shapes, and sets of frames.
// Immutable, thread safe. Two implementations: the LMDB index in fs/, and MemoryDataset. Functions
// that answer Status fail only when the index is damaged.
//
// A rank is a frame's place in byte order of safe paths (architecture, idea 2), so every directory
// is one range of ranks and every posting list is sorted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

using Rank = uint32_t;

// A sorted set of ranks; immutable, cheap to copy.
class RankSet {
 public:
  RankSet() = default;
  static RankSet Range(Rank begin, Rank end);
  static RankSet Of(std::vector<Rank> sorted);  // REQUIRES: ascending, no duplicates
  size_t size() const { return ranks_ ? ranks_->size() : end_ - begin_; }
  bool empty() const { return size() == 0; }
  Rank operator[](size_t index) const { return ranks_ ? (*ranks_)[index] : begin_ + Rank(index); }
  // Index of the first member >= rank; size() if none.
  size_t LowerBound(Rank rank) const;
  bool Contains(Rank rank) const;

 private:
  Rank begin_ = 0, end_ = 0;
  std::shared_ptr<const std::vector<Rank>> ranks_;
};

// The names of one frame, made once for the whole dataset (formats/frame_names.h).
struct FrameNames {
  std::string path;  // safe path with its extension, unique: "sub dir/b ü.png"
  std::string stem;  // flat, ASCII, no spaces or dots, unique without regard to case: "sub_dir_b"
  bool shares_stem =
      false;  // another frame's path differs only by extension: sidecars keep the extension
  // "sub dir/b ü", or "sub dir/b ü.png" where shares_stem.
  absl::string_view sidecar() const;
  absl::string_view extension() const;  // ".png"
};

// A directory of the frames' safe paths. Number 0 is the root ("" = all ranks).
struct FrameDirectory {
  std::string path;         // "sub dir", no final slash
  Rank begin = 0, end = 0;  // frames at any depth below
};

class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual const DatasetInfo& info() const = 0;

  virtual uint32_t frame_count() const = 0;
  // REQUIRES of all: rank < frame_count().
  virtual absl::StatusOr<Frame> GetFrame(Rank rank) const = 0;
  virtual absl::StatusOr<FrameNames> Names(Rank rank) const = 0;
  virtual absl::StatusOr<FrameShapes> Shapes(Rank rank) const = 0;
  // Nothing if the frame's image was not found in the bucket.
  virtual absl::StatusOr<std::optional<Media>> GetMedia(Rank rank) const = 0;

  // Exact names. A path, sidecar path, or stem that no frame has: nothing.
  virtual absl::StatusOr<std::optional<Rank>> FindPath(absl::string_view path) const = 0;
  virtual absl::StatusOr<std::optional<Rank>> FindSidecar(absl::string_view sidecar) const = 0;
  virtual absl::StatusOr<std::optional<Rank>> FindStem(absl::string_view stem) const = 0;

  // Directories in byte order of path + "/"; each one's children follow it. Number 0 is the root.
  virtual uint32_t directory_count() const = 0;
  virtual absl::StatusOr<FrameDirectory> Directory(uint32_t number) const = 0;
  virtual absl::StatusOr<std::optional<uint32_t>> FindDirectory(absl::string_view path) const = 0;

  // Sets of frames. WithLabel: a tag or shape has it (a skeleton counts for its own label, not for
  // its elements').
  RankSet All() const { return RankSet::Range(0, frame_count()); }
  virtual absl::StatusOr<RankSet> WithLabel(uint32_t label) const = 0;
  virtual absl::StatusOr<RankSet> WithoutLabels() const = 0;
  virtual absl::StatusOr<RankSet> WithMedia() const = 0;
  virtual absl::StatusOr<RankSet> OfTask(uint32_t task) const = 0;
  virtual absl::StatusOr<RankSet> InSubset(absl::string_view subset) const = 0;
  virtual std::vector<std::string> Subsets() const = 0;  // sorted; "" for frames without one

  virtual absl::StatusOr<std::vector<Problem>> Problems() const = 0;  // at most 100,000
};

// Members of both, ascending.
RankSet Intersect(const RankSet& a, const RankSet& b);

}  // namespace annofs

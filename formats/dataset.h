// What a writer sees of a dataset: frames by rank, their names, their shapes, and sets of frames.
// Immutable, thread safe. Two implementations: the LMDB index in fs/, and MemoryDataset. Functions
// that answer Status fail only when the index is damaged.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/frame_term.h"
#include "formats/model.h"
#include "formats/rank_set.h"

namespace annofs {

// The names of one frame, made once for the whole dataset (formats/frame_names.h).
struct FrameNames {
  std::string path;  // safe path with its extension, unique: "sub dir/b ü.png"
  std::string stem;  // flat, unique without regard to case; see StemStyle: "sub_dir_b"
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
  // Those of the frame's tracked shapes and keyframes outside that are wanted, as in Shapes(); no
  // tags, nothing that is static. Cheap where few are.
  virtual absl::StatusOr<FrameShapes> ShapesOfTracks(
      Rank rank, absl::FunctionRef<bool(uint32_t label, int32_t track)> wants) const;
  // Nothing if the frame's image was not found in the bucket.
  virtual absl::StatusOr<std::optional<Media>> GetMedia(Rank rank) const = 0;

  // CVAT's order of frames (reference/cvat.md §9.2 step 1): task by task, in a task by frame
  // number, of equal numbers as the source has them. Each undoes the other. REQUIRES: <
  // frame_count().
  virtual absl::StatusOr<Rank> InOrder(uint32_t position) const = 0;
  virtual absl::StatusOr<uint32_t> PositionOf(Rank rank) const = 0;
  // True if that is the order of ranks.
  virtual bool IsInOrder() const = 0;
  // The same for many: the frames at `position` and behind it, in order, until `fn` answers false;
  // and the positions of a set, by ascending rank.
  virtual absl::Status ForEachInOrder(
      uint32_t position, absl::FunctionRef<bool(uint32_t position, Rank rank)> fn) const;
  virtual absl::Status PositionsOf(const RankSet& ranks, std::vector<uint32_t>& positions) const;

  // Exact names. A path, sidecar path, or stem that no frame has: nothing.
  virtual absl::StatusOr<std::optional<Rank>> FindPath(absl::string_view path) const = 0;
  virtual absl::StatusOr<std::optional<Rank>> FindSidecar(absl::string_view sidecar) const = 0;
  virtual absl::StatusOr<std::optional<Rank>> FindStem(absl::string_view stem) const = 0;

  // Directories in byte order of path + "/"; each one's children follow it. Number 0 is the root.
  virtual uint32_t directory_count() const = 0;
  virtual absl::StatusOr<FrameDirectory> Directory(uint32_t number) const = 0;
  virtual absl::StatusOr<std::optional<uint32_t>> FindDirectory(absl::string_view path) const = 0;

  // Sets of frames. A term that no frame has: none.
  RankSet All() const { return RankSet::Range(0, frame_count()); }
  virtual absl::StatusOr<RankSet> With(const FrameTerm& term) const = 0;
  virtual absl::StatusOr<RankSet> WithMedia() const = 0;
  // Those of the frame's context images that were found, in CVAT's order (formats/related_media.h);
  // and the frames that have more than `number` of them. Here: none.
  virtual absl::StatusOr<std::vector<RelatedMedia>> Related(Rank rank) const;
  virtual absl::StatusOr<RankSet> WithRelated(uint32_t number) const;
  // The terms that occur, of the kind of `from` and from it on (FrameTerm::FirstOf), in their order
  // (TermKey), until `fn` answers false. Whoever goes on later starts at the last one seen.
  // Attributes with too many values and long values are not among them (AttributeTerms), nor are
  // they in With(); a problem of the dataset says so.
  virtual absl::Status Terms(const FrameTerm& from,
                             absl::FunctionRef<bool(const FrameTerm&)> fn) const = 0;
  // The terms of a kind are numbered from 0 in that order: how many there are, the number of one
  // (nothing: no frame has it), and the one with a number (nothing: it is not less than the count).
  // Of those that go through the terms to count them, not for datasets of many.
  virtual absl::StatusOr<uint32_t> TermCount(FrameTerm::Kind kind) const;
  virtual absl::StatusOr<std::optional<uint32_t>> TermNumber(const FrameTerm& term) const;
  virtual absl::StatusOr<std::optional<FrameTerm>> TermAt(FrameTerm::Kind kind,
                                                          uint32_t number) const;
  // The first of Terms(from).
  absl::StatusOr<std::optional<FrameTerm>> FirstTerm(const FrameTerm& from) const;

  absl::StatusOr<RankSet> WithLabel(uint32_t label) const {
    return With(FrameTerm::OfLabel(label));
  }
  absl::StatusOr<RankSet> WithoutLabels() const { return With(FrameTerm::WithoutLabel()); }
  absl::StatusOr<RankSet> OfTask(uint32_t task) const { return With(FrameTerm::OfTask(task)); }
  absl::StatusOr<RankSet> InSubset(absl::string_view subset) const {
    return With(FrameTerm::OfSubset(subset));
  }
  // All that occur, in order; "" for frames without one.
  absl::StatusOr<std::vector<std::string>> Subsets() const;

  virtual absl::StatusOr<std::vector<Problem>> Problems() const = 0;  // at most 110,000
};

}  // namespace annofs

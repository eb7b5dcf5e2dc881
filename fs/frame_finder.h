// Frames of the index by rank and by name, and their directories, within one read transaction.
// Answers kInternal where a record is damaged or missing, nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/lmdb.h"
#include "formats/dataset.h"
#include "fs/dataset_records.h"
#include "fs/frame_blocks.h"

namespace annofs {

class FrameFinder {
 public:
  // All outlive it.
  FrameFinder(const LmdbReader& reader, uint32_t part, const IndexCounts& counts)
      : reader_(reader), part_(part), counts_(counts) {}

  // REQUIRES: rank < frames, number < directories.
  absl::Status Get(Rank rank, Frame* frame) const;
  absl::Status Names(Rank rank, FrameNames* names) const;
  absl::Status Directory(uint32_t number, FrameDirectory* directory) const;

  absl::Status FindPath(absl::string_view path, std::optional<Rank>* rank) const;
  absl::Status FindSidecar(absl::string_view sidecar, std::optional<Rank>* rank) const;
  absl::Status FindStem(absl::string_view stem, std::optional<Rank>* rank) const;
  absl::Status FindDirectory(absl::string_view path, std::optional<uint32_t>* number) const;

 private:
  struct Block {
    Rank first = 0;
    absl::string_view bytes;
  };
  absl::StatusOr<Block> BlockOf(Rank rank) const;
  // The block that holds the path if one does; nothing if it is before all.
  absl::StatusOr<std::optional<Block>> BlockOf(absl::string_view path) const;
  absl::StatusOr<std::optional<Block>> SearchBlock(absl::string_view path) const;
  // The first frame whose path is not less; and its path, unless it is behind all.
  absl::StatusOr<Rank> LowerBound(absl::string_view path, std::string* found) const;
  absl::Status FindNamed(RecordKind kind, absl::string_view name,
                         absl::FunctionRef<bool(const FrameNames&)> is_it,
                         std::optional<Rank>* rank) const;
  absl::StatusOr<std::vector<uint32_t>> DirectoryBlock(uint32_t block) const;

  const LmdbReader& reader_;
  const uint32_t part_;
  const IndexCounts& counts_;
};

}  // namespace annofs

// Blocks of the dataset index: many frames, in order of ranks, as one value that fills a page, with
// what neighbours have in common written once. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/number_code.h"
#include "formats/dataset.h"

namespace annofs {

// A value that LMDB keeps on pages of its own wastes nothing where it has n * 4096 - 16 bytes.
constexpr size_t PageValue(size_t pages) { return pages * 4096 - 16; }

// A frame with its names, where they lie.
struct FrameEntry {
  absl::string_view name, path, subset;
  uint32_t number = 0, task = 0, width = 0, height = 0;
  bool shares_stem = false;
  std::optional<absl::string_view> own_stem;  // where it is not StemOfPath(path)
  std::vector<absl::string_view> related;
  std::vector<std::optional<InnerMedia>> related_inner;  // see Frame
  std::optional<InnerMedia> inner;
};

// Makes blocks, one after the other.
class FrameBlockWriter {
 public:
  // False: no room for it, which happens to no block's first frame. Then Take() and add it again.
  bool Add(const FrameEntry& entry);
  bool empty() const { return count_ == 0; }
  // The block so far; empty afterwards.
  std::string Take();

 private:
  std::string Encoded(const FrameEntry& entry) const;

  std::string bytes_;
  std::vector<uint16_t> groups_;  // where they begin
  uint32_t count_ = 0;
  // The last frame.
  std::string path_, subset_;
  uint32_t number_ = 0, task_ = 0, width_ = 0, height_ = 0;
};

// Reads the frames of a block one after the other.
class FrameBlockReader {
 public:
  // `block` outlives it. Check status() before anything else.
  explicit FrameBlockReader(absl::string_view block);
  const absl::Status& status() const { return status_; }
  uint32_t count() const { return count_; }

  // To a frame by its place in the block; kInternal if the block is damaged. REQUIRES: < count().
  absl::Status Seek(uint32_t place);
  // To the next one. REQUIRES: it is at a frame that is not the last of the block.
  absl::Status Next();
  // To the first frame whose path is not less; its place, count() if none.
  absl::StatusOr<uint32_t> SeekPath(absl::string_view path);
  // Of the frame it is at.
  absl::string_view path() const { return path_; }
  absl::string_view name() const { return entry_.name; }
  Frame GetFrame() const;
  FrameNames Names() const;

 private:
  absl::Status BeginGroup(uint32_t group);
  static absl::Status Damaged();

  absl::Status status_;
  absl::string_view groups_, frames_;
  uint32_t count_ = 0;
  CodeReader in_{""};
  // The frame it is at. `path_`: put together from those before it.
  FrameEntry entry_;
  std::string path_, name_;
  std::vector<std::string> related_;
};

}  // namespace annofs

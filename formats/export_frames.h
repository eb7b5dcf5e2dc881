// The frames of an export zip: what its lists name, images in it, label files that nothing lists.
// Each has a key: the path by which list, image and label file of one frame belong together.
// Memory: about 100 bytes per frame; names are views into the zip's directory and the kept lists.
//
// Not thread safe; the tree outlives the frames.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "formats/export_tree.h"

namespace annofs {

struct ExportFrame {
  static constexpr uint32_t kNone = 0xffffffff;
  absl::string_view name;                  // with its extension where a list or an image tells it
  uint32_t subset = 0;                     // ExportFrames::subset()
  uint32_t image = kNone, labels = kNone;  // indices into ExportTree::files()
  uint32_t width = 0, height = 0;          // 0 = not known
  uint32_t frame = kNone;                  // the sink's index, once it is pushed
};

class ExportFrames {
 public:
  // `source`: the zip itself. Problems about lists and names go to the sink.
  ExportFrames(const ExportTree& tree, Source& source, DatasetSink& sink)
      : tree_(tree), source_(source), sink_(sink) {}

  // Texts that names and keys are views of.
  absl::string_view Keep(std::string text);
  // By name, "default" is none.
  uint32_t Subset(absl::string_view name);
  const std::string& subset(uint32_t number) const { return subsets_[number]; }

  // Each adds the frame of that key if it is not there; answers its index. All strings are views of
  // what lives as long as the frames. A frame that is listed twice becomes a problem.
  uint32_t AddListed(absl::string_view key, absl::string_view name, uint32_t subset,
                     const Problem& where);
  uint32_t AddImage(absl::string_view key, absl::string_view name, uint32_t subset, uint32_t file);
  uint32_t AddLabels(absl::string_view key, absl::string_view stem, uint32_t subset, uint32_t file);
  // Index of the frame of that key, kNone if there is none.
  uint32_t Find(absl::string_view key) const;

  std::vector<ExportFrame>& frames() { return frames_; }
  const std::vector<ExportFrame>& frames() const { return frames_; }

  enum class Sizes { kOfInnerImages, kOfAllImages };
  // One task; then every frame, in the order in which they were added. Sizes come from images in
  // the zip; kOfAllImages: then also from the bucket (Source::SizeOfImage). Sizes that a frame has
  // already stay.
  absl::Status Push(Sizes sizes);

  // The same in parts, for formats whose label files say what a frame is called and how large it
  // is: one task, then each frame when its file is read; its number is its place in the list.
  void PushTask();
  absl::Status PushFrame(uint32_t index);

  // Calls `read(frame, file, text)` for every frame with a label file, in the order of the zip.
  // Files that cannot be read become problems; errors are the source's and those of `read`.
  template <typename ReadText>
  absl::Status ForEachLabelFile(ReadText read) {
    for (uint32_t number : FramesByLabelFile()) {
      const ExportFile& file = tree_.files()[frames_[number].labels];
      absl::StatusOr<std::optional<std::string>> text = tree_.Text(file, sink_);
      if (!text.ok()) return text.status();
      if (!text->has_value()) continue;
      absl::Status status = read(frames_[number], file, **text);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // Indices of the frames with a label file, in the order of the zip.
  std::vector<uint32_t> FramesByLabelFile() const;

  // A shape that was left out because the frame's size is not known; told in one problem by
  // ReportUnsized().
  void CountUnsized(const ExportFrame& frame);
  void ReportUnsized();

 private:
  uint32_t FindOrAdd(absl::string_view key, absl::string_view name, uint32_t subset);
  absl::Status FindInnerSizes();
  absl::Status FindOuterSizes();
  bool AreVideoFrames() const;

  const ExportTree& tree_;
  Source& source_;
  DatasetSink& sink_;
  std::deque<std::string> kept_;
  std::vector<std::string> subsets_;
  std::map<std::string, uint32_t, std::less<>> subset_numbers_;
  std::vector<ExportFrame> frames_;
  absl::flat_hash_map<absl::string_view, uint32_t> by_key_;
  uint64_t unsized_shapes_ = 0, unsized_frames_ = 0;
  bool is_video_ = false;
  uint32_t last_unsized_ = ExportFrame::kNone;
  std::vector<std::string> first_unsized_;
};

// The number in CVAT's name of a video frame, "frame_000012" (reference/cvat.md §9.2 step 1).
std::optional<uint32_t> VideoFrameNumber(absl::string_view name);

}  // namespace annofs

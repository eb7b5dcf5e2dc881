// A dataset in memory: what readers push into, what tests and the index builder take from. Build is
// O(frames log frames).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "formats/dataset.h"
#include "formats/frame_names.h"
#include "formats/reader.h"

namespace annofs {

// Collects; then Finish() orders frames by safe path, makes names and sets. Not thread safe.
class DatasetBuilder : public DatasetSink {
 public:
  explicit DatasetBuilder(StemStyle stems = StemStyle::kSafe);
  ~DatasetBuilder() override;
  uint32_t AddTask(Task task) override;
  uint32_t AddLabel(Label label) override;
  void SpecifyAttributes(uint32_t label, std::vector<AttributeSpec> attributes) override;
  uint32_t AddJob(Job job) override;
  absl::StatusOr<uint32_t> AddFrame(Frame frame) override;
  absl::Status AddToJob(uint32_t job, uint32_t frame) override;
  absl::Status AddToPart(absl::string_view part, uint32_t frame) override;
  absl::Status AddShape(uint32_t frame, Shape shape) override;
  void AddProblem(Problem problem) override;

  // Name, id and sources; the rest of `info` is filled by Finish().
  void SetInfo(DatasetInfo info);
  // Asked once per frame for its image in the bucket, in rank order.
  using MediaFinder = std::function<absl::StatusOr<std::optional<Media>>(const Frame&)>;
  // The same for each of its context images, in order (formats/related_media.h).
  using RelatedFinder =
      std::function<absl::StatusOr<std::optional<Media>>(const Frame&, const std::string& name)>;
  // The builder is empty afterwards. A frame without media becomes a Problem if a finder is given.
  absl::StatusOr<std::unique_ptr<Dataset>> Finish(const MediaFinder& media = nullptr,
                                                  const RelatedFinder& related = nullptr);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace annofs

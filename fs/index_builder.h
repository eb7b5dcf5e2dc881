// Makes the annotation part of a dataset's index from what a reader pushes, in bounded memory: per
// frame about 60 bytes and its name, the labels, tasks and jobs themselves, for everything else
// some 150 MiB at most. Not thread safe.
//
// What is more than its bound (shapes on one frame, labels, jobs) is left out, with a problem;
// kInvalidArgument: too many frames or tasks; kResourceExhausted: no room on the disk.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/lmdb.h"
#include "formats/frame_names.h"
#include "formats/problem_tally.h"
#include "formats/reader.h"
#include "formats/shape_codec.h"
#include "fs/dataset_part.h"
#include "fs/frame_table.h"
#include "fs/posting_lists.h"
#include "fs/problem_spool.h"
#include "fs/shape_sorter.h"

namespace annofs {

// What was pushed so far; others may look.
struct BuildCounts {
  std::atomic<uint64_t> frames{0};
  std::atomic<uint64_t> shapes{0};
  std::atomic<bool> is_writing{false};  // everything was pushed
};

struct IndexBuilderOptions {
  ShapeSorterOptions sorter;
  size_t posting_bytes = 32 << 20;
  AttributeLimits attributes;
  StemStyle stems = StemStyle::kSafe;
  // Of one frame's shapes, in memory as a view has them, or twice as they are encoded.
  size_t frame_bytes = 32 << 20;
  uint32_t max_frames = 1 << 30;  // ordinals of nodes have no room for more (fs/README.md)
  uint32_t max_labels = 100000, max_tasks = 100000, max_jobs = 100000;
};

class IndexBuilder : public DatasetSink {
 public:
  // `lmdb` outlives it; `counts` may be null.
  explicit IndexBuilder(Lmdb& lmdb, BuildCounts* counts = nullptr,
                        const IndexBuilderOptions& options = {});
  ~IndexBuilder() override;

  uint32_t AddTask(Task task) override;
  uint32_t AddLabel(Label label) override;
  void SpecifyAttributes(uint32_t label, std::vector<AttributeSpec> attributes) override;
  uint32_t AddJob(Job job) override;
  absl::StatusOr<uint32_t> AddFrame(Frame frame) override;
  absl::Status AddToJob(uint32_t job, uint32_t frame) override;
  absl::Status AddToPart(absl::string_view part, uint32_t frame) override;
  absl::Status AddShape(uint32_t frame, Shape shape) override;
  void AddProblem(Problem problem) override;

  // Writes everything, and shows it as that version. `info`: name, sources; the rest comes from
  // what was pushed. Once. Until then, and after an error, nothing is seen.
  absl::Status Finish(const IndexVersion& version, DatasetInfo info);

 private:
  // False: the frame has no room for it, and it is counted.
  bool TakeRoom(uint32_t frame, const Shape& shape);
  // False: its label is left out. Its elements of such labels are taken out.
  bool HasLabels(uint32_t frame, Shape& shape);
  // Counts it, and its terms.
  absl::Status Post(uint32_t frame, const Shape& shape);
  void TellWhatIsLeftOut();
  absl::Status WriteShapes(PartWriter& out);
  absl::Status WriteTerms(const FrameOrdering& ordering, PartWriter& out);
  absl::Status WriteProblems(PartWriter& out);

  Lmdb& lmdb_;
  BuildCounts* const counts_;
  const IndexBuilderOptions options_;
  absl::Status status_;  // of what cannot answer itself

  std::vector<Task> tasks_;
  std::vector<Job> jobs_;
  std::vector<Label> labels_;
  uint32_t task_count_ = 0, job_count_ = 0, label_count_ = 0;  // with those that are left out
  ProblemTally without_label_;
  uint64_t shape_counts_[kShapeTypeCount] = {};
  std::vector<std::array<uint64_t, kShapeTypeCount>> label_counts_;
  FrameTable frames_;
  std::vector<uint32_t> frame_bytes_;      // that each frame's shapes take
  std::map<uint32_t, uint64_t> left_out_;  // by frame: shapes without room; few have any
  ShapeTexts texts_;
  SourceOrder source_order_;
  ShapeSorter sorter_;
  PostingLists postings_;
  ProblemSpool problems_;
  std::string encoded_;  // a shape
};

}  // namespace annofs

#include "fs/index_builder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/info_codec.h"
#include "formats/track.h"
#include "fs/name_records.h"
#include "fs/shape_blocks.h"

namespace annofs {
namespace {

// Writes blocks of shapes as frames come in order.
class ShapeWriter {
 public:
  explicit ShapeWriter(PartWriter& out) : out_(out) {}

  absl::Status Add(const SortedShapes& sorted) {
    std::string head;
    AppendShapesHead(sorted.tags, sorted.shapes, head);
    if (block_.Add(sorted.frame, head, sorted.bytes)) return absl::OkStatus();
    RETURN_IF_ERROR(Flush());
    block_.Add(sorted.frame, head, sorted.bytes);
    return absl::OkStatus();
  }
  absl::Status Flush() {
    if (block_.empty()) return absl::OkStatus();
    const std::string key = Key32(block_.first_frame());
    return out_.Put(RecordKind::kShapes, key, block_.Take());
  }

 private:
  PartWriter& out_;
  ShapeBlockWriter block_;
};

}  // namespace

IndexBuilder::IndexBuilder(Lmdb& lmdb, BuildCounts* counts, const IndexBuilderOptions& options)
    : lmdb_(lmdb),
      counts_(counts),
      options_(options),
      sorter_(lmdb.path(), options.sorter),
      postings_(lmdb.path(), options.posting_bytes, options.attributes),
      problems_(lmdb.path()) {}

IndexBuilder::~IndexBuilder() = default;

uint32_t IndexBuilder::AddTask(Task task) {
  if (task_count_ < options_.max_tasks) tasks_.push_back(std::move(task));
  return task_count_++;
}

uint32_t IndexBuilder::AddLabel(Label label) {
  if (label_count_ < options_.max_labels) {
    labels_.push_back(std::move(label));
    label_counts_.emplace_back();
  } else if (label_count_ == options_.max_labels) {
    AddProblem({.severity = Problem::Severity::kError,
                .reason = absl::StrCat("more than ", options_.max_labels, " labels: '", label.name,
                                       "' and those after it are left out, with their shapes")});
  }
  return label_count_++;
}

void IndexBuilder::SpecifyAttributes(uint32_t label, std::vector<AttributeSpec> attributes) {
  if (label >= labels_.size()) return;  // it is left out
  SpecifyAttributesOf(labels_[label], std::move(attributes));
}

uint32_t IndexBuilder::AddJob(Job job) {
  if (job_count_ < options_.max_jobs) {
    jobs_.push_back(std::move(job));
  } else if (job_count_ == options_.max_jobs) {
    AddProblem({.severity = Problem::Severity::kError,
                .reason = absl::StrCat("more than ", options_.max_jobs,
                                       " jobs: of the others it is not told which frames they "
                                       "have")});
  }
  return job_count_++;
}

absl::StatusOr<uint32_t> IndexBuilder::AddFrame(Frame frame) {
  if (frame.task >= std::max<uint32_t>(task_count_, 1)) {
    return absl::InternalError(
        absl::StrCat("frame '", frame.name, "' of a task that was not added"));
  }
  if (frame.task >= options_.max_tasks) {
    return absl::InvalidArgumentError(
        absl::StrCat("more than ", options_.max_tasks, " tasks: the rest is left out"));
  }
  if (frames_.size() >= options_.max_frames) {
    return absl::InvalidArgumentError(
        absl::StrCat("more than ", options_.max_frames, " frames: the rest is left out"));
  }
  const uint32_t number = frames_.Add(frame);
  frame_bytes_.push_back(0);
  RETURN_IF_ERROR(postings_.Add({.kind = FrameTerm::Kind::kTask, .number = frame.task}, number));
  RETURN_IF_ERROR(postings_.Add({.kind = FrameTerm::Kind::kSubset, .text = frame.subset}, number));
  if (counts_ != nullptr) counts_->frames.store(number + 1, std::memory_order_relaxed);
  return number;
}

absl::Status IndexBuilder::AddToJob(uint32_t job, uint32_t frame) {
  if (frame >= frames_.size() || job >= job_count_) {
    return absl::InternalError("a frame or job that was not added");
  }
  if (job >= jobs_.size()) return absl::OkStatus();
  return postings_.Add({.kind = FrameTerm::Kind::kJob, .number = job}, frame);
}

absl::Status IndexBuilder::AddToPart(absl::string_view part, uint32_t frame) {
  if (frame >= frames_.size()) return absl::InternalError("a frame that was not added");
  return postings_.Add({.kind = FrameTerm::Kind::kPart, .text = part}, frame);
}

bool IndexBuilder::HasLabels(uint32_t frame, Shape& shape) {
  auto is_left_out = [this](const Shape& one) { return one.label >= labels_.size(); };
  uint64_t count = is_left_out(shape) ? 1 : std::erase_if(shape.elements, is_left_out);
  for (; count > 0; --count) {
    without_label_.Add([&] {
      return Problem{.severity = Problem::Severity::kError,
                     .frame = std::string(frames_.Name(frame)),
                     .reason = "a shape of a label that is left out"};
    });
  }
  return !is_left_out(shape);
}

bool IndexBuilder::TakeRoom(uint32_t frame, const Shape& shape) {
  const uint64_t bytes = std::max<uint64_t>(BytesOf(shape), 2 * encoded_.size());
  if (bytes > options_.frame_bytes - frame_bytes_[frame]) {
    ++left_out_[frame];
    return false;
  }
  frame_bytes_[frame] += uint32_t(bytes);
  return true;
}

absl::Status IndexBuilder::Post(uint32_t frame, const Shape& shape) {
  const uint32_t task = frames_.Task(frame);
  if (IsOutsideKeyframe(shape)) {
    return postings_.Add({.kind = FrameTerm::Kind::kOutside,
                          .number = task,
                          .label = shape.label,
                          .track = shape.track},
                         frame);
  }
  ++shape_counts_[size_t(shape.type)];
  ++label_counts_[shape.label][size_t(shape.type)];
  if (counts_ != nullptr) counts_->shapes.fetch_add(1, std::memory_order_relaxed);
  return postings_.AddShape(task, frame, shape);
}

absl::Status IndexBuilder::AddShape(uint32_t frame, Shape shape) {
  if (frame >= frames_.size() || shape.label >= label_count_) {
    return absl::InternalError("a shape of a frame or label that was not added");
  }
  if (IsTooDeep(shape)) return absl::InternalError("elements within elements of a shape");
  if (label_count_ > labels_.size() && !HasLabels(frame, shape)) return status_;
  encoded_.clear();
  AppendShape(shape, texts_, encoded_, source_order_.PlaceOf(frame, shape));
  if (!TakeRoom(frame, shape)) return status_;
  source_order_.Add(frame, shape);
  RETURN_IF_ERROR(Post(frame, shape));
  return sorter_.Add({.frame = frame,
                      .is_tag = shape.type == ShapeType::kTag,
                      .z_order = shape.z_order,
                      .track = shape.track},
                     encoded_);
}

void IndexBuilder::AddProblem(Problem problem) { status_.Update(problems_.Add(problem)); }

absl::Status IndexBuilder::Finish(const IndexVersion& version, DatasetInfo info) {
  RETURN_IF_ERROR(status_);
  if (counts_ != nullptr) counts_->is_writing.store(true, std::memory_order_relaxed);
  ASSIGN_OR_RETURN(std::unique_ptr<PartWriter> out, PartWriter::Begin(lmdb_));
  RETURN_IF_ERROR(WriteShapes(*out));
  RETURN_IF_ERROR(out->Put(RecordKind::kTexts, "", EncodeTexts(texts_.texts())));
  {
    const FrameOrdering ordering(
        frames_.size(), [this](uint32_t frame) { return frames_.Name(frame); }, options_.stems);
    RETURN_IF_ERROR(WriteNames(frames_, ordering, *out));
    RETURN_IF_ERROR(WriteTerms(ordering, *out));
  }
  RETURN_IF_ERROR(WriteProblems(*out));
  info.tasks = std::move(tasks_);
  info.jobs = std::move(jobs_);
  for (Label& label : labels_) {
    if (label.parent >= int64_t(labels_.size())) label.parent = -1;  // it is left out
  }
  info.labels = std::move(labels_);
  std::copy(std::begin(shape_counts_), std::end(shape_counts_), std::begin(info.shape_counts));
  info.label_counts = std::move(label_counts_);
  RETURN_IF_ERROR(out->Put(RecordKind::kInfo, "", Sealed(EncodeInfo(info))));
  return out->Publish(version);
}

absl::Status IndexBuilder::WriteShapes(PartWriter& out) {
  ShapeWriter writer(out);
  RETURN_IF_ERROR(
      sorter_.Merge([&writer](const SortedShapes& sorted) { return writer.Add(sorted); }));
  return writer.Flush();
}

absl::Status IndexBuilder::WriteTerms(const FrameOrdering& ordering, PartWriter& out) {
  std::array<uint32_t, kTermKindCount> counts = {};
  auto put = [&](const FrameTerm& term, const RankSet& ranks) -> absl::Status {
    const std::string key = TermKey(term);
    const uint32_t number = counts[size_t(term.kind)]++;
    if (number % kTermBlock == 0) {
      RETURN_IF_ERROR(
          out.Put(RecordKind::kTermAt, char(term.kind) + Key32(number / kTermBlock), Sealed(key)));
    }
    return out.Put(RecordKind::kPosting, key, EncodePosting(term, number, ranks));
  };
  return postings_.Finish(ordering, put);
}

void IndexBuilder::TellWhatIsLeftOut() {
  for (const auto& [frame, count] : left_out_) {
    AddProblem({.severity = Problem::Severity::kError,
                .frame = std::string(frames_.Name(frame)),
                .reason = absl::StrCat(count, " shapes are left out: those of one frame have ",
                                       options_.frame_bytes, " bytes of memory")});
  }
  without_label_.Flush(*this);
}

absl::Status IndexBuilder::WriteProblems(PartWriter& out) {
  TellWhatIsLeftOut();
  if (std::optional<std::string> unlisted = postings_.Unlisted()) {
    AddProblem({.reason = *std::move(unlisted)});
  }
  RETURN_IF_ERROR(status_);
  return problems_.Take([&out](uint32_t number, absl::string_view record) {
    return out.Put(RecordKind::kProblem, Key32(number), record);
  });
}

}  // namespace annofs

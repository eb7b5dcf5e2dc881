#include "formats/dataset_copy.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/attribute_terms.h"
#include "formats/copy_filter.h"
#include "formats/copy_labels.h"
#include "formats/copy_lists.h"

namespace annofs {
namespace {

constexpr uint32_t kLeftOut = UINT32_MAX;

std::vector<const DatasetInfo*> InfosOf(const std::vector<const Dataset*>& parts) {
  std::vector<const DatasetInfo*> infos;
  for (const Dataset* part : parts) infos.push_back(&part->info());
  return infos;
}

// Which shapes of a frame stay.
struct Kept {
  std::vector<bool> tags, shapes, outside;
  uint64_t count = 0;  // tags and shapes
};

class Copier {
 public:
  Copier(const std::vector<const Dataset*>& parts, const DatasetConfig& config,
         const std::vector<std::vector<std::string>>& lists, DatasetSink& sink,
         CopyCounts& left_out)
      : parts_(parts),
        config_(config),
        sink_(sink),
        left_out_(left_out),
        labels_(InfosOf(parts), config.labels, problems_),
        filter_(config.where),
        lists_(config.lists, lists) {}

  absl::Status Run() {
    AddTasks();
    for (const Label& label : labels_.labels()) sink_.AddLabel(label);
    AddJobs();
    for (part_ = 0; part_ < parts_.size(); ++part_) RETURN_IF_ERROR(CopyPart());
    TellOfConfiguration();
    return absl::OkStatus();
  }

 private:
  void AddTasks() {
    for (const Dataset* part : parts_) {
      std::vector<Task> tasks = part->info().tasks;
      if (tasks.size() < TasksInCopy(*part, parts_.size())) {
        tasks.push_back({.name = part->info().name});
      }
      task_offsets_.push_back(task_count_);
      for (Task& task : tasks) sink_.AddTask(std::move(task));
      task_count_ += uint32_t(tasks.size());
    }
  }

  void AddJobs() {
    for (size_t part = 0; part < parts_.size(); ++part) {
      std::vector<uint32_t>& numbers = jobs_.emplace_back();
      for (Job job : parts_[part]->info().jobs) {
        job.task += task_offsets_[part];
        numbers.push_back(sink_.AddJob(std::move(job)));
      }
    }
  }

  absl::Status CopyPart() {
    const Dataset& data = *parts_[part_];
    RETURN_IF_ERROR(filter_.Begin(data));
    if (config_.frames == FramesKept::kAnnotated) {
      ASSIGN_OR_RETURN(completed_, FramesOfJobs(data, {"completed"}, {}));
    }
    RETURN_IF_ERROR(FindDividing(data));
    const bool has_sets = !jobs_[part_].empty() || !dividing_.empty();
    frame_numbers_.assign(has_sets ? data.frame_count() : 0, kLeftOut);
    absl::Status status;
    RETURN_IF_ERROR(data.ForEachInOrder(0, [&](uint32_t, Rank rank) {
      status = CopyFrame(data, rank);
      return status.ok();
    }));
    RETURN_IF_ERROR(status);
    RETURN_IF_ERROR(FillJobs(data));
    RETURN_IF_ERROR(FillParts(data));
    return CopyProblems(data);
  }

  absl::Status FindDividing(const Dataset& data) {
    dividing_.clear();
    if (!config_.lists.empty()) return absl::OkStatus();
    return data.Terms(FrameTerm::FirstOf(FrameTerm::Kind::kPart), [this](const FrameTerm& term) {
      dividing_.push_back(term);
      return true;
    });
  }

  absl::Status CopyFrame(const Dataset& data, Rank rank) {
    ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
    ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
    filter_.BeginFrame(rank, frame);
    const std::optional<size_t> list = lists_.Find(frame.name);
    Choose(all);
    const uint64_t count = all.tags.size() + all.shapes.size();
    if (!IsKept(rank)) {
      ++left_out_.frames;
      left_out_.shapes += count;
      return absl::OkStatus();
    }
    left_out_.shapes += count - kept_.count;
    frame.task += task_offsets_[part_];
    NameSource(frame);
    ASSIGN_OR_RETURN(const uint32_t number, sink_.AddFrame(std::move(frame)));
    if (!frame_numbers_.empty()) frame_numbers_[rank] = number;
    if (list) RETURN_IF_ERROR(sink_.AddToPart(config_.lists[*list].part, number));
    return AddShapes(number, all);
  }

  void Choose(const FrameShapes& all) {
    kept_.count = 0;
    auto choose = [this](const std::vector<Shape>& shapes, std::vector<bool>& kept) {
      kept.resize(shapes.size());
      for (size_t i = 0; i < shapes.size(); ++i) {
        kept[i] = labels_.Find(part_, shapes[i].label).has_value() && filter_.Keeps(shapes[i]);
      }
    };
    choose(all.tags, kept_.tags);
    choose(all.shapes, kept_.shapes);
    choose(all.outside, kept_.outside);
    for (const std::vector<bool>* kept : {&kept_.tags, &kept_.shapes}) {
      kept_.count += uint64_t(std::count(kept->begin(), kept->end(), true));
    }
  }

  bool IsKept(Rank rank) const {
    switch (config_.frames) {
      case FramesKept::kAnnotated:
        return kept_.count > 0 || completed_.Contains(rank);
      case FramesKept::kLabelled:
        return kept_.count > 0;
      case FramesKept::kAll:
        break;
    }
    return true;
  }

  void NameSource(Frame& frame) const {
    if (frame.inner) frame.inner->source = uint32_t(part_);
    for (std::optional<InnerMedia>& related : frame.related_inner) {
      if (related) related->source = uint32_t(part_);
    }
  }

  // As a reader pushes them: static shapes before they were sorted by z order.
  absl::Status AddShapes(uint32_t number, FrameShapes& all) {
    for (size_t i = 0; i < all.tags.size(); ++i) {
      if (kept_.tags[i]) RETURN_IF_ERROR(AddShape(number, all.tags[i]));
    }
    for (uint32_t i : all.source_order) {
      if (kept_.shapes[i]) RETURN_IF_ERROR(AddShape(number, all.shapes[i]));
    }
    for (size_t i = 0; i < all.shapes.size(); ++i) {
      const bool is_added = !all.source_order.empty() && all.shapes[i].track < 0;
      if (kept_.shapes[i] && !is_added) RETURN_IF_ERROR(AddShape(number, all.shapes[i]));
    }
    for (size_t i = 0; i < all.outside.size(); ++i) {
      if (kept_.outside[i]) RETURN_IF_ERROR(AddShape(number, all.outside[i]));
    }
    return absl::OkStatus();
  }

  absl::Status AddShape(uint32_t frame, Shape& shape) {
    labels_.Relabel(part_, shape, lost_elements_);
    return sink_.AddShape(frame, std::move(shape));
  }

  absl::Status FillJobs(const Dataset& data) {
    for (uint32_t i = 0; i < jobs_[part_].size(); ++i) {
      RETURN_IF_ERROR(ForEachFrame(data, FrameTerm::OfJob(i), [&](uint32_t number) {
        return sink_.AddToJob(jobs_[part_][i], number);
      }));
    }
    return absl::OkStatus();
  }

  // As the dataset is divided already, if it is.
  absl::Status FillParts(const Dataset& data) {
    for (const FrameTerm& term : dividing_) {
      RETURN_IF_ERROR(ForEachFrame(
          data, term, [&](uint32_t number) { return sink_.AddToPart(term.text, number); }));
    }
    return absl::OkStatus();
  }

  // Those of the copy.
  absl::Status ForEachFrame(const Dataset& data, const FrameTerm& term,
                            absl::FunctionRef<absl::Status(uint32_t number)> fn) const {
    ASSIGN_OR_RETURN(const RankSet ranks, data.With(term));
    absl::Status status;
    ranks.ForEach(0, [&](Rank rank) {
      const uint32_t number = rank < frame_numbers_.size() ? frame_numbers_[rank] : kLeftOut;
      if (number != kLeftOut) status = fn(number);
      return status.ok();
    });
    return status;
  }

  // What terms the copy has not it says itself.
  absl::Status CopyProblems(const Dataset& data) {
    ASSIGN_OR_RETURN(std::vector<Problem> problems, data.Problems());
    for (Problem& problem : problems) {
      if (!AttributeTerms::IsUnlisted(problem.reason)) sink_.AddProblem(std::move(problem));
    }
    return absl::OkStatus();
  }

  void TellOfConfiguration() {
    if (lost_elements_ > 0) {
      problems_.push_back({.reason = absl::StrCat(lost_elements_,
                                                  " elements of skeletons have a label that is "
                                                  "left out, and is none of their skeleton's")});
    }
    for (std::vector<Problem> more : {filter_.Unused(), lists_.Problems()}) {
      for (Problem& problem : more) problems_.push_back(std::move(problem));
    }
    for (Problem& problem : problems_) sink_.AddProblem(std::move(problem));
  }

  const std::vector<const Dataset*>& parts_;
  const DatasetConfig& config_;
  DatasetSink& sink_;
  CopyCounts& left_out_;
  std::vector<Problem> problems_;  // with the configuration
  const CopiedLabels labels_;
  CopyFilter filter_;
  CopyLists lists_;

  uint32_t task_count_ = 0;
  std::vector<uint32_t> task_offsets_;       // by part
  std::vector<std::vector<uint32_t>> jobs_;  // by part and job: the sink's number
  uint64_t lost_elements_ = 0;

  size_t part_ = 0;                      // that is being copied
  RankSet completed_;                    // frames of it
  std::vector<FrameTerm> dividing_;      // that it has been divided by
  std::vector<uint32_t> frame_numbers_;  // by rank: the sink's; empty where nothing wants them
  Kept kept_;
};

}  // namespace

absl::Status CopyDatasets(const std::vector<const Dataset*>& parts, const DatasetConfig& config,
                          const std::vector<std::vector<std::string>>& lists, DatasetSink& sink,
                          CopyCounts& left_out) {
  return Copier(parts, config, lists, sink, left_out).Run();
}

}  // namespace annofs

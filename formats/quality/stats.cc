#include "formats/quality/stats.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/quality/stats_classes.h"
#include "formats/split.h"

namespace annofs {
namespace {

constexpr uint32_t kProgressFrames = 4096;
constexpr char kOthers[] = "others";

class Counting {
 public:
  Counting(const Dataset& data, CountProgress progress) : data_(data), progress_(progress) {}

  absl::StatusOr<DatasetStats> Run() {
    RETURN_IF_ERROR(CountSets());
    CountTasks();
    RETURN_IF_ERROR(CountJobs());
    RETURN_IF_ERROR(CountSubsets());
    RETURN_IF_ERROR(CountParts());
    RETURN_IF_ERROR(CountFrames());
    RETURN_IF_ERROR(CountTracks());
    return std::move(stats_);
  }

 private:
  absl::Status CountSets() {
    stats_.name = data_.info().name;
    stats_.id = data_.info().id;
    stats_.frames = data_.frame_count();
    ASSIGN_OR_RETURN(images_, data_.WithMedia());
    ASSIGN_OR_RETURN(bare_, data_.WithoutLabels());
    stats_.with_image = images_.size();
    stats_.without_annotations = bare_.size();
    ASSIGN_OR_RETURN(const std::vector<Problem> problems, data_.Problems());
    stats_.problems = problems.size();
    for (const Problem& problem : problems) {
      if (problem.severity != Problem::Severity::kError) continue;
      if (stats_.errors++ == 0)
        stats_.first_error = absl::StrCat(problem.source, ": ", problem.reason);
    }
    return absl::OkStatus();
  }

  void CountTasks() {
    stats_.tasks = data_.info().tasks.size();
    for (const Task& task : data_.info().tasks) {
      stats_.video_tasks += task.is_video ? 1 : 0;
      stats_.point_cloud_tasks += task.is_3d ? 1 : 0;
    }
  }

  // A group at a time, so that the frames of one are in memory only.
  absl::Status CountJobs() {
    const std::vector<Job>& jobs = data_.info().jobs;
    stats_.jobs = jobs.size();
    std::vector<uint32_t> order(jobs.size());
    std::iota(order.begin(), order.end(), 0);
    auto key = [&jobs](uint32_t job) {
      return std::tie(jobs[job].kind, jobs[job].stage, jobs[job].state);
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
    for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
      RankCollector frames;
      for (end = begin; end < order.size(); ++end) {
        if (stats_.job_groups.size() + 1 < kMaxGroups && key(order[end]) != key(order[begin]))
          break;
        ASSIGN_OR_RETURN(const RankSet of_job, data_.With(FrameTerm::OfJob(order[end])));
        frames.AddAll(of_job);
      }
      const Job& first = jobs[order[begin]];
      JobGroup group{.kind = first.kind, .stage = first.stage, .state = first.state};
      if (key(order[end - 1]) != key(order[begin])) group.stage = kOthers, group.state = kOthers;
      group.jobs = end - begin;
      group.frames = frames.Take().size();
      stats_.job_groups.push_back(std::move(group));
    }
    return absl::OkStatus();
  }

  FrameGroup GroupOf(std::string name, const RankSet& frames) const {
    return {.name = std::move(name),
            .frames = frames.size(),
            .with_image = Intersect(frames, images_).size(),
            .annotated = Without(frames, bare_).size()};
  }

  static void AddGroup(FrameGroup group, std::vector<FrameGroup>& groups) {
    if (groups.size() < kMaxGroups) {
      groups.push_back(std::move(group));
      return;
    }
    FrameGroup& others = groups.back();
    others.name = kOthers;
    others.frames += group.frames;
    others.with_image += group.with_image;
    others.annotated += group.annotated;
  }

  absl::Status CountSubsets() {
    ASSIGN_OR_RETURN(const std::vector<std::string> subsets, data_.Subsets());
    for (const std::string& subset : subsets) {
      ASSIGN_OR_RETURN(const RankSet frames, data_.InSubset(subset));
      AddGroup(GroupOf(subset, frames), stats_.subsets);
    }
    return absl::OkStatus();
  }

  absl::Status CountParts() {
    ASSIGN_OR_RETURN(stats_.split, DescribeSplit(data_));
    ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data_));
    masks_.resize(data_.frame_count());
    const size_t last = DatasetStats::kMaxStacked - 1;
    for (size_t i = 0; i < parts.size(); ++i) {
      AddGroup(GroupOf(parts[i].name, parts[i].frames), stats_.parts);
      const size_t slot = std::min(i, last);
      if (i <= last) stats_.stacked.push_back(parts[i].name);
      parts[i].frames.ForEach(0, [&](Rank rank) {
        masks_[rank] = PartMask(masks_[rank] | PartMask(1 << slot));
        return true;
      });
    }
    if (parts.size() > DatasetStats::kMaxStacked) stats_.stacked.back() = kOthers;
    return absl::OkStatus();
  }

  absl::Status CountFrames() {
    ClassCounter classes(data_.info(), stats_.stacked.size(), room_);
    for (Rank rank = 0; rank < data_.frame_count(); ++rank) {
      if (rank % kProgressFrames == 0) RETURN_IF_ERROR(progress_(rank));
      ASSIGN_OR_RETURN(const Frame frame, data_.GetFrame(rank));
      ASSIGN_OR_RETURN(const FrameShapes all, data_.Shapes(rank));
      CountFrame(frame, all);
      classes.CountFrame(rank, frame, all, masks_[rank]);
    }
    classes.MoveTo(stats_);
    return absl::OkStatus();
  }

  void CountFrame(const Frame& frame, const FrameShapes& all) {
    stats_.with_shapes += all.shapes.empty() ? 0 : 1;
    stats_.with_tags += all.tags.empty() ? 0 : 1;
    stats_.objects_per_frame.Add(all.shapes.size());
    if (frame.width == 0 || frame.height == 0) {
      ++stats_.without_size;
    } else {
      stats_.image_sizes.Add(absl::StrCat(frame.width, "x", frame.height), room_);
    }
  }

  // The lists of the index know them; some at a time, since they are asked for each.
  absl::Status CountTracks() {
    constexpr size_t kBatch = 4096;
    FrameTerm from = FrameTerm::FirstOf(FrameTerm::Kind::kTrack);
    for (bool is_first = true;; is_first = false) {
      std::vector<FrameTerm> terms;
      RETURN_IF_ERROR(data_.Terms(from, [&](const FrameTerm& term) {
        if (is_first || !(term == from)) terms.push_back(term);
        return terms.size() < kBatch;
      }));
      if (terms.empty()) return absl::OkStatus();
      for (const FrameTerm& term : terms) RETURN_IF_ERROR(CountTrack(term));
      RETURN_IF_ERROR(progress_(data_.frame_count()));
      from = terms.back();
    }
  }

  absl::Status CountTrack(const FrameTerm& term) {
    ASSIGN_OR_RETURN(const RankSet frames, data_.With(term));
    ++stats_.tracks;
    stats_.track_lengths.Add(frames.size());
    if (term.label < stats_.classes.size()) ++stats_.classes[term.label].tracks;
    return absl::OkStatus();
  }

  const Dataset& data_;
  CountProgress progress_;
  DatasetStats stats_;
  ValueRoom room_;
  RankSet images_, bare_;        // frames with an image; without annotations
  std::vector<PartMask> masks_;  // by rank
};

uint64_t Sum(const std::array<uint64_t, kShapeTypeCount>& by_type) {
  return std::accumulate(by_type.begin(), by_type.end(), uint64_t{0});
}

}  // namespace

absl::string_view JobKindName(Job::Kind kind) {
  switch (kind) {
    case Job::Kind::kGroundTruth:
      return "ground truth";
    case Job::Kind::kReplica:
      return "replica";
    case Job::Kind::kAnnotation:
      break;
  }
  return "annotation";
}

void ShapeFlags::Add(const Shape& shape) {
  occluded += shape.occluded ? 1 : 0;
  outside += shape.outside ? 1 : 0;
  rotated += shape.rotation != 0 ? 1 : 0;
  tracked += shape.track >= 0 ? 1 : 0;
  keyframes += shape.keyframe ? 1 : 0;
  grouped += shape.group != 0 ? 1 : 0;
}

void ShapeFlags::AddAll(const ShapeFlags& other) {
  occluded += other.occluded;
  outside += other.outside;
  rotated += other.rotated;
  tracked += other.tracked;
  keyframes += other.keyframes;
  grouped += other.grouped;
}

uint64_t ClassStats::annotations() const { return Sum(by_type); }
uint64_t DatasetStats::annotations() const { return Sum(by_type); }

absl::StatusOr<DatasetStats> CountDataset(const Dataset& data, CountProgress progress) {
  return Counting(data, progress).Run();
}

}  // namespace annofs

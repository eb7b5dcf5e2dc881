#include "formats/memory_dataset.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/attribute_terms.h"
#include "formats/missing_image.h"
#include "formats/problem_kinds.h"
#include "formats/related_media.h"

namespace annofs {
namespace {

struct FrameRecord {
  Frame frame;
  FrameNames names;
  FrameShapes shapes;
  std::optional<Media> media;
  std::vector<RelatedMedia> related;
  std::vector<uint32_t> jobs;
  std::vector<std::string> parts;
};

class ProblemList {
 public:
  explicit ProblemList(const ProblemLimits& limits = {}) : kinds_(limits) {}

  void Add(Problem problem) {
    if (kinds_.Add(problem)) problems_.push_back(std::move(problem));
  }
  void MoveTo(std::vector<Problem>& all) {
    for (Problem& problem : problems_) all.push_back(std::move(problem));
    for (Problem& problem : kinds_.Rest()) all.push_back(std::move(problem));
  }

 private:
  ProblemKinds kinds_;
  std::vector<Problem> problems_;
};

struct Posting {
  FrameTerm term;
  RankSet ranks;
};

class MemoryDataset : public Dataset {
 public:
  const DatasetInfo& info() const override { return info_; }
  uint32_t frame_count() const override { return uint32_t(frames_.size()); }
  absl::StatusOr<Frame> GetFrame(Rank rank) const override { return frames_[rank].frame; }
  absl::StatusOr<FrameNames> Names(Rank rank) const override { return frames_[rank].names; }
  absl::StatusOr<FrameShapes> Shapes(Rank rank) const override { return frames_[rank].shapes; }
  absl::StatusOr<std::optional<Media>> GetMedia(Rank rank) const override {
    return frames_[rank].media;
  }

  absl::StatusOr<std::vector<RelatedMedia>> Related(Rank rank) const override {
    return frames_[rank].related;
  }
  absl::StatusOr<RankSet> WithRelated(uint32_t number) const override {
    RankCollector ranks;
    for (Rank rank = 0; rank < frames_.size(); ++rank) {
      if (frames_[rank].related.size() > number) ranks.Add(rank);
    }
    return ranks.Take();
  }

  absl::StatusOr<Rank> InOrder(uint32_t position) const override { return in_order_[position]; }
  absl::StatusOr<uint32_t> PositionOf(Rank rank) const override { return positions_[rank]; }
  bool IsInOrder() const override { return is_in_order_; }

  absl::StatusOr<std::optional<Rank>> FindPath(absl::string_view path) const override {
    return FindIn(paths_, path);
  }
  absl::StatusOr<std::optional<Rank>> FindSidecar(absl::string_view sidecar) const override {
    return FindIn(sidecars_, sidecar);
  }
  absl::StatusOr<std::optional<Rank>> FindStem(absl::string_view stem) const override {
    return FindIn(stems_, stem);
  }

  uint32_t directory_count() const override { return uint32_t(directories_.size()); }
  absl::StatusOr<FrameDirectory> Directory(uint32_t number) const override {
    return directories_[number];
  }
  absl::StatusOr<std::optional<uint32_t>> FindDirectory(absl::string_view path) const override {
    return FindIn(directory_numbers_, path);
  }

  absl::StatusOr<RankSet> With(const FrameTerm& term) const override {
    if (term.value.size() > kMaxTermValue) return RankSet();
    auto found = terms_.find(TermKey(term));
    return found == terms_.end() ? RankSet() : found->second.ranks;
  }
  absl::StatusOr<RankSet> WithMedia() const override { return with_media_; }
  absl::Status Terms(const FrameTerm& from,
                     absl::FunctionRef<bool(const FrameTerm&)> fn) const override {
    auto it = terms_.lower_bound(TermKey(from));
    for (; it != terms_.end() && it->second.term.kind == from.kind; ++it) {
      if (!fn(it->second.term)) break;
    }
    return absl::OkStatus();
  }
  absl::StatusOr<uint32_t> TermCount(FrameTerm::Kind kind) const override {
    return uint32_t(numbered_[size_t(kind)].size());
  }
  absl::StatusOr<std::optional<uint32_t>> TermNumber(const FrameTerm& term) const override {
    std::optional<uint32_t> number;
    if (term.value.size() > kMaxTermValue) return number;
    const std::string key = TermKey(term);
    const std::vector<TermIterator>& terms = numbered_[size_t(term.kind)];
    auto found =
        std::lower_bound(terms.begin(), terms.end(), key,
                         [](TermIterator a, const std::string& b) { return a->first < b; });
    if (found != terms.end() && (*found)->first == key) number = uint32_t(found - terms.begin());
    return number;
  }
  absl::StatusOr<std::optional<FrameTerm>> TermAt(FrameTerm::Kind kind,
                                                  uint32_t number) const override {
    const std::vector<TermIterator>& terms = numbered_[size_t(kind)];
    if (number >= terms.size()) return std::optional<FrameTerm>();
    return std::optional(terms[number]->second.term);
  }
  absl::StatusOr<std::vector<Problem>> Problems() const override { return problems_; }

 private:
  friend class annofs::DatasetBuilder;
  friend class Assembler;

  using Numbers = absl::flat_hash_map<std::string, uint32_t>;
  using TermIterator = std::map<std::string, Posting>::const_iterator;
  static std::optional<uint32_t> FindIn(const Numbers& numbers, absl::string_view name) {
    auto found = numbers.find(name);
    if (found == numbers.end()) return std::nullopt;
    return found->second;
  }

  DatasetInfo info_;
  std::vector<FrameRecord> frames_;  // by rank
  std::vector<Rank> in_order_;       // by position
  std::vector<uint32_t> positions_;  // by rank
  bool is_in_order_ = true;
  std::vector<FrameDirectory> directories_;
  Numbers paths_, sidecars_, stems_, directory_numbers_;
  std::map<std::string, Posting> terms_;  // by TermKey
  std::array<std::vector<TermIterator>, kTermKindCount> numbered_;
  RankSet with_media_;
  std::vector<Problem> problems_;
};

// Fills a MemoryDataset from what was pushed.
class Assembler {
 public:
  explicit Assembler(MemoryDataset& dataset) : dataset_(dataset) {}

  void Order(std::vector<FrameRecord> pushed, StemStyle stems) {
    std::vector<std::string> names;
    names.reserve(pushed.size());
    for (const FrameRecord& record : pushed) names.push_back(record.frame.name);
    FrameOrder order = OrderFrames(names, stems);
    MakePositions(pushed, order.frame_of_rank);
    dataset_.frames_.reserve(pushed.size());
    for (Rank rank = 0; rank < pushed.size(); ++rank) {
      FrameRecord& record = pushed[order.frame_of_rank[rank]];
      record.names = std::move(order.names[rank]);
      SortShapes(record.shapes);
      dataset_.frames_.push_back(std::move(record));
    }
    dataset_.directories_ = std::move(order.directories);
  }

  void IndexNames() {
    for (Rank rank = 0; rank < dataset_.frames_.size(); ++rank) {
      const FrameNames& names = dataset_.frames_[rank].names;
      dataset_.paths_[names.path] = rank;
      dataset_.sidecars_[std::string(names.sidecar())] = rank;
      dataset_.stems_[names.stem] = rank;
    }
    for (uint32_t i = 0; i < dataset_.directories_.size(); ++i) {
      dataset_.directory_numbers_[dataset_.directories_[i].path] = i;
    }
  }

  void MakeSets(ProblemList& problems) {
    dataset_.info_.label_counts.resize(dataset_.info_.labels.size());
    RankCollector media;
    for (Rank rank = 0; rank < dataset_.frames_.size(); ++rank) {
      const FrameRecord& record = dataset_.frames_[rank];
      if (record.media) media.Add(rank);
      Add(FrameTerm::OfTask(record.frame.task), rank);
      Add(FrameTerm::OfSubset(record.frame.subset), rank);
      for (uint32_t job : record.jobs) Add(FrameTerm::OfJob(job), rank);
      for (const std::string& part : record.parts) Add(FrameTerm::OfPart(part), rank);
      AddShapes(record, rank);
    }
    dataset_.with_media_ = media.Take();
    TakeTerms();
    std::optional<std::string> unlisted = attributes_.Unlisted();
    if (unlisted) problems.Add({.reason = *std::move(unlisted)});
  }

  absl::Status FindMedia(const DatasetBuilder::MediaFinder& find, ProblemList& problems) {
    if (!find) return absl::OkStatus();
    for (FrameRecord& record : dataset_.frames_) {
      ASSIGN_OR_RETURN(record.media, find(record.frame));
      if (record.media) continue;
      problems.Add({.frame = record.frame.name, .reason = std::string(kNoImageOfThatName)});
    }
    return absl::OkStatus();
  }

  absl::Status FindRelated(const DatasetBuilder::RelatedFinder& find) {
    if (!find) return absl::OkStatus();
    for (FrameRecord& record : dataset_.frames_) {
      for (uint32_t number : RelatedInOrder(record.frame)) {
        const std::string& name = record.frame.related[number];
        ASSIGN_OR_RETURN(std::optional<Media> media, find(record.frame, name));
        if (media) record.related.push_back({name, *std::move(media)});
      }
    }
    return absl::OkStatus();
  }

 private:
  static void SortShapes(FrameShapes& frame) {
    std::stable_sort(frame.outside.begin(), frame.outside.end(),
                     [](const Shape& a, const Shape& b) { return a.track < b.track; });
    // Static shapes have track -1: they come first.
    auto is_before = [](const Shape& a, const Shape& b) {
      return std::pair(a.z_order, a.track) < std::pair(b.z_order, b.track);
    };
    std::vector<Shape>& shapes = frame.shapes;
    if (std::is_sorted(shapes.begin(), shapes.end(), is_before)) return;
    std::vector<uint32_t> order(shapes.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return is_before(shapes[a], shapes[b]); });
    std::vector<Shape> sorted;
    sorted.reserve(shapes.size());
    std::vector<uint32_t> place_of(shapes.size());
    for (uint32_t i = 0; i < order.size(); ++i) {
      place_of[order[i]] = i;
      sorted.push_back(std::move(shapes[order[i]]));
    }
    shapes = std::move(sorted);
    std::erase_if(place_of, [&](uint32_t place) { return shapes[place].track >= 0; });
    if (!std::is_sorted(place_of.begin(), place_of.end())) {
      frame.source_order = std::move(place_of);
    }
  }

  void MakePositions(const std::vector<FrameRecord>& pushed, const std::vector<uint32_t>& frames) {
    std::vector<Rank>& in_order = dataset_.in_order_;
    in_order.resize(frames.size());
    std::iota(in_order.begin(), in_order.end(), 0);
    std::sort(in_order.begin(), in_order.end(), [&](Rank a, Rank b) {
      const Frame &one = pushed[frames[a]].frame, &other = pushed[frames[b]].frame;
      return std::tuple(one.task, one.number, frames[a]) <
             std::tuple(other.task, other.number, frames[b]);
    });
    dataset_.positions_.resize(frames.size());
    for (uint32_t i = 0; i < in_order.size(); ++i) dataset_.positions_[in_order[i]] = i;
    dataset_.is_in_order_ = std::is_sorted(in_order.begin(), in_order.end());
  }

  struct Collected {
    FrameTerm term;
    RankCollector ranks;
  };

  void Add(FrameTerm term, Rank rank) {
    std::string key = TermKey(term);
    Collected& found = collected_[std::move(key)];
    if (found.ranks.empty()) found.term = std::move(term);
    found.ranks.Add(rank);
  }

  void AddShapes(const FrameRecord& record, Rank rank) {
    const FrameShapes& shapes = record.shapes;
    for (const Shape& tag : shapes.tags) AddShape(record.frame.task, tag, rank);
    for (const Shape& shape : shapes.shapes) AddShape(record.frame.task, shape, rank);
    for (const Shape& shape : shapes.outside) {
      Add(FrameTerm::OfOutside(shape.label, record.frame.task, shape.track), rank);
    }
    if (shapes.tags.empty() && shapes.shapes.empty()) Add(FrameTerm::WithoutLabel(), rank);
  }

  void AddShape(uint32_t task, const Shape& shape, Rank rank) {
    ++dataset_.info_.shape_counts[size_t(shape.type)];
    ++dataset_.info_.label_counts[shape.label][size_t(shape.type)];
    TermsOfShape(task, shape, [&](const ShapeTerm& term) {
      const bool is_listed = term.kind != FrameTerm::Kind::kAttribute ||
                             attributes_.Add(term.number, term.text, term.value);
      if (is_listed) Add(term.Copy(), rank);
    });
  }

  void TakeTerms() {
    for (auto& [key, collected] : collected_) {
      const FrameTerm& term = collected.term;
      const bool is_listed =
          term.kind != FrameTerm::Kind::kAttribute || attributes_.IsListed(term.number, term.text);
      if (!is_listed) continue;
      dataset_.terms_[key] = {.term = term, .ranks = collected.ranks.Take()};
    }
    for (auto it = dataset_.terms_.cbegin(); it != dataset_.terms_.cend(); ++it) {
      dataset_.numbered_[size_t(it->second.term.kind)].push_back(it);
    }
  }

  AttributeTerms attributes_;
  std::map<std::string, Collected> collected_;  // by TermKey
  MemoryDataset& dataset_;
};

}  // namespace

struct DatasetBuilder::State {
  explicit State(StemStyle stems) : stems(stems) {}

  StemStyle stems;
  DatasetInfo info;
  std::vector<Task> tasks;
  std::vector<Label> labels;
  std::vector<Job> jobs;
  std::vector<FrameRecord> frames;
  ProblemList problems;
};

DatasetBuilder::DatasetBuilder(StemStyle stems) : state_(std::make_unique<State>(stems)) {}
DatasetBuilder::~DatasetBuilder() = default;

uint32_t DatasetBuilder::AddTask(Task task) {
  state_->tasks.push_back(std::move(task));
  return uint32_t(state_->tasks.size() - 1);
}

uint32_t DatasetBuilder::AddLabel(Label label) {
  state_->labels.push_back(std::move(label));
  return uint32_t(state_->labels.size() - 1);
}

void DatasetBuilder::SpecifyAttributes(uint32_t label, std::vector<AttributeSpec> attributes) {
  if (label >= state_->labels.size()) return;
  SpecifyAttributesOf(state_->labels[label], std::move(attributes));
}

absl::StatusOr<uint32_t> DatasetBuilder::AddFrame(Frame frame) {
  if (frame.task >= std::max<size_t>(state_->tasks.size(), 1)) {
    return absl::InternalError(
        absl::StrCat("frame '", frame.name, "' of a task that was not added"));
  }
  state_->frames.push_back({.frame = std::move(frame)});
  return uint32_t(state_->frames.size() - 1);
}

uint32_t DatasetBuilder::AddJob(Job job) {
  state_->jobs.push_back(std::move(job));
  return uint32_t(state_->jobs.size() - 1);
}

absl::Status DatasetBuilder::AddToJob(uint32_t job, uint32_t frame) {
  if (frame >= state_->frames.size() || job >= state_->jobs.size()) {
    return absl::InternalError("a frame or job that was not added");
  }
  state_->frames[frame].jobs.push_back(job);
  return absl::OkStatus();
}

absl::Status DatasetBuilder::AddToPart(absl::string_view part, uint32_t frame) {
  if (frame >= state_->frames.size()) return absl::InternalError("a frame that was not added");
  state_->frames[frame].parts.emplace_back(part);
  return absl::OkStatus();
}

absl::Status DatasetBuilder::AddShape(uint32_t frame, Shape shape) {
  if (frame >= state_->frames.size() || shape.label >= state_->labels.size()) {
    return absl::InternalError("a shape of a frame or label that was not added");
  }
  FrameShapes& shapes = state_->frames[frame].shapes;
  std::vector<Shape>& list = shape.type == ShapeType::kTag ? shapes.tags
                             : IsOutsideKeyframe(shape)    ? shapes.outside
                                                           : shapes.shapes;
  list.push_back(std::move(shape));
  return absl::OkStatus();
}

void DatasetBuilder::AddProblem(Problem problem) { state_->problems.Add(std::move(problem)); }

void DatasetBuilder::SetInfo(DatasetInfo info) { state_->info = std::move(info); }

absl::StatusOr<std::unique_ptr<Dataset>> DatasetBuilder::Finish(const MediaFinder& media,
                                                                const RelatedFinder& related) {
  State pushed = std::exchange(*state_, State(state_->stems));
  auto dataset = std::make_unique<MemoryDataset>();
  dataset->info_ = std::move(pushed.info);
  dataset->info_.tasks = std::move(pushed.tasks);
  dataset->info_.labels = std::move(pushed.labels);
  dataset->info_.jobs = std::move(pushed.jobs);
  Assembler assembler(*dataset);
  assembler.Order(std::move(pushed.frames), pushed.stems);
  assembler.IndexNames();
  ProblemList of_media(kMediaProblemLimits);
  RETURN_IF_ERROR(assembler.FindMedia(media, of_media));
  RETURN_IF_ERROR(assembler.FindRelated(related));
  assembler.MakeSets(pushed.problems);
  pushed.problems.MoveTo(dataset->problems_);
  of_media.MoveTo(dataset->problems_);
  return std::unique_ptr<Dataset>(std::move(dataset));
}

}  // namespace annofs

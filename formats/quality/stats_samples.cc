#include "formats/quality/stats_samples.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr size_t kCandidates = 24;  // frames that are looked at for one class
constexpr size_t kCrowd = 60;       // objects that are many on one picture

class Choosing {
 public:
  Choosing(const Dataset& data, absl::FunctionRef<absl::StatusOr<bool>(Rank)> can_show,
           const SampleOptions& options)
      : data_(data), can_show_(can_show), options_(options), seen_(data.info().labels.size()) {}

  absl::StatusOr<std::vector<Rank>> Run() {
    ASSIGN_OR_RETURN(const std::vector<uint32_t> labels, RarestFirst());
    for (uint32_t label : labels) {
      if (chosen_.size() >= options_.most) break;
      if (seen_[label]) continue;
      ASSIGN_OR_RETURN(const RankSet frames, data_.WithLabel(label));
      RETURN_IF_ERROR(ChooseOf(frames, kCandidates));
    }
    RETURN_IF_ERROR(FillUp());
    return std::move(chosen_);
  }

 private:
  absl::StatusOr<std::vector<uint32_t>> RarestFirst() {
    std::vector<std::pair<size_t, uint32_t>> labels;
    for (uint32_t label = 0; label < seen_.size(); ++label) {
      ASSIGN_OR_RETURN(const RankSet frames, data_.WithLabel(label));
      if (!frames.empty()) labels.emplace_back(frames.size(), label);
    }
    std::sort(labels.begin(), labels.end());
    std::vector<uint32_t> order;
    for (const auto& [frames, label] : labels) order.push_back(label);
    return order;
  }

  struct Candidate {
    Rank rank = 0;
    std::vector<uint32_t> labels;
    bool can_show = false, is_crowded = false;
    size_t news = 0;  // labels that are not seen yet

    auto Worth() const { return std::tuple(can_show, news, !is_crowded); }
  };

  absl::StatusOr<Candidate> Look(Rank rank) {
    Candidate candidate{.rank = rank};
    ASSIGN_OR_RETURN(candidate.can_show, can_show_(rank));
    ASSIGN_OR_RETURN(const FrameShapes all, data_.Shapes(rank));
    for (const Shape& tag : all.tags) candidate.labels.push_back(tag.label);
    for (const Shape& shape : all.shapes) candidate.labels.push_back(shape.label);
    std::sort(candidate.labels.begin(), candidate.labels.end());
    candidate.labels.erase(std::unique(candidate.labels.begin(), candidate.labels.end()),
                           candidate.labels.end());
    candidate.news = size_t(std::count_if(candidate.labels.begin(), candidate.labels.end(),
                                          [this](uint32_t label) { return !seen_[label]; }));
    candidate.is_crowded = all.shapes.size() > kCrowd;
    return candidate;
  }

  // The best of some frames that lie evenly in the set.
  absl::Status ChooseOf(const RankSet& frames, size_t candidates) {
    candidates = std::min(candidates, frames.size());
    std::optional<Candidate> best;
    for (size_t i = 0; i < candidates; ++i) {
      const Rank rank = frames[frames.size() * i / candidates];
      if (IsChosen(rank)) continue;
      ASSIGN_OR_RETURN(Candidate candidate, Look(rank));
      if (!best || candidate.Worth() > best->Worth()) best = std::move(candidate);
    }
    if (!best) return absl::OkStatus();
    for (uint32_t label : best->labels) seen_[label] = true;
    chosen_.push_back(best->rank);
    return absl::OkStatus();
  }

  // One from each stretch of the annotated frames.
  absl::Status FillUp() {
    const size_t least = std::min(options_.least, options_.most);
    if (chosen_.size() >= least) return absl::OkStatus();
    ASSIGN_OR_RETURN(const RankSet bare, data_.WithoutLabels());
    const RankSet annotated = Without(data_.All(), bare);
    const size_t stretches = std::min(least - chosen_.size(), annotated.size());
    for (size_t i = 0; i < stretches; ++i) {
      const Rank begin = annotated[annotated.size() * i / stretches];
      const Rank last = annotated[annotated.size() * (i + 1) / stretches - 1];
      RETURN_IF_ERROR(ChooseOf(Intersect(annotated, RankSet::Range(begin, last + 1)), 4));
    }
    return absl::OkStatus();
  }

  bool IsChosen(Rank rank) const {
    return std::find(chosen_.begin(), chosen_.end(), rank) != chosen_.end();
  }

  const Dataset& data_;
  absl::FunctionRef<absl::StatusOr<bool>(Rank)> can_show_;
  const SampleOptions options_;
  std::vector<bool> seen_;  // by label
  std::vector<Rank> chosen_;
};

}  // namespace

absl::StatusOr<std::vector<Rank>> ChooseSamples(
    const Dataset& data, absl::FunctionRef<absl::StatusOr<bool>(Rank)> can_show,
    const SampleOptions& options) {
  return Choosing(data, can_show, options).Run();
}

}  // namespace annofs

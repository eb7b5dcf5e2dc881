#include "formats/split_fill.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/status/statusor.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

bool HasOneOf(const std::vector<Rank>& ranks, const RankSet& wanted) {
  return std::any_of(ranks.begin(), ranks.end(),
                     [&wanted](Rank rank) { return wanted.Contains(rank); });
}

// What to move: the smallest task with a wanted frame where there are several, else the last wanted
// frame.
absl::StatusOr<std::vector<Rank>> LeastOf(const Dataset& data, const RankSet& wanted,
                                          const std::vector<Rank>& ranks) {
  std::map<uint32_t, std::vector<Rank>> tasks;
  for (Rank rank : ranks) {
    ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
    tasks[frame.task].push_back(rank);
  }
  std::erase_if(tasks, [&wanted](const auto& task) { return !HasOneOf(task.second, wanted); });
  if (tasks.size() == 1) {
    return std::vector<Rank>{*std::find_if(ranks.rbegin(), ranks.rend(),
                                           [&wanted](Rank rank) { return wanted.Contains(rank); })};
  }
  auto smallest = std::min_element(tasks.begin(), tasks.end(), [](const auto& a, const auto& b) {
    return a.second.size() < b.second.size();
  });
  return std::move(smallest->second);
}

// A single wanted frame is in both afterwards. REQUIRES: `from` has a wanted frame.
absl::Status MoveSome(const Dataset& data, const RankSet& wanted, std::vector<Rank>& from,
                      std::vector<Rank>& to) {
  ASSIGN_OR_RETURN(const std::vector<Rank> moved, LeastOf(data, wanted, from));
  to.insert(to.end(), moved.begin(), moved.end());
  std::sort(to.begin(), to.end());
  std::vector<Rank> rest;
  std::set_difference(from.begin(), from.end(), moved.begin(), moved.end(),
                      std::back_inserter(rest));
  if (HasOneOf(rest, wanted)) from = std::move(rest);
  return absl::OkStatus();
}

// From the part besides train and val that has most frames, if one has a wanted one.
absl::Status FillBoth(const Dataset& data, const RankSet& wanted, SplitRanks& parts) {
  std::vector<Rank>*from = nullptr, &train = parts["train"], &val = parts["val"];
  for (auto& [name, ranks] : parts) {
    if (name == "train" || name == "val" || !HasOneOf(ranks, wanted)) continue;
    if (from == nullptr || ranks.size() > from->size()) from = &ranks;
  }
  if (from == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(MoveSome(data, wanted, *from, train));
  return MoveSome(data, wanted, *from, val);
}

}  // namespace

// Trainers count images; where there is none at all, frames are divided.
absl::Status FillEmpty(const Dataset& data, FillFrom from, SplitRanks& parts) {
  std::vector<Rank>&train = parts["train"], &val = parts["val"];
  ASSIGN_OR_RETURN(RankSet wanted, data.WithMedia());
  if (wanted.empty()) wanted = data.All();
  const bool has_train = HasOneOf(train, wanted), has_val = HasOneOf(val, wanted);
  if (has_train && !has_val) return MoveSome(data, wanted, train, val);
  if (has_val && !has_train) return MoveSome(data, wanted, val, train);
  const bool has_none = !has_train && !has_val && from == FillFrom::kAllParts;
  return has_none ? FillBoth(data, wanted, parts) : absl::OkStatus();
}

}  // namespace annofs

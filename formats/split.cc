#include "formats/split.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/names.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr uint64_t kValShare = 5;  // one in five

bool HashesToVal(absl::string_view name) { return Hash64(name) % kValShare == 0; }

// The part that a subset's usual spelling means; nothing if it means none.
std::optional<std::string> UsualPart(absl::string_view subset) {
  std::string lower = absl::AsciiStrToLower(subset);
  if (lower.empty() || absl::StartsWith(lower, "train") || lower == "default") return "train";
  if (lower == "val" || lower == "valid" || lower == "validation") return "val";
  if (absl::StartsWith(lower, "test")) return "test";
  return std::nullopt;
}

// A directory named "images" would break the trainers' substitution of /images/ by /labels/, and
// one named "masks" beside a data.yaml makes Ultralytics read another task; the usual names are
// taken by the usual parts.
bool IsReserved(absl::string_view lower) {
  return lower == "images" || lower == "labels" || lower == "masks" || lower == "train" ||
         lower == "val" || lower == "test";
}

// Names of parts for subsets that are not usual ones: safe, and unique without regard to case.
class OwnNames {
 public:
  std::string Make(absl::string_view subset) {
    std::string name = SafeStem(subset);
    for (uint64_t nth = 0; IsTaken(name); ++nth) {
      name = absl::StrCat(SafeStem(subset), "-", Hash8Hex(absl::StrCat(subset, "#", nth)));
    }
    taken_.insert(absl::AsciiStrToLower(name));
    return name;
  }

 private:
  bool IsTaken(absl::string_view name) const {
    std::string lower = absl::AsciiStrToLower(name);
    return IsReserved(lower) || taken_.contains(lower);
  }
  absl::flat_hash_set<std::string> taken_;
};

using Parts = std::map<std::string, std::vector<Rank>>;

void Append(const RankSet& from, std::vector<Rank>& to) {
  for (size_t i = 0; i < from.size(); ++i) to.push_back(from[i]);
}

void SortRanks(Parts& parts) {
  for (auto& [name, ranks] : parts) std::sort(ranks.begin(), ranks.end());
}

// Where no subset is named train or val, the largest is train; one named test only if there is no
// other.
void NameTrain(Parts& parts) {
  if (!parts["train"].empty() || !parts["val"].empty()) return;
  auto worth = [](const Parts::value_type& part) {
    return std::pair(part.first != "test" && !part.second.empty(), part.second.size());
  };
  auto largest = std::max_element(parts.begin(), parts.end(), [&](const auto& a, const auto& b) {
    return worth(a) < worth(b);
  });
  std::vector<Rank> ranks = std::move(largest->second);
  parts.erase(largest);
  parts["train"] = std::move(ranks);
}

absl::StatusOr<Parts> BySubset(const Dataset& data) {
  Parts parts;
  OwnNames names;
  ASSIGN_OR_RETURN(std::vector<std::string> subsets, data.Subsets());
  for (const std::string& subset : subsets) {
    ASSIGN_OR_RETURN(RankSet ranks, data.InSubset(subset));
    std::optional<std::string> usual = UsualPart(subset);
    Append(ranks, parts[usual ? *usual : names.Make(subset)]);
  }
  SortRanks(parts);
  NameTrain(parts);
  return parts;
}

absl::StatusOr<Parts> ByTask(const Dataset& data) {
  Parts parts;
  for (uint32_t task = 0; task < data.info().tasks.size(); ++task) {
    ASSIGN_OR_RETURN(RankSet ranks, data.OfTask(task));
    Append(ranks, parts[HashesToVal(data.info().tasks[task].name) ? "val" : "train"]);
  }
  SortRanks(parts);
  return parts;
}

// Neighbouring frames of a video are nearly the same picture: its last fifth is kept apart.
absl::StatusOr<Parts> ByTime(const Dataset& data) {
  std::vector<std::pair<uint32_t, Rank>> frames;
  for (Rank rank = 0; rank < data.frame_count(); ++rank) {
    ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
    frames.emplace_back(frame.number, rank);
  }
  std::sort(frames.begin(), frames.end());
  size_t last = frames.size() / kValShare;
  size_t cut = frames.size() - (frames.size() > 1 ? std::max<size_t>(last, 1) : 0);
  Parts parts;
  for (size_t i = 0; i < frames.size(); ++i)
    parts[i < cut ? "train" : "val"].push_back(frames[i].second);
  SortRanks(parts);
  return parts;
}

absl::StatusOr<Parts> ByFrame(const Dataset& data) {
  Parts parts;
  for (Rank rank = 0; rank < data.frame_count(); ++rank) {
    ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
    parts[HashesToVal(frame.name) ? "val" : "train"].push_back(rank);
  }
  return parts;
}

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

// Trainers count images; where there is none at all, frames are divided.
absl::Status FillEmpty(const Dataset& data, Parts& parts) {
  std::vector<Rank>&train = parts["train"], &val = parts["val"];
  ASSIGN_OR_RETURN(RankSet wanted, data.WithMedia());
  if (wanted.empty()) wanted = data.All();
  const bool has_train = HasOneOf(train, wanted), has_val = HasOneOf(val, wanted);
  if (has_train && !has_val) return MoveSome(data, wanted, train, val);
  if (has_val && !has_train) return MoveSome(data, wanted, val, train);
  return absl::OkStatus();
}

absl::StatusOr<Parts> Divide(const Dataset& data) {
  ASSIGN_OR_RETURN(SplitRule rule, RuleOf(data));
  switch (rule) {
    case SplitRule::kSubset:
      return BySubset(data);
    case SplitRule::kTask:
      return ByTask(data);
    case SplitRule::kTime:
      return ByTime(data);
    case SplitRule::kFrame:
      break;
  }
  return ByFrame(data);
}

}  // namespace

absl::StatusOr<SplitRule> RuleOf(const Dataset& data) {
  int subsets = 0;
  RETURN_IF_ERROR(data.Terms(FrameTerm::FirstOf(FrameTerm::Kind::kSubset),
                             [&subsets](const FrameTerm&) { return ++subsets < 2; }));
  if (subsets > 1) return SplitRule::kSubset;
  const std::vector<Task>& tasks = data.info().tasks;
  if (tasks.size() > 1) return SplitRule::kTask;
  return !tasks.empty() && tasks[0].is_video ? SplitRule::kTime : SplitRule::kFrame;
}

absl::string_view DescribeRule(SplitRule rule) {
  switch (rule) {
    case SplitRule::kSubset:
      return "CVAT's subsets; the largest is train if none is named train or val";
    case SplitRule::kTask:
      return "whole tasks by a hash of their names, about 80:20";
    case SplitRule::kTime:
      return "one video: its last fifth is val";
    case SplitRule::kFrame:
      break;
  }
  return "one task of images: frames by a hash of their names, about 80:20";
}

absl::StatusOr<std::vector<SplitPart>> Split(const Dataset& data) {
  ASSIGN_OR_RETURN(Parts parts, Divide(data));
  RETURN_IF_ERROR(FillEmpty(data, parts));
  std::vector<SplitPart> split;
  for (const char* first : {"train", "val", "test"}) {
    auto found = parts.find(first);
    if (found == parts.end()) continue;
    split.push_back({found->first, RankSet::Of(std::move(found->second))});
    parts.erase(found);
  }
  for (auto& [name, ranks] : parts) split.push_back({name, RankSet::Of(std::move(ranks))});
  return split;
}

std::string RoboflowPartName(const SplitPart& part) {
  return part.name == "val" ? "valid" : part.name;
}

}  // namespace annofs

#include "formats/split.h"

#include <algorithm>
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
#include "formats/split_fill.h"
#include "formats/split_shares.h"

namespace annofs {
namespace {

// The part that a subset's usual spelling means; nothing if it means none.
std::optional<std::string> UsualPart(absl::string_view subset) {
  std::string lower = absl::AsciiStrToLower(subset);
  if (lower.empty() || absl::StartsWith(lower, "train") || lower == "default") return "train";
  if (lower == "val" || lower == "valid" || lower == "validation") return "val";
  if (absl::StartsWith(lower, "test")) return "test";
  return std::nullopt;
}

// A directory named "images" would break the trainers' substitution of /images/ by /labels/; the
// usual names are taken by the usual parts.
bool IsReserved(absl::string_view lower) {
  return lower == "images" || lower == "labels" || lower == "train" || lower == "val" ||
         lower == "test";
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

void Append(const RankSet& from, std::vector<Rank>& to) {
  from.ForEach(0, [&to](Rank rank) {
    to.push_back(rank);
    return true;
  });
}

void SortRanks(SplitRanks& parts) {
  for (auto& [name, ranks] : parts) std::sort(ranks.begin(), ranks.end());
}

// Where no subset is named train or val, the largest is train; one named test only if there is no
// other.
void NameTrain(SplitRanks& parts) {
  if (!parts["train"].empty() || !parts["val"].empty()) return;
  auto worth = [](const SplitRanks::value_type& part) {
    return std::pair(part.first != "test" && !part.second.empty(), part.second.size());
  };
  auto largest = std::max_element(parts.begin(), parts.end(), [&](const auto& a, const auto& b) {
    return worth(a) < worth(b);
  });
  std::vector<Rank> ranks = std::move(largest->second);
  parts.erase(largest);
  parts["train"] = std::move(ranks);
}

absl::StatusOr<SplitRanks> BySubset(const Dataset& data) {
  SplitRanks parts;
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

absl::StatusOr<SplitRanks> ByTask(const Dataset& data) {
  SplitRanks parts;
  for (uint32_t task = 0; task < data.info().tasks.size(); ++task) {
    ASSIGN_OR_RETURN(RankSet ranks, data.OfTask(task));
    const std::string& name = data.info().tasks[task].name;
    Append(ranks, parts[std::string(PartByHash(name, data.info().options.split))]);
  }
  SortRanks(parts);
  return parts;
}

// Neighbouring frames of a video are nearly the same picture: what is last in time is kept apart.
absl::StatusOr<SplitRanks> ByTime(const Dataset& data) {
  std::vector<std::pair<uint32_t, Rank>> frames;
  for (Rank rank = 0; rank < data.frame_count(); ++rank) {
    ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
    frames.emplace_back(frame.number, rank);
  }
  std::sort(frames.begin(), frames.end());
  const TimeCuts cuts = CutInTime(frames.size(), data.info().options.split);
  SplitRanks parts;
  for (size_t i = 0; i < frames.size(); ++i) {
    parts[i < cuts.val ? "train" : i < cuts.test ? "val" : "test"].push_back(frames[i].second);
  }
  SortRanks(parts);
  return parts;
}

absl::StatusOr<SplitRanks> ByFrame(const Dataset& data) {
  SplitRanks parts;
  for (Rank rank = 0; rank < data.frame_count(); ++rank) {
    ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
    parts[std::string(PartByHash(frame.name, data.info().options.split))].push_back(rank);
  }
  return parts;
}

// What the lists of a configuration say.
struct Lists {
  std::map<std::string, RankSet> parts;
  std::string rest_name;
  RankSet rest;  // frames of no list
};

// Held out before trained with: a list "*" for train leaves the others theirs.
int PlaceOfList(absl::string_view part) {
  return part == "test" ? 0 : part == "val" ? 1 : part == "train" ? 3 : 2;
}

absl::StatusOr<Lists> ListsOf(const Dataset& data) {
  std::vector<std::string> listed;
  RETURN_IF_ERROR(
      data.Terms(FrameTerm::FirstOf(FrameTerm::Kind::kPart), [&listed](const FrameTerm& term) {
        listed.push_back(term.text);
        return true;
      }));
  std::stable_sort(listed.begin(), listed.end(), [](const std::string& a, const std::string& b) {
    return PlaceOfList(a) < PlaceOfList(b);
  });
  Lists lists;
  OwnNames names;
  lists.rest = data.All();
  for (const std::string& part : listed) {
    ASSIGN_OR_RETURN(const RankSet frames, data.With(FrameTerm::OfPart(part)));
    const std::string name = PlaceOfList(part) == 2 ? names.Make(part) : part;
    lists.parts[name] = Intersect(lists.rest, frames);
    lists.rest = Without(lists.rest, frames);
  }
  lists.rest_name = !lists.parts.contains("train") ? "train"
                    : !lists.parts.contains("val") ? "val"
                                                   : names.Make("unlisted");
  return lists;
}

absl::StatusOr<SplitRanks> ByLists(const Dataset& data) {
  ASSIGN_OR_RETURN(const Lists lists, ListsOf(data));
  SplitRanks parts;
  for (const auto& [name, frames] : lists.parts) Append(frames, parts[name]);
  if (!lists.rest.empty()) Append(lists.rest, parts[lists.rest_name]);
  return parts;
}

absl::StatusOr<SplitRanks> Divide(const Dataset& data, SplitRule rule) {
  switch (rule) {
    case SplitRule::kSubset:
      return BySubset(data);
    case SplitRule::kTask:
      return ByTask(data);
    case SplitRule::kTime:
      return ByTime(data);
    case SplitRule::kLists:
      return ByLists(data);
    case SplitRule::kFrame:
      break;
  }
  return ByFrame(data);
}

bool IsOneVideo(const DatasetInfo& info) {
  return info.tasks.size() == 1 && info.tasks[0].is_video;
}

SplitRule RuleOfGroups(const DatasetInfo& info) {
  if (info.tasks.size() > 1) return SplitRule::kTask;
  return IsOneVideo(info) ? SplitRule::kTime : SplitRule::kFrame;
}

// True if frames have at least so many terms of the kind.
absl::StatusOr<bool> HasTerms(const Dataset& data, FrameTerm::Kind kind, int count) {
  int seen = 0;
  RETURN_IF_ERROR(
      data.Terms(FrameTerm::FirstOf(kind), [&](const FrameTerm&) { return ++seen < count; }));
  return seen >= count;
}

std::string DescribeHash(absl::string_view what, const SplitOptions& options) {
  return absl::StrCat(
      what, " by a hash of their names, ",
      HasUsualShares(options) ? std::string("about 80:20") : DescribeShares(options),
      options.seed == 0 ? "" : absl::StrCat(", seed ", options.seed));
}

absl::StatusOr<std::string> DescribeLists(const Dataset& data) {
  ASSIGN_OR_RETURN(const Lists lists, ListsOf(data));
  if (lists.rest.empty()) return "lists of the configuration";
  return absl::StrCat("lists of the configuration; frames that none names are in ",
                      lists.rest_name);
}

}  // namespace

absl::StatusOr<SplitRule> RuleOf(const Dataset& data) {
  ASSIGN_OR_RETURN(const bool has_lists, HasTerms(data, FrameTerm::Kind::kPart, 1));
  if (has_lists) return SplitRule::kLists;
  switch (data.info().options.split.by) {
    case SplitOptions::By::kSubset:
      return SplitRule::kSubset;
    case SplitOptions::By::kGroup:
      return RuleOfGroups(data.info());
    case SplitOptions::By::kHash:
      return SplitRule::kFrame;
    case SplitOptions::By::kBest:
      break;
  }
  ASSIGN_OR_RETURN(const bool has_subsets, HasTerms(data, FrameTerm::Kind::kSubset, 2));
  return has_subsets ? SplitRule::kSubset : RuleOfGroups(data.info());
}

absl::StatusOr<std::string> DescribeSplit(const Dataset& data) {
  ASSIGN_OR_RETURN(const SplitRule rule, RuleOf(data));
  const SplitOptions& options = data.info().options.split;
  const std::vector<Task>& tasks = data.info().tasks;
  switch (rule) {
    case SplitRule::kSubset:
      return "CVAT's subsets; the largest is train if none is named train or val";
    case SplitRule::kTask:
      return DescribeHash("whole tasks", options);
    case SplitRule::kTime:
      if (HasUsualShares(options)) return "one video: its last fifth is val";
      return absl::StrCat("one video, cut in time: ", DescribeShares(options));
    case SplitRule::kLists:
      return DescribeLists(data);
    case SplitRule::kFrame:
      break;
  }
  const bool is_one = tasks.size() <= 1 && !IsOneVideo(data.info());
  return DescribeHash(is_one ? "one task of images: frames" : "frames", options);
}

absl::StatusOr<std::vector<SplitPart>> Split(const Dataset& data) {
  ASSIGN_OR_RETURN(const SplitRule rule, RuleOf(data));
  ASSIGN_OR_RETURN(SplitRanks parts, Divide(data, rule));
  const FillFrom from = rule == SplitRule::kSubset ? FillFrom::kEachOther : FillFrom::kAllParts;
  RETURN_IF_ERROR(FillEmpty(data, from, parts));
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

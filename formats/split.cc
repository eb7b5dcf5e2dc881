#include "formats/split.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "cache/base/digest.h"
#include "cache/base/names.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr uint64_t kValShare = 5;  // one in five

bool HashesToVal(absl::string_view name) { return Hash64(name) % kValShare == 0; }

// The part that a subset's usual spelling means; else its own safe name.
std::string PartOf(absl::string_view subset) {
  std::string lower = absl::AsciiStrToLower(subset);
  if (lower.empty() || absl::StartsWith(lower, "train") || lower == "default") return "train";
  if (lower == "val" || lower == "valid" || lower == "validation") return "val";
  if (absl::StartsWith(lower, "test")) return "test";
  return SafeStem(subset);
}

using Parts = std::map<std::string, std::vector<Rank>>;

absl::StatusOr<Parts> BySubset(const Dataset& data) {
  Parts parts;
  for (const std::string& subset : data.Subsets()) {
    ASSIGN_OR_RETURN(RankSet ranks, data.InSubset(subset));
    std::vector<Rank>& part = parts[PartOf(subset)];
    for (size_t i = 0; i < ranks.size(); ++i) part.push_back(ranks[i]);
  }
  for (auto& [name, ranks] : parts) std::sort(ranks.begin(), ranks.end());
  return parts;
}

absl::StatusOr<Parts> ByTask(const Dataset& data) {
  Parts parts;
  for (uint32_t task = 0; task < data.info().tasks.size(); ++task) {
    ASSIGN_OR_RETURN(RankSet ranks, data.OfTask(task));
    std::vector<Rank>& part = parts[HashesToVal(data.info().tasks[task].name) ? "val" : "train"];
    for (size_t i = 0; i < ranks.size(); ++i) part.push_back(ranks[i]);
  }
  for (auto& [name, ranks] : parts) std::sort(ranks.begin(), ranks.end());
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
  size_t cut = frames.size() - frames.size() / kValShare;
  Parts parts;
  for (size_t i = 0; i < frames.size(); ++i)
    parts[i < cut ? "train" : "val"].push_back(frames[i].second);
  for (auto& [name, ranks] : parts) std::sort(ranks.begin(), ranks.end());
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

// Takes from train what val lacks, or the other way round: the frame whose rank is last. A single
// frame is in both.
void FillEmpty(Parts& parts) {
  auto fill = [&parts](const std::string& empty, const std::string& from) {
    std::vector<Rank>& source = parts[from];
    if (!parts[empty].empty() || source.empty()) return;
    parts[empty].push_back(source.back());
    if (source.size() > 1) source.pop_back();
  };
  if (parts["train"].empty() && parts["val"].empty()) {
    auto largest = std::max_element(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
      return a.second.size() < b.second.size();
    });
    if (!largest->second.empty()) parts["val"].push_back(largest->second.back());
  }
  fill("val", "train");
  fill("train", "val");
}

absl::StatusOr<Parts> Divide(const Dataset& data) {
  switch (RuleOf(data)) {
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

SplitRule RuleOf(const Dataset& data) {
  if (data.Subsets().size() > 1) return SplitRule::kSubset;
  const std::vector<Task>& tasks = data.info().tasks;
  if (tasks.size() > 1) return SplitRule::kTask;
  return !tasks.empty() && tasks[0].is_video ? SplitRule::kTime : SplitRule::kFrame;
}

absl::string_view DescribeRule(SplitRule rule) {
  switch (rule) {
    case SplitRule::kSubset:
      return "CVAT's subsets";
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
  FillEmpty(parts);
  std::vector<SplitPart> split;
  for (const char* first : {"train", "val", "test"}) {
    auto found = parts.find(first);
    if (found == parts.end()) continue;
    bool is_needed = found->first != "test" || !found->second.empty();
    if (is_needed) split.push_back({found->first, RankSet::Of(std::move(found->second))});
    parts.erase(found);
  }
  for (auto& [name, ranks] : parts) split.push_back({name, RankSet::Of(std::move(ranks))});
  return split;
}

}  // namespace annofs

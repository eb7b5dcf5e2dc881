#include "formats/cvat_export.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/utf8.h"
#include "formats/box.h"

namespace annofs {
namespace {

// Leaves room for what formats put around it ("wider_face_<name>_bbx_gt.txt").
constexpr size_t kMaxSubsetName = 160;

enum class Dimension { k2d, k3d };

absl::StatusOr<RankSet> FramesOf(const Dataset& data, Dimension dimension) {
  const std::vector<Task>& tasks = data.info().tasks;
  const auto is_wanted = [&](const Task& task) {
    return task.is_3d == (dimension == Dimension::k3d);
  };
  if (tasks.empty()) return dimension == Dimension::k2d ? data.All() : RankSet();
  if (std::all_of(tasks.begin(), tasks.end(), is_wanted)) return data.All();
  RankCollector frames;
  for (uint32_t i = 0; i < tasks.size(); ++i) {
    if (!is_wanted(tasks[i])) continue;
    ASSIGN_OR_RETURN(const RankSet of_task, data.OfTask(i));
    frames.AddAll(of_task);
  }
  return frames.Take();
}

RankSet Together(const RankSet& a, const RankSet& b) {
  RankCollector all;
  all.AddAll(a);
  all.AddAll(b);
  return all.Take();
}

// Safe and unique without regard to case; the first of a name keeps it.
class SubsetPaths {
 public:
  std::string Add(absl::string_view name) {
    std::string path = SafeName(name);
    if (path.size() > kMaxSubsetName) path = WithHash(Utf8Prefix(path, kMaxSubsetName - 9), name);
    if (!taken_.insert(absl::AsciiStrToLower(path)).second) {
      path = WithHash(Utf8Prefix(path, kMaxSubsetName - 9), name);
      for (int n = 2; !taken_.insert(absl::AsciiStrToLower(path)).second; ++n) {
        path = WithHash(Utf8Prefix(path, kMaxSubsetName - 9), absl::StrCat(name, "#", n));
      }
    }
    return path;
  }

 private:
  static std::string WithHash(absl::string_view path, absl::string_view name) {
    return absl::StrCat(path, "-", Hash8Hex(name));
  }
  absl::flat_hash_set<std::string> taken_;  // in lower case
};

struct Candidate {
  std::string name;
  RankSet frames;
  uint32_t first = 0;  // the least position of its frames
};

absl::StatusOr<uint32_t> FirstPosition(const Dataset& data, const RankSet& frames) {
  if (data.IsInOrder()) return frames[0];
  uint32_t first = UINT32_MAX;
  absl::Status status;
  frames.ForEach(0, [&](Rank rank) {
    absl::StatusOr<uint32_t> position = data.PositionOf(rank);
    status = position.status();
    if (position.ok()) first = std::min(first, *position);
    return position.ok();
  });
  RETURN_IF_ERROR(status);
  return first;
}

// Each frame is in one subset: putting several into order looks at every frame once, where the
// order is not that of ranks.
absl::Status SortByOccurrence(const Dataset& data, std::vector<Candidate>& candidates) {
  if (candidates.size() < 2) return absl::OkStatus();
  for (Candidate& candidate : candidates) {
    ASSIGN_OR_RETURN(candidate.first, FirstPosition(data, candidate.frames));
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.first < b.first; });
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Candidate>> CandidatesIn(const Dataset& data, const RankSet& frames,
                                                    absl::string_view default_name) {
  std::vector<Candidate> candidates;
  size_t default_at = SIZE_MAX;
  ASSIGN_OR_RETURN(const std::vector<std::string> names, data.Subsets());
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(RankSet members, data.InSubset(name));
    members = Intersect(members, frames);
    if (members.empty()) continue;
    const std::string called = name.empty() ? std::string(default_name) : name;
    if (called != default_name) {
      candidates.push_back({called, std::move(members)});
    } else if (default_at == SIZE_MAX) {
      default_at = candidates.size();
      candidates.push_back({called, std::move(members)});
    } else {
      RankSet& known = candidates[default_at].frames;
      known = Together(known, members);
    }
  }
  RETURN_IF_ERROR(SortByOccurrence(data, candidates));
  return candidates;
}

absl::StatusOr<std::vector<ExportSubset>> SubsetsOf(const Dataset& data, Dimension dimension,
                                                    absl::string_view default_name) {
  ASSIGN_OR_RETURN(const RankSet frames, FramesOf(data, dimension));
  ASSIGN_OR_RETURN(std::vector<Candidate> candidates, CandidatesIn(data, frames, default_name));
  if (candidates.empty()) candidates.push_back({std::string(default_name), RankSet()});
  std::vector<ExportSubset> subsets;
  SubsetPaths paths;
  for (Candidate& candidate : candidates) {
    std::string path = paths.Add(candidate.name);
    subsets.push_back({std::move(candidate.name), std::move(path), std::move(candidate.frames)});
  }
  return subsets;
}

bool Keeps(const WriterInfo& info, ShapeType type) {
  return std::find(info.keeps.begin(), info.keeps.end(), type) != info.keeps.end();
}

}  // namespace

absl::StatusOr<std::vector<ExportSubset>> ExportSubsets(const Dataset& data,
                                                        absl::string_view default_name) {
  return SubsetsOf(data, Dimension::k2d, default_name);
}

absl::StatusOr<std::vector<ExportSubset>> ExportSubsets3d(const Dataset& data) {
  return SubsetsOf(data, Dimension::k3d, "default");
}

absl::StatusOr<RankSet> FramesWhere(
    const Dataset& data, const RankSet& candidates,
    const std::function<absl::StatusOr<bool>(const Dataset&, Rank)>& is_in) {
  RankCollector frames;
  absl::Status status;
  candidates.ForEach(0, [&](Rank rank) {
    const absl::StatusOr<bool> answer = is_in(data, rank);
    status = answer.status();
    if (answer.ok() && *answer) frames.Add(rank);
    return answer.ok();
  });
  RETURN_IF_ERROR(status);
  return frames.Take();
}

absl::StatusOr<RankSet> FramesWithTypes(const Dataset& data, const std::vector<ShapeType>& types) {
  RankCollector frames;
  for (ShapeType type : types) {
    ASSIGN_OR_RETURN(const RankSet with, data.With(FrameTerm::OfType(type)));
    frames.AddAll(with);
  }
  return frames.Take();
}

std::vector<int> TopLevelIndexes(const DatasetInfo& info) {
  std::vector<int> indexes;
  int next = 0;
  for (const Label& label : info.labels) indexes.push_back(label.parent < 0 ? next++ : -1);
  return indexes;
}

std::vector<absl::string_view> WhyDroppedByType(const WriterInfo& info, const Frame& frame,
                                                const FrameShapes& all) {
  std::vector<absl::string_view> why;
  why.reserve(all.tags.size() + all.shapes.size());
  const bool has_size = frame.width > 0 && frame.height > 0;
  auto reason = [&](const Shape& shape) -> absl::string_view {
    if (shape.outside) return "";
    if (!Keeps(info, shape.type)) return kTypeNotInFormat;
    if (shape.type == ShapeType::kMask && !has_size) return kSizeNotKnown;
    return "";
  };
  for (const Shape& tag : all.tags) why.push_back(reason(tag));
  for (const Shape& shape : all.shapes) why.push_back(reason(shape));
  return why;
}

}  // namespace annofs

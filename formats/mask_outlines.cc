#include "formats/mask_outlines.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr size_t kMaxColumnRuns = size_t{1} << 18;

// Foreground in one column; `bottom` is not of it.
struct ColumnRun {
  uint32_t x = 0, top = 0, bottom = 0;
};

absl::StatusOr<std::vector<ColumnRun>> ColumnRunsOf(const CocoMask& mask) {
  std::vector<ColumnRun> runs;
  uint64_t at = 0;
  for (size_t i = 0; i < mask.runs.size(); ++i) {
    const uint64_t end = at + mask.runs[i];
    for (uint64_t from = at; i % 2 == 1 && from < end;) {
      if (runs.size() == kMaxColumnRuns) {
        return absl::UnimplementedError("a mask with so many runs does not become outlines");
      }
      const uint64_t x = from / mask.height, to = std::min(end, (x + 1) * mask.height);
      runs.push_back(
          {uint32_t(x), uint32_t(from - x * mask.height), uint32_t(to - x * mask.height)});
      from = to;
    }
    at = end;
  }
  return runs;
}

// The runs of one column: [begin, end).
struct Column {
  size_t begin = 0, end = 0;
};

// A side of pixels from corner to corner, the foreground to its right.
struct Side {
  int64_t x = 0, y = 0, to_x = 0, to_y = 0;
  uint32_t run = 0;
  auto start() const { return std::tie(x, y); }
};

class Tracer {
 public:
  explicit Tracer(std::vector<ColumnRun> runs) : runs_(std::move(runs)), parents_(runs_.size()) {
    std::iota(parents_.begin(), parents_.end(), 0u);
  }

  std::vector<RegionOutline> Trace() {
    Column before;
    for (size_t begin = 0; begin < runs_.size();) {
      Column column{begin, begin};
      while (column.end < runs_.size() && runs_[column.end].x == runs_[begin].x) ++column.end;
      const bool is_next = before.end > 0 && runs_[before.begin].x + 1 == runs_[begin].x;
      if (!is_next) {
        AddDown(before, {});
        before = {};
      }
      AddDown(before, column);
      AddUp(column, before);
      AddEnds(column);
      Connect(before, column);
      before = column;
      begin = column.end;
    }
    AddDown(before, {});
    std::sort(sides_.begin(), sides_.end(), [](const Side& a, const Side& b) {
      return std::tie(a.x, a.y, a.to_x, a.to_y) < std::tie(b.x, b.y, b.to_x, b.to_y);
    });
    return Rings();
  }

 private:
  // Calls `fn(top, bottom, run)` for what of the runs of `column` is not in those of `other`.
  template <typename Fn>
  void ForEachBeyond(const Column& column, const Column& other, Fn fn) const {
    size_t next = other.begin;
    for (size_t i = column.begin; i < column.end; ++i) {
      uint32_t top = runs_[i].top;
      while (next < other.end && runs_[next].bottom <= top) ++next;
      for (size_t j = next; j < other.end && runs_[j].top < runs_[i].bottom; ++j) {
        if (runs_[j].top > top) fn(top, runs_[j].top, i);
        top = runs_[j].bottom;
      }
      if (top < runs_[i].bottom) fn(top, runs_[i].bottom, i);
    }
  }

  void AddDown(const Column& left, const Column& right) {
    ForEachBeyond(left, right, [this](int64_t top, int64_t bottom, size_t run) {
      const int64_t x = int64_t{runs_[run].x} + 1;
      sides_.push_back({x, top, x, bottom, uint32_t(run)});
    });
  }

  void AddUp(const Column& right, const Column& left) {
    ForEachBeyond(right, left, [this](int64_t top, int64_t bottom, size_t run) {
      const int64_t x = runs_[run].x;
      sides_.push_back({x, bottom, x, top, uint32_t(run)});
    });
  }

  void AddEnds(const Column& column) {
    for (size_t i = column.begin; i < column.end; ++i) {
      const int64_t x = runs_[i].x, top = runs_[i].top, bottom = runs_[i].bottom;
      sides_.push_back({x, top, x + 1, top, uint32_t(i)});
      sides_.push_back({x + 1, bottom, x, bottom, uint32_t(i)});
    }
  }

  uint32_t RegionOf(uint32_t run) {
    while (parents_[run] != run) run = parents_[run] = parents_[parents_[run]];
    return run;
  }

  // Runs of neighbouring columns that touch.
  void Connect(const Column& left, const Column& right) {
    size_t first = left.begin;
    for (size_t i = right.begin; i < right.end; ++i) {
      while (first < left.end && runs_[first].bottom < runs_[i].top) ++first;
      for (size_t j = first; j < left.end && runs_[j].top <= runs_[i].bottom; ++j)
        parents_[RegionOf(uint32_t(i))] = RegionOf(uint32_t(j));
    }
  }

  // Where four sides meet, to the left: to the pixel that touches this one at its corner.
  size_t Behind(const Side& side) const {
    const auto first = std::lower_bound(
        sides_.begin(), sides_.end(), std::tie(side.to_x, side.to_y),
        [](const Side& other, const auto& corner) { return other.start() < corner; });
    const auto second = first + 1;
    const bool is_one = second == sides_.end() || second->start() != first->start();
    if (is_one || TurnsLeft(side, *first)) return size_t(first - sides_.begin());
    return size_t(second - sides_.begin());
  }

  static bool TurnsLeft(const Side& a, const Side& b) {
    return (a.to_x - a.x) * (b.to_y - b.y) < (a.to_y - a.y) * (b.to_x - b.x);
  }

  static bool IsStraight(const Side& a, const Side& b) {
    return (a.x == a.to_x) == (b.x == b.to_x);
  }

  // The first side of a region is on its outer ring, since it is the leftmost.
  std::vector<RegionOutline> Rings() {
    std::vector<RegionOutline> regions;
    absl::flat_hash_map<uint32_t, size_t> places;
    std::vector<bool> is_done(sides_.size());
    for (size_t start = 0; start < sides_.size(); ++start) {
      if (is_done[start]) continue;
      std::vector<double> ring;
      for (size_t at = start; !is_done[at];) {
        is_done[at] = true;
        const size_t next = Behind(sides_[at]);
        if (!IsStraight(sides_[at], sides_[next]))
          ring.insert(ring.end(), {double(sides_[next].x), double(sides_[next].y)});
        at = next;
      }
      std::rotate(ring.begin(), ring.end() - 2, ring.end());  // from the corner it began at
      const auto [place, is_new] = places.try_emplace(RegionOf(sides_[start].run), regions.size());
      if (is_new) {
        regions.push_back({.outer = std::move(ring)});
      } else {
        regions[place->second].holes.push_back(std::move(ring));
      }
    }
    return regions;
  }

  const std::vector<ColumnRun> runs_;
  std::vector<uint32_t> parents_;  // of runs: of one region
  std::vector<Side> sides_;
};

}  // namespace

absl::StatusOr<std::vector<RegionOutline>> OutlinesOfMask(const CocoMask& mask) {
  if (mask.height == 0 || mask.width == 0) return std::vector<RegionOutline>();
  ASSIGN_OR_RETURN(std::vector<ColumnRun> runs, ColumnRunsOf(mask));
  return Tracer(std::move(runs)).Trace();
}

}  // namespace annofs

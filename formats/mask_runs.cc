// Masks as runs: areas, boxes, unions. The drawing of shapes is in raster.cc.
#include <algorithm>

#include "formats/raster.h"

namespace annofs {
namespace {

// Walks the runs of a mask; a mask without runs is all background.
class RunCursor {
 public:
  explicit RunCursor(const CocoMask& mask) : runs_(mask.runs), left_(mask.height * mask.width) {
    Settle();
  }
  bool is_foreground() const { return is_foreground_; }
  // How many pixels from here are alike; 0 at the end.
  uint64_t length() const { return length_; }
  void Skip(uint64_t pixels) {
    length_ -= pixels;
    if (length_ == 0) Settle();
  }

 private:
  // Behind the last run all is background.
  void Settle() {
    while (length_ == 0 && left_ > 0) {
      is_foreground_ = next_ % 2 == 1;
      length_ = left_;
      if (next_ < runs_.size()) {
        length_ = std::min(runs_[next_++], left_);
      } else {
        is_foreground_ = false;
      }
      left_ -= length_;
    }
  }

  const std::vector<uint64_t>& runs_;
  size_t next_ = 0;
  uint64_t left_;  // pixels behind the present run
  uint64_t length_ = 0;
  bool is_foreground_ = false;
};

void Append(bool is_foreground, uint64_t pixels, std::vector<uint64_t>& runs) {
  if (runs.empty() && is_foreground) runs.push_back(0);
  const bool last_is_foreground = runs.size() % 2 == 0;
  if (!runs.empty() && last_is_foreground == is_foreground) {
    runs.back() += pixels;
  } else {
    runs.push_back(pixels);
  }
}

CocoMask UnionOfTwo(const CocoMask& a, const CocoMask& b) {
  CocoMask both{.height = a.height, .width = a.width};
  both.runs.reserve(std::max(a.runs.size(), b.runs.size()));
  RunCursor one(a), other(b);
  while (one.length() > 0 && other.length() > 0) {
    const uint64_t pixels = std::min(one.length(), other.length());
    Append(one.is_foreground() || other.is_foreground(), pixels, both.runs);
    one.Skip(pixels);
    other.Skip(pixels);
  }
  return both;
}

}  // namespace

// By halves: many masks cost their runs times the logarithm of their number.
CocoMask Union(const std::vector<const CocoMask*>& masks) {
  std::vector<CocoMask> level;
  for (size_t i = 0; i + 1 < masks.size(); i += 2) {
    level.push_back(UnionOfTwo(*masks[i], *masks[i + 1]));
  }
  if (masks.size() % 2 == 1) level.push_back(*masks.back());
  while (level.size() > 1) {
    size_t kept = 0;
    for (size_t i = 0; i < level.size(); i += 2) {
      level[kept++] =
          i + 1 < level.size() ? UnionOfTwo(level[i], level[i + 1]) : std::move(level[i]);
    }
    level.resize(kept);
  }
  return std::move(level.front());
}

uint64_t Area(const CocoMask& mask) {
  uint64_t area = 0;
  for (size_t i = 1; i < mask.runs.size(); i += 2) area += mask.runs[i];
  return area;
}

std::array<double, 4> BoundingBox(const CocoMask& mask) {
  uint64_t left = mask.width, right = 0, top = mask.height, bottom = 0;
  uint64_t at = 0;
  for (size_t i = 0; i < mask.runs.size(); ++i) {
    const uint64_t begin = at;
    at += mask.runs[i];
    if (i % 2 == 0 || begin == at || mask.height == 0) continue;
    const uint64_t first = begin / mask.height, last = (at - 1) / mask.height;
    left = std::min(left, first);
    right = std::max(right, last + 1);
    const bool is_one_column = first == last;
    top = is_one_column ? std::min(top, begin % mask.height) : 0;
    bottom = is_one_column ? std::max(bottom, (at - 1) % mask.height + 1) : mask.height;
  }
  if (right == 0) return {};
  return {double(left), double(top), double(right - left), double(bottom - top)};
}

}  // namespace annofs

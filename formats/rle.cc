#include "formats/rle.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr uint64_t kMaxSide = uint64_t{1} << 30;  // of an image, in pixels
constexpr uint64_t kMaxRun = uint64_t{1} << 53;   // greater ones are no whole doubles
constexpr int kBitsPerCharacter = 5;
constexpr uint64_t kMore = 0x20, kSign = 0x10, kBits = 0x1f;

absl::Status TooManyRuns() {
  return absl::UnimplementedError(
      absl::StrCat("a mask of more than ", kMaxMaskRuns, " runs is not read"));
}

// At `line` of the new direction the pixels from `at` on change between background and foreground,
// and stay so on the lines that follow.
struct Toggle {
  uint32_t line = 0, at = 0;
  friend auto operator<=>(const Toggle&, const Toggle&) = default;
};

// A rectangle of pixels; ends are exclusive. `lines` run in the old direction.
struct Block {
  uint64_t line = 0, line_end = 0;
  uint64_t at = 0, at_end = 0;
};

// Turns runs along one axis into runs along the other.
class Transposition {
 public:
  // The pixels of a new image of `lines` lines of `length` pixels each.
  absl::StatusOr<std::vector<uint64_t>> Runs(uint64_t lines, uint64_t length) {
    std::sort(toggles_.begin(), toggles_.end());
    size_t next = 0;
    for (uint64_t line = 0; line < lines;) {
      while (next < toggles_.size() && toggles_[next].line == line) Flip(toggles_[next++].at);
      const uint64_t end =
          next < toggles_.size() ? std::min<uint64_t>(toggles_[next].line, lines) : lines;
      if (!AddLines(end - line, length)) return TooManyRuns();
      line = end;
    }
    return std::move(runs_);
  }

  void Add(const Block& block) {
    for (uint64_t line : {block.at, block.at_end}) {
      toggles_.push_back({uint32_t(line), uint32_t(block.line)});
      toggles_.push_back({uint32_t(line), uint32_t(block.line_end)});
    }
  }

 private:
  // Blocks side by side meet in a change that is none.
  void Flip(uint32_t at) {
    if (!changes_.insert(at).second) changes_.erase(at);
  }

  bool AddLines(uint64_t count, uint64_t length) {
    const bool is_uniform = changes_.empty() || (changes_.size() == 2 && *changes_.begin() == 0 &&
                                                 *changes_.rbegin() == length);
    if (is_uniform) {
      Add(!changes_.empty(), count * length);
      return runs_.size() <= kMaxMaskRuns;
    }
    for (uint64_t line = 0; line < count; ++line) {
      AddLine(length);
      if (runs_.size() > kMaxMaskRuns) return false;
    }
    return true;
  }

  void AddLine(uint64_t length) {
    uint64_t at = 0;
    bool is_foreground = false;
    for (uint32_t change : changes_) {
      Add(is_foreground, change - at);
      at = change;
      is_foreground = !is_foreground;
    }
    Add(is_foreground, length - at);
  }

  void Add(bool is_foreground, uint64_t count) {
    if (count == 0) return;
    if (runs_.empty() && is_foreground) runs_.push_back(0);
    const bool last_is_foreground = runs_.size() % 2 == 0;
    if (!runs_.empty() && last_is_foreground == is_foreground) {
      runs_.back() += count;
    } else {
      runs_.push_back(count);
    }
  }

  std::vector<Toggle> toggles_;
  absl::btree_set<uint32_t> changes_;  // of the present line
  std::vector<uint64_t> runs_;
};

// The pixels [begin, end) of an image with lines of `length`, as at most three blocks.
template <typename Fn>
void ForEachBlock(uint64_t begin, uint64_t end, uint64_t length, Fn fn) {
  uint64_t line = begin / length;
  const uint64_t last = end / length;  // where a part of a line ends
  if (const uint64_t at = begin % length; at != 0) {
    fn(Block{line, line + 1, at, line == last ? end % length : length});
    if (line++ == last) return;
  }
  if (line < last) fn(Block{line, last, 0, length});
  if (end % length != 0) fn(Block{last, last + 1, 0, end % length});
}

// Calls `fn(begin, end)` with each run of foreground; answers where the runs end.
template <typename Fn>
uint64_t ForEachForeground(const std::vector<uint64_t>& runs, uint64_t pixels, Fn fn) {
  uint64_t at = 0;
  for (size_t i = 0; i < runs.size() && at < pixels; ++i) {
    const uint64_t end = at + std::min(runs[i], pixels - at);
    if (i % 2 == 1 && end > at) fn(at, end);
    at = end;
  }
  return at;
}

void Grow(Block& box, const Block& block) {
  const bool is_empty = box.line_end == 0;
  box.line = is_empty ? block.line : std::min(box.line, block.line);
  box.at = is_empty ? block.at : std::min(box.at, block.at);
  box.line_end = std::max(box.line_end, block.line_end);
  box.at_end = std::max(box.at_end, block.at_end);
}

bool IsSane(uint64_t height, uint64_t width) {
  return height >= 1 && width >= 1 && height <= kMaxSide && width <= kMaxSide;
}

std::string ProblemOf(const CocoMask& mask, uint64_t pixels, uint64_t filled) {
  uint64_t sum = 0;
  for (uint64_t run : mask.runs) sum += std::min(run, pixels + 1 - std::min(sum, pixels));
  if (sum > pixels) return "a mask with more pixels than its image: cut";
  // A missing run of background at the end is usual.
  if (filled < pixels && mask.runs.size() % 2 == 1) {
    return "a mask with fewer pixels than its image: the rest is background";
  }
  return "";
}

}  // namespace

absl::StatusOr<std::vector<uint64_t>> ParseCocoCounts(absl::string_view counts) {
  std::vector<uint64_t> runs;
  for (size_t i = 0; i < counts.size();) {
    uint64_t value = 0;
    int shift = 0;
    for (bool is_more = true; is_more; shift += kBitsPerCharacter) {
      if (i == counts.size()) return absl::InvalidArgumentError("a mask that ends inside a run");
      const uint64_t code = uint64_t(uint8_t(counts[i++])) - '0';
      if (code > (kMore | kBits)) {
        return absl::InvalidArgumentError("a mask with a character that is no code of a run");
      }
      if (shift >= 60) return absl::InvalidArgumentError("a mask with a run that is too long");
      value |= (code & kBits) << shift;
      is_more = (code & kMore) != 0;
      if (!is_more && (code & kSign) != 0) value |= ~uint64_t{0} << (shift + kBitsPerCharacter);
    }
    if (runs.size() > 2) value += runs[runs.size() - 2];
    if (value > kMaxRun) return absl::InvalidArgumentError("a mask with a run that is no count");
    if (runs.size() == kMaxMaskRuns) return TooManyRuns();
    runs.push_back(value);
  }
  return runs;
}

std::string FormatCocoCounts(const std::vector<uint64_t>& runs) {
  std::string text;
  for (size_t i = 0; i < runs.size(); ++i) {
    int64_t value = int64_t(runs[i]) - (i > 2 ? int64_t(runs[i - 2]) : 0);
    while (true) {
      const uint64_t bits = uint64_t(value) & kBits;
      value >>= kBitsPerCharacter;
      const bool is_last = value == ((bits & kSign) != 0 ? -1 : 0);
      text.push_back(char('0' + (is_last ? bits : bits | kMore)));
      if (is_last) break;
    }
  }
  return text;
}

absl::StatusOr<CvatMask> CvatMaskOf(const CocoMask& mask) {
  if (!IsSane(mask.height, mask.width)) {
    return absl::InvalidArgumentError("a mask whose image is empty or absurd");
  }
  if (mask.runs.size() > kMaxMaskRuns) return TooManyRuns();
  const uint64_t pixels = mask.height * mask.width;
  // Twice through the runs, rather than a list of blocks in memory.
  auto for_each_block = [&](auto fn) {
    return ForEachForeground(mask.runs, pixels, [&](uint64_t begin, uint64_t end) {
      ForEachBlock(begin, end, mask.height, fn);
    });
  };
  Block box;
  const uint64_t filled = for_each_block([&box](const Block& block) { Grow(box, block); });
  if (box.line_end == 0) return absl::InvalidArgumentError("a mask without a pixel");
  Transposition transposition;
  for_each_block([&](const Block& block) {
    transposition.Add({block.line - box.line, block.line_end - box.line, block.at - box.at,
                       block.at_end - box.at});
  });
  ASSIGN_OR_RETURN(const std::vector<uint64_t> runs,
                   transposition.Runs(box.at_end - box.at, box.line_end - box.line));
  CvatMask result{.points = {runs.begin(), runs.end()}, .problem = ProblemOf(mask, pixels, filled)};
  for (uint64_t side : {box.line, box.at, box.line_end - 1, box.at_end - 1}) {
    result.points.push_back(double(side));
  }
  return result;
}

absl::StatusOr<CocoMask> CocoMaskOf(const std::vector<double>& points, uint64_t height,
                                    uint64_t width) {
  const absl::Status no_mask = absl::InvalidArgumentError("points that are no mask");
  if (!IsSane(height, width)) {
    return absl::InvalidArgumentError("a mask whose image is empty or absurd");
  }
  if (points.size() < 5) return no_mask;
  if (points.size() - 4 > kMaxMaskRuns) return TooManyRuns();
  for (double number : points) {
    if (!(std::abs(number) <= double(kMaxSide))) return no_mask;
  }
  const double* ends = points.data() + points.size() - 4;
  const int64_t left = int64_t(ends[0]), top = int64_t(ends[1]);
  const int64_t right = int64_t(ends[2]), bottom = int64_t(ends[3]);
  if (right < left || bottom < top) return no_mask;
  std::vector<uint64_t> runs;
  for (size_t i = 0; i + 4 < points.size(); ++i) {
    if (points[i] < 0) return no_mask;
    runs.push_back(uint64_t(points[i]));
  }
  const uint64_t line_length = uint64_t(right - left + 1);
  const uint64_t pixels = line_length * uint64_t(bottom - top + 1);
  auto clip = [](uint64_t at, int64_t offset, uint64_t size) {
    return uint64_t(std::clamp<int64_t>(int64_t(at) + offset, 0, int64_t(size)));
  };
  Transposition transposition;
  ForEachForeground(runs, pixels, [&](uint64_t begin, uint64_t end) {
    ForEachBlock(begin, end, line_length, [&](const Block& block) {
      const Block clipped{clip(block.line, top, height), clip(block.line_end, top, height),
                          clip(block.at, left, width), clip(block.at_end, left, width)};
      if (clipped.line < clipped.line_end && clipped.at < clipped.at_end) {
        transposition.Add(clipped);
      }
    });
  });
  CocoMask mask{.height = height, .width = width};
  ASSIGN_OR_RETURN(mask.runs, transposition.Runs(width, height));
  return mask;
}

}  // namespace annofs

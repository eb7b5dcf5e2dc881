#include "fs/shape_sorter.h"

#include <algorithm>
#include <queue>
#include <tuple>
#include <utility>

#include "cache/base/number_code.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr size_t kLeastRunBuffer = 16 << 10;
constexpr size_t kMostRecordHead = 32;

// Of a shape's head in a run: 8 * length of its bytes, and these.
constexpr uint64_t kIsShape = 1, kHasZOrder = 2, kHasTrack = 4;
constexpr int kLengthShift = 3;

// A shape of the frame that is merged.
struct Piece {
  bool is_shape;
  int32_t z_order, track;
  size_t offset, size;  // of the frame's bytes
  bool operator<(const Piece& other) const {
    return std::tie(is_shape, z_order, track) <
           std::tie(other.is_shape, other.z_order, other.track);
  }
};

// Collects the shapes of one frame, in the order of runs.
class FrameMerger {
 public:
  void Begin(uint32_t frame) {
    sorted_ = {.frame = frame};
    pieces_.clear();
    bytes_.clear();
    is_sorted_ = true;
  }
  void Add(bool is_shape, int32_t z_order, int32_t track, absl::string_view bytes) {
    ++(is_shape ? sorted_.shapes : sorted_.tags);
    Piece piece{is_shape, z_order, track, bytes_.size(), bytes.size()};
    if (!pieces_.empty() && piece < pieces_.back()) is_sorted_ = false;
    pieces_.push_back(piece);
    bytes_.append(bytes.data(), bytes.size());
  }
  const SortedShapes& End() {
    if (!is_sorted_) Sort();
    sorted_.bytes = bytes_;
    return sorted_;
  }

 private:
  void Sort() {
    std::stable_sort(pieces_.begin(), pieces_.end());
    std::string sorted;
    sorted.reserve(bytes_.size());
    for (const Piece& piece : pieces_) sorted.append(bytes_, piece.offset, piece.size);
    bytes_ = std::move(sorted);
  }

  SortedShapes sorted_;
  std::vector<Piece> pieces_;
  std::string bytes_;
  bool is_sorted_ = true;
};

// One run, frame by frame.
class RunCursor {
 public:
  RunCursor(const SpillFile& file, uint64_t begin, uint64_t end, size_t buffer_bytes)
      : reader_(file, begin, end, buffer_bytes) {}

  // To the next shape; its frame is then known.
  absl::Status Next() {
    if (reader_.empty()) {
      is_at_end_ = true;
      return absl::OkStatus();
    }
    absl::string_view bytes;
    RETURN_IF_ERROR(reader_.Peek(kMostRecordHead, &bytes));
    CodeReader in(bytes);
    frame_ += uint32_t(in.Number());
    const uint64_t head = in.Number();
    is_shape_ = head & kIsShape;
    z_order_ = head & kHasZOrder ? int32_t(in.Signed()) : 0;
    track_ = head & kHasTrack ? int32_t(in.Signed()) : -1;
    length_ = size_t(head >> kLengthShift);
    reader_.Skip(bytes.size() - in.rest().size());
    return absl::OkStatus();
  }

  bool is_at_end() const { return is_at_end_; }
  uint32_t frame() const { return frame_; }

  absl::Status TakeFrame(FrameMerger& merger) {
    for (const uint32_t frame = frame_; !is_at_end_ && frame_ == frame;) {
      absl::string_view bytes;
      RETURN_IF_ERROR(reader_.Peek(length_, &bytes));
      merger.Add(is_shape_, z_order_, track_, bytes.substr(0, length_));
      reader_.Skip(length_);
      RETURN_IF_ERROR(Next());
    }
    return absl::OkStatus();
  }

 private:
  SpillReader reader_;
  bool is_at_end_ = false;
  uint32_t frame_ = 0;
  bool is_shape_ = false;
  int32_t z_order_ = 0, track_ = 0;
  size_t length_ = 0;
};

}  // namespace

ShapeSorter::ShapeSorter(std::string directory, const ShapeSorterOptions& options)
    : options_(options), file_(std::move(directory)) {}

bool ShapeSorter::IsBefore(const Entry& a, const Entry& b) {
  if (a.frame != b.frame) return a.frame < b.frame;
  const uint32_t a_shape = a.place & 1, b_shape = b.place & 1;
  return std::tie(a_shape, a.z_order, a.track, a.place) <
         std::tie(b_shape, b.z_order, b.track, b.place);
}

absl::Status ShapeSorter::Add(const ShapeKey& key, absl::string_view bytes) {
  const size_t room = options_.buffer_bytes;
  const size_t most_entries = room / 2 / (2 * sizeof(Entry));
  if (!entries_.empty() &&
      (buffer_.size() + bytes.size() + 10 > room || entries_.size() >= most_entries)) {
    RETURN_IF_ERROR(Spill());
  }
  if (entries_.empty()) {
    // Address space; pages are taken when they are written to.
    buffer_.reserve(room);
    entries_.reserve(most_entries);
  }
  // Tags are in the order in which they came.
  Entry entry{.frame = key.frame,
              .place = uint32_t(buffer_.size() << 1 | (key.is_tag ? 0 : 1)),
              .z_order = key.is_tag ? 0 : key.z_order,
              .track = key.is_tag ? -1 : key.track};
  if (!entries_.empty() && IsBefore(entry, entries_.back())) is_sorted_ = false;
  entries_.push_back(entry);
  AppendNumber(buffer_, bytes.size());
  buffer_.append(bytes.data(), bytes.size());
  return absl::OkStatus();
}

absl::string_view ShapeSorter::BytesOf(const Entry& entry) const {
  CodeReader in(absl::string_view(buffer_).substr(entry.place >> 1));
  return in.Bytes(in.Number());
}

// By frame digit by digit, which keeps the order in which they came; then within each frame.
void ShapeSorter::SortEntries() {
  if (is_sorted_) return;
  SortByFrame();
  for (size_t begin = 0; begin < entries_.size();) {
    size_t end = begin + 1;
    bool in_order = true;
    for (; end < entries_.size() && entries_[end].frame == entries_[begin].frame; ++end) {
      if (IsBefore(entries_[end], entries_[end - 1])) in_order = false;
    }
    if (!in_order) {
      std::sort(entries_.begin() + ptrdiff_t(begin), entries_.begin() + ptrdiff_t(end), IsBefore);
    }
    begin = end;
  }
  is_sorted_ = true;
}

void ShapeSorter::SortByFrame() {
  constexpr int kDigit = 11;
  uint32_t greatest = 0;
  for (const Entry& entry : entries_) greatest = std::max(greatest, entry.frame);
  std::vector<Entry> other(entries_.size());
  for (int shift = 0; shift < 32 && greatest >> shift != 0; shift += kDigit) {
    auto digit = [shift](const Entry& entry) { return entry.frame >> shift & ((1 << kDigit) - 1); };
    std::vector<size_t> places((1 << kDigit) + 1);
    for (const Entry& entry : entries_) ++places[digit(entry) + 1];
    for (size_t i = 1; i < places.size(); ++i) places[i] += places[i - 1];
    for (const Entry& entry : entries_) other[places[digit(entry)]++] = entry;
    std::copy(other.begin(), other.end(), entries_.begin());
  }
}

// A run that goes on where the last one ended is one with it.
absl::Status ShapeSorter::Spill() {
  SortEntries();
  Entry first = entries_.front(), last = last_spilled_;
  first.place |= ~1u;  // it came later
  last.place &= 1;
  const bool goes_on = !runs_.empty() && IsBefore(last, first);
  if (!goes_on) runs_.push_back({.begin = file_.size(), .end = file_.size()});
  uint32_t frame = goes_on ? last.frame : 0;
  std::string head;
  for (const Entry& entry : entries_) {
    const absl::string_view bytes = BytesOf(entry);
    head.clear();
    AppendNumber(head, entry.frame - frame);
    AppendNumber(head, uint64_t{bytes.size()} << kLengthShift | (entry.place & kIsShape) |
                           (entry.z_order != 0 ? kHasZOrder : 0) |
                           (entry.track != -1 ? kHasTrack : 0));
    if (entry.z_order != 0) AppendSigned(head, entry.z_order);
    if (entry.track != -1) AppendSigned(head, entry.track);
    RETURN_IF_ERROR(file_.Append(head));
    RETURN_IF_ERROR(file_.Append(bytes));
    frame = entry.frame;
  }
  runs_.back().end = file_.size();
  last_spilled_ = entries_.back();
  entries_.clear();
  buffer_.clear();
  is_sorted_ = true;
  return absl::OkStatus();
}

absl::Status ShapeSorter::Merge(absl::FunctionRef<absl::Status(const SortedShapes&)> fn) {
  if (runs_.empty()) return MergeMemory(fn);
  if (!entries_.empty()) RETURN_IF_ERROR(Spill());
  std::string().swap(buffer_);
  std::vector<Entry>().swap(entries_);
  return MergeRuns(fn);
}

absl::Status ShapeSorter::MergeMemory(absl::FunctionRef<absl::Status(const SortedShapes&)> fn) {
  SortEntries();
  FrameMerger merger;
  for (size_t i = 0; i < entries_.size();) {
    const uint32_t frame = entries_[i].frame;
    merger.Begin(frame);
    for (; i < entries_.size() && entries_[i].frame == frame; ++i) {
      const Entry& entry = entries_[i];
      merger.Add(entry.place & 1, entry.z_order, entry.track, BytesOf(entry));
    }
    RETURN_IF_ERROR(fn(merger.End()));
  }
  return absl::OkStatus();
}

absl::Status ShapeSorter::MergeRuns(absl::FunctionRef<absl::Status(const SortedShapes&)> fn) {
  const size_t buffer = std::max(options_.merge_bytes / runs_.size(), kLeastRunBuffer);
  std::vector<RunCursor> cursors;
  // (frame, run): the runs of one frame come in the order in which they were written.
  using Place = std::pair<uint32_t, size_t>;
  std::priority_queue<Place, std::vector<Place>, std::greater<Place>> queue;
  cursors.reserve(runs_.size());
  for (const Run& run : runs_) {
    RunCursor& cursor = cursors.emplace_back(file_, run.begin, run.end, buffer);
    RETURN_IF_ERROR(cursor.Next());
    queue.push({cursor.frame(), cursors.size() - 1});
  }
  FrameMerger merger;
  while (!queue.empty()) {
    const uint32_t frame = queue.top().first;
    merger.Begin(frame);
    while (!queue.empty() && queue.top().first == frame) {
      const size_t run = queue.top().second;
      queue.pop();
      RETURN_IF_ERROR(cursors[run].TakeFrame(merger));
      if (!cursors[run].is_at_end()) queue.push({cursors[run].frame(), run});
    }
    RETURN_IF_ERROR(fn(merger.End()));
  }
  return absl::OkStatus();
}

}  // namespace annofs

#include "formats/segments.h"

#include <algorithm>
#include <utility>

#include "cache/base/status.h"

namespace annofs {
namespace {

// In an order that is not that of ranks, the frames of a run are looked for from a place on. Where
// none is found for so long, and the run has fewer than one frame in so many and not too many, they
// are listed and sorted.
constexpr uint32_t kFar = 8192;
constexpr size_t kSparse = 8;
constexpr size_t kMostListed = 1 << 20;
// Frames that are gathered at once, more and more while a reader goes on.
constexpr size_t kLeastAhead = 4, kMostAhead = 256;

}  // namespace

Segments Lines(std::string head, RankSet frames,
               std::function<absl::StatusOr<std::string>(const Dataset&, Rank)> line,
               SegmentOrder order) {
  Section section{.before = std::move(head), .frames = std::move(frames), .order = order};
  section.segment = [line = std::move(line)](const Dataset& data, const SegmentAt& at, Running&,
                                             std::string& out) -> absl::Status {
    ASSIGN_OR_RETURN(std::string text, line(data, at.rank));
    out += text;
    return absl::OkStatus();
  };
  Segments segments;
  segments.sections.push_back(std::move(section));
  return segments;
}

bool Segments::has_images() const {
  return std::any_of(sections.begin(), sections.end(),
                     [](const Section& section) { return section.image_unit > 0; });
}

SegmentReader::SegmentReader(const Segments& segments, const Dataset& data, SegmentCursor from)
    : segments_(segments), data_(data), cursor_(from), most_ahead_(kLeastAhead) {}

absl::StatusOr<bool> SegmentReader::Next(std::string& out) {
  image_.reset();
  if (cursor_.section > segments_.sections.size()) return false;
  if (cursor_.section == segments_.sections.size()) {
    out += segments_.tail;
    ++cursor_.section;
    return true;
  }
  const Section& section = segments_.sections[cursor_.section];
  if (!cursor_.is_begun) {
    out += section.before;
    cursor_.is_begun = true;
    return true;
  }
  if (cursor_.is_image) {
    RETURN_IF_ERROR(NextImage(out));
    return true;
  }
  ASSIGN_OR_RETURN(std::optional<SegmentAt> at, NextFrame());
  if (!at) {
    cursor_ = {.section = cursor_.section + 1};
    is_open_ = false;
    return true;
  }
  RETURN_IF_ERROR(section.segment(data_, *at, cursor_.running, out));
  cursor_.is_image = section.image_unit > 0;
  return true;
}

// Its text is the zeros behind the image.
absl::Status SegmentReader::NextImage(std::string& out) {
  const Section& section = segments_.sections[cursor_.section];
  Rank rank = cursor_.next - 1;
  if (section.order == SegmentOrder::kCvat) {
    ASSIGN_OR_RETURN(rank, data_.InOrder(cursor_.next - 1));
  }
  ASSIGN_OR_RETURN(const std::optional<Media> media, data_.GetMedia(rank));
  if (!media) return absl::InternalError("an image of a file is not in the media map");
  image_ = {.rank = rank, .size = media->size};
  const uint64_t unit = section.image_unit;
  out.append((unit - media->size % unit) % unit, '\0');
  cursor_.is_image = false;
  return absl::OkStatus();
}

void SegmentReader::Seek(const SegmentCursor& to) {
  if (to.section != cursor_.section || to.run != cursor_.run) is_open_ = false;
  cursor_ = to;
  ahead_.clear();
  next_ahead_ = 0;
  most_ahead_ = kLeastAhead;
}

// Takes the frames of the cursor's run; false if there is none.
absl::StatusOr<bool> SegmentReader::OpenRun() {
  const Section& section = segments_.sections[cursor_.section];
  if (section.runs) {
    ASSIGN_OR_RETURN(std::optional<RankSet> run, section.runs(data_, cursor_.run));
    if (!run) return false;
    frames_ = *std::move(run);
  } else {
    if (cursor_.run > 0) return false;
    frames_ = section.frames;
  }
  list_.clear();
  is_listed_ = false;
  ahead_.clear();
  next_ahead_ = 0;
  most_ahead_ = kLeastAhead;
  is_open_ = true;
  return true;
}

uint32_t SegmentReader::PlaceOf(const Found& found) const {
  return segments_.sections[cursor_.section].order == SegmentOrder::kRank ? found.rank
                                                                          : found.position;
}

absl::StatusOr<const SegmentReader::Found*> SegmentReader::FrameFrom(uint32_t place) {
  while (next_ahead_ < ahead_.size() && PlaceOf(ahead_[next_ahead_]) < place) ++next_ahead_;
  if (next_ahead_ == ahead_.size()) RETURN_IF_ERROR(LookAhead(place));
  return next_ahead_ == ahead_.size() ? nullptr : &ahead_[next_ahead_];
}

absl::Status SegmentReader::LookAhead(uint32_t from) {
  ahead_.clear();
  next_ahead_ = 0;
  const SegmentOrder order = segments_.sections[cursor_.section].order;
  if (order == SegmentOrder::kRank || data_.IsInOrder()) {
    RETURN_IF_ERROR(LookAheadByRank(from));
  } else {
    if (!is_listed_) {
      ASSIGN_OR_RETURN(bool is_done, LookAheadInOrder(from));
      if (!is_done) RETURN_IF_ERROR(ListRun());
    }
    if (is_listed_) {
      auto begin = std::lower_bound(list_.begin(), list_.end(), Found{from, 0});
      auto end = begin + ptrdiff_t(std::min(most_ahead_, size_t(list_.end() - begin)));
      ahead_.assign(begin, end);
    }
  }
  most_ahead_ = std::min(2 * most_ahead_, kMostAhead);
  return absl::OkStatus();
}

absl::Status SegmentReader::LookAheadByRank(uint32_t from) {
  frames_.ForEach(from, [this](Rank rank) {
    ahead_.push_back({.position = rank, .rank = rank});
    return ahead_.size() < most_ahead_;
  });
  if (data_.IsInOrder()) return absl::OkStatus();
  std::vector<Rank> ranks;
  for (const Found& found : ahead_) ranks.push_back(found.rank);
  std::vector<uint32_t> positions;
  RETURN_IF_ERROR(data_.PositionsOf(RankSet::Of(ranks), positions));
  for (size_t i = 0; i < ahead_.size(); ++i) ahead_[i].position = positions[i];
  return absl::OkStatus();
}

// False: they lie too far from each other, and should be listed.
absl::StatusOr<bool> SegmentReader::LookAheadInOrder(uint32_t from) {
  const bool may_list =
      frames_.size() <= kMostListed && frames_.size() < data_.frame_count() / kSparse;
  bool is_far = false;
  RETURN_IF_ERROR(data_.ForEachInOrder(from, [&](uint32_t position, Rank rank) {
    if (frames_.Contains(rank)) ahead_.push_back({.position = position, .rank = rank});
    is_far = may_list && ahead_.empty() && position - from >= kFar;
    return ahead_.size() < most_ahead_ && !is_far && !(may_list && position - from >= 2 * kFar);
  }));
  if (is_far) ahead_.clear();
  return !is_far;
}

absl::Status SegmentReader::ListRun() {
  std::vector<uint32_t> positions;
  RETURN_IF_ERROR(data_.PositionsOf(frames_, positions));
  list_.reserve(positions.size());
  frames_.ForEach(0, [&](Rank rank) {
    list_.push_back({.position = positions[list_.size()], .rank = rank});
    return true;
  });
  std::sort(list_.begin(), list_.end());
  is_listed_ = true;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<SegmentAt>> SegmentReader::NextFrame() {
  const Section& section = segments_.sections[cursor_.section];
  while (true) {
    if (!is_open_) {
      ASSIGN_OR_RETURN(bool is_run, OpenRun());
      if (!is_run) return std::nullopt;
    }
    ASSIGN_OR_RETURN(const Found* found, FrameFrom(cursor_.next));
    if (found != nullptr) {
      SegmentAt at{.rank = found->rank,
                   .position = found->position,
                   .run = cursor_.run,
                   .begins_run = cursor_.next == 0};
      cursor_.next = PlaceOf(*found) + 1;
      if (section.runs) {
        ASSIGN_OR_RETURN(const Found* after, FrameFrom(cursor_.next));
        at.ends_run = after == nullptr;
      }
      return at;
    }
    ++cursor_.run;
    cursor_.next = 0;
    is_open_ = false;
  }
}

}  // namespace annofs

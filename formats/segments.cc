#include "formats/segments.h"

#include <algorithm>
#include <utility>

#include "cache/base/status.h"

namespace annofs {
namespace {

// A run of fewer than one frame in so many is listed and sorted, others are looked for.
constexpr size_t kSparse = 8;

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

SegmentReader::SegmentReader(const Segments& segments, const Dataset& data, SegmentCursor from)
    : segments_(segments), data_(data), cursor_(from) {}

absl::StatusOr<bool> SegmentReader::Next(std::string& out) {
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
  ASSIGN_OR_RETURN(std::optional<SegmentAt> at, NextFrame());
  if (!at) {
    cursor_ = {.section = cursor_.section + 1};
    is_open_ = false;
    return true;
  }
  RETURN_IF_ERROR(section.segment(data_, *at, cursor_.running, out));
  return true;
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
  places_.clear();
  is_ranked_ = section.order == SegmentOrder::kRank || data_.IsInOrder();
  is_listed_ = !is_ranked_ && frames_.size() < data_.frame_count() / kSparse;
  absl::Status status;
  if (is_listed_) {
    frames_.ForEach(0, [&](Rank rank) {
      absl::StatusOr<uint32_t> position = data_.PositionOf(rank);
      status = position.status();
      if (position.ok()) places_.push_back(*position);
      return status.ok();
    });
    std::sort(places_.begin(), places_.end());
  }
  RETURN_IF_ERROR(status);
  is_open_ = true;
  return true;
}

// The first place from `from` on that has a frame of the run.
absl::StatusOr<std::optional<uint32_t>> SegmentReader::PlaceFrom(uint32_t from) const {
  if (is_listed_) {
    auto found = std::lower_bound(places_.begin(), places_.end(), from);
    return found == places_.end() ? std::nullopt : std::optional(*found);
  }
  if (is_ranked_) {
    std::optional<uint32_t> next;
    frames_.ForEach(from, [&next](Rank rank) {
      next = rank;
      return false;
    });
    return next;
  }
  for (; from < data_.frame_count(); ++from) {
    ASSIGN_OR_RETURN(Rank rank, data_.InOrder(from));
    if (frames_.Contains(rank)) return std::optional(from);
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<SegmentAt>> SegmentReader::NextFrame() {
  const Section& section = segments_.sections[cursor_.section];
  while (true) {
    if (!is_open_) {
      ASSIGN_OR_RETURN(bool is_run, OpenRun());
      if (!is_run) return std::nullopt;
    }
    ASSIGN_OR_RETURN(std::optional<uint32_t> place, PlaceFrom(cursor_.next));
    if (place) {
      SegmentAt at{.run = cursor_.run, .begins_run = cursor_.next == 0};
      if (section.order == SegmentOrder::kRank) {
        at.rank = *place;
        ASSIGN_OR_RETURN(at.position, data_.PositionOf(at.rank));
      } else {
        at.position = *place;
        ASSIGN_OR_RETURN(at.rank, data_.InOrder(at.position));
      }
      cursor_.next = *place + 1;
      if (section.runs) {
        ASSIGN_OR_RETURN(std::optional<uint32_t> after, PlaceFrom(cursor_.next));
        at.ends_run = !after;
      }
      return at;
    }
    ++cursor_.run;
    cursor_.next = 0;
    is_open_ = false;
  }
}

}  // namespace annofs

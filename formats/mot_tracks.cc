#include "formats/mot_tracks.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "cache/base/status.h"
#include "formats/python_parse.h"
#include "formats/segments.h"

namespace annofs {
namespace {

constexpr absl::string_view kTrackId = "track_id";

// The frames that a term has, of the set.
absl::StatusOr<RankSet> FramesWith(const Dataset& data, const FrameTerm& term,
                                   const RankSet& frames) {
  ASSIGN_OR_RETURN(const RankSet with, data.With(term));
  return Intersect(with, frames);
}

// The first in CVAT's order. REQUIRES: not empty.
absl::StatusOr<Rank> FirstOf(const Dataset& data, const RankSet& frames) {
  if (data.IsInOrder()) return frames[0];
  std::vector<uint32_t> positions;
  RETURN_IF_ERROR(data.PositionsOf(frames, positions));
  return data.InOrder(*std::min_element(positions.begin(), positions.end()));
}

// A track by its term, without the texts that it does not have.
struct Begin {
  Rank first = 0;
  uint32_t task = 0, label = 0;
  int32_t track = 0;
};

absl::StatusOr<std::vector<Begin>> BeginsOf(const Dataset& data, const RankSet& frames) {
  std::vector<Begin> begins;
  absl::Status status;
  RETURN_IF_ERROR(
      data.Terms(FrameTerm::FirstOf(FrameTerm::Kind::kTrack), [&](const FrameTerm& term) {
        if (term.kind != FrameTerm::Kind::kTrack) return false;
        status = [&]() -> absl::Status {
          ASSIGN_OR_RETURN(const RankSet with, FramesWith(data, term, frames));
          if (with.empty()) return absl::OkStatus();
          ASSIGN_OR_RETURN(const Rank first, FirstOf(data, with));
          begins.push_back({first, term.number, term.label, term.track});
          return absl::OkStatus();
        }();
        return status.ok();
      }));
  RETURN_IF_ERROR(status);
  std::sort(begins.begin(), begins.end(),
            [](const Begin& a, const Begin& b) { return a.first < b.first; });
  return begins;
}

bool HasRow(const DatasetInfo& info, const Item& item, int32_t track) {
  return std::any_of(
      item.annotations.begin(), item.annotations.end(), [&](const ItemAnnotation& box) {
        return box.type == ItemType::kBbox && box.track == track && MotRowOf(info, box).has_value();
      });
}

}  // namespace

bool SpecifiesTrackId(const Label& label) {
  return std::any_of(label.attributes.begin(), label.attributes.end(),
                     [](const AttributeSpec& spec) { return spec.name == kTrackId; });
}

std::optional<MotRow> MotRowOf(const DatasetInfo& info, const ItemAnnotation& box) {
  MotRow row{.track = box.track};
  if (box.track < 0 && SpecifiesTrackId(info.labels[box.label])) {
    const ItemValue* track = box.Find(kTrackId);
    const std::optional<int64_t> number = track == nullptr ? kNoMotTrack : PythonIntOf(*track);
    if (!number) return std::nullopt;
    row.track = *number;
  }
  if (const ItemValue* visibility = box.Find("visibility")) {
    const std::optional<double> number = PythonFloatOf(*visibility);
    if (!number) return std::nullopt;
    row.visibility = *number;
  } else if (const ItemValue* occluded = box.Find("occluded")) {
    row.visibility = PythonTruth(*occluded) ? 0 : 1;
  }
  return row;
}

absl::StatusOr<int64_t> MotTracks::NumberOf(const Dataset& data, int64_t track) {
  if (track == kNoMotTrack) return kNoMotTrack;
  absl::MutexLock lock(&mutex_);
  if (!is_made_) RETURN_IF_ERROR(Make(data));
  const auto found = numbers_.find(track);
  if (found == numbers_.end()) return absl::InternalError("a track without a number");
  return found->second;
}

absl::StatusOr<RankSet> MotTracks::FramesOfBegins(const Dataset& data) const {
  const std::vector<Label>& labels = data.info().labels;
  if (std::any_of(labels.begin(), labels.end(), SpecifiesTrackId)) return frames_;
  ASSIGN_OR_RETURN(const std::vector<Begin> begins, BeginsOf(data, frames_));
  RankCollector looked;
  for (size_t i = 0; i < begins.size();) {
    const Rank rank = begins[i].first;
    looked.Add(rank);
    ASSIGN_OR_RETURN(const Item item, ItemOf(data, rank));
    for (; i < begins.size() && begins[i].first == rank; ++i) {
      const Begin& begin = begins[i];
      if (HasRow(data.info(), item, begin.track)) continue;
      // A track of another type, or one that begins as another: its box may be on any frame.
      ASSIGN_OR_RETURN(
          const RankSet all,
          FramesWith(data, FrameTerm::OfTrack(begin.label, begin.task, begin.track), frames_));
      looked.AddAll(all);
    }
  }
  return looked.Take();
}

absl::Status MotTracks::Make(const Dataset& data) {
  numbers_.clear();
  ASSIGN_OR_RETURN(RankSet begins, FramesOfBegins(data));
  std::vector<int64_t> tracks;  // of the present frame
  const Segments pass =
      Lines("", std::move(begins),
            [&tracks](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
              ASSIGN_OR_RETURN(const Item item, ItemOf(data, rank));
              for (const ItemAnnotation& box : item.annotations) {
                if (box.type != ItemType::kBbox) continue;
                const std::optional<MotRow> row = MotRowOf(data.info(), box);
                if (row) tracks.push_back(row->track);
              }
              return "";
            });
  SegmentReader reader(pass, data);
  std::string nothing;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, reader.Next(nothing));
    for (int64_t track : std::exchange(tracks, {})) {
      if (track != kNoMotTrack) numbers_.try_emplace(track, uint32_t(numbers_.size() + 1));
    }
    if (!more) break;
  }
  is_made_ = true;
  return absl::OkStatus();
}

}  // namespace annofs

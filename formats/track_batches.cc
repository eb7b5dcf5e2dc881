#include "formats/track_batches.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "cache/base/status.h"
#include "formats/shape_codec.h"

namespace annofs {
namespace {

// So many times as many tracks are gathered the next time; where the last ones did not fit, more
// may, as tracks are of all lengths.
constexpr uint32_t kGrowth = 4, kGrowthAfterCut = 2;
// Of a batch; frames are those of its tracks: bounds what is gathered before its bytes are known.
constexpr uint32_t kMostTracks = 1 << 16;
constexpr size_t kMostFrames = size_t{1} << 18;

void Append(FrameShapes more, FrameShapes& all) {
  std::move(more.shapes.begin(), more.shapes.end(), std::back_inserter(all.shapes));
  std::move(more.outside.begin(), more.outside.end(), std::back_inserter(all.outside));
}

}  // namespace

// The shapes of tracks that follow each other.
class TrackBatches::Batch {
 public:
  Batch(uint32_t first, uint32_t count) : first_(first), tracks_(count) {}

  uint32_t first() const { return first_; }
  uint32_t end() const { return first_ + uint32_t(tracks_.size()); }
  bool Has(uint32_t track) const { return track >= first() && track < end(); }
  size_t bytes() const { return bytes_; }

  // Ranks ascend.
  void Add(uint32_t track, Rank rank, const Shape& shape) {
    One& one = tracks_[track - first_];
    const size_t before = one.records.size();
    one.places.push_back({rank, uint32_t(before)});
    AppendShapesHead(0, 1, one.records);
    AppendShape(shape, texts_, one.records);
    bytes_ += one.records.size() - before + sizeof(Place);
  }

  // Forgets the tracks behind so many.
  void Cut(size_t count) {
    for (size_t i = count; i < tracks_.size(); ++i) {
      bytes_ -= tracks_[i].records.size() + tracks_[i].places.size() * sizeof(Place);
    }
    tracks_.resize(count);
  }

  absl::StatusOr<FrameShapes> Get(uint32_t track, Rank rank) const {
    const One& one = tracks_[track - first_];
    auto place = std::lower_bound(one.places.begin(), one.places.end(), rank,
                                  [](const Place& at, Rank other) { return at.rank < other; });
    FrameShapes all;
    for (; place != one.places.end() && place->rank == rank; ++place) {
      const size_t end =
          place + 1 == one.places.end() ? one.records.size() : size_t{(place + 1)->begin};
      ASSIGN_OR_RETURN(
          FrameShapes shapes,
          DecodeShapes(absl::string_view(one.records).substr(place->begin, end - place->begin),
                       texts_.texts()));
      Append(std::move(shapes), all);
    }
    return all;
  }

 private:
  struct Place {
    Rank rank = 0;
    uint32_t begin = 0;
  };
  struct One {
    std::vector<Place> places;
    std::string records;  // each of one shape
  };

  const uint32_t first_;
  std::vector<One> tracks_;
  ShapeTexts texts_;
  size_t bytes_ = 0;
};

absl::StatusOr<RankSet> TrackBatches::FramesOf(const Dataset& data, uint32_t track) const {
  const TrackAt& at = tracks_[track];
  ASSIGN_OR_RETURN(const RankSet seen, data.With(FrameTerm::OfTrack(at.label, at.task, at.track)));
  ASSIGN_OR_RETURN(const RankSet ends,
                   data.With(FrameTerm::OfOutside(at.label, at.task, at.track)));
  return UnionOf(seen, ends);
}

absl::StatusOr<FrameShapes> TrackBatches::Get(const Dataset& data, uint32_t track, Rank rank) {
  uint32_t width = 0;
  BatchPtr batch = FindBatch(track, &width);
  if (width > 0) {
    bool is_cut = false;
    ASSIGN_OR_RETURN(batch, Gather(data, track, width, &is_cut));
    Keep(track, width, is_cut, batch);
  }
  if (batch != nullptr) return batch->Get(track, rank);
  const TrackAt& at = tracks_[track];
  return data.ShapesOfTracks(rank, [&at](uint32_t label, int32_t number) {
    return number == at.track && label == at.label;
  });
}

void TrackBatches::Clear() {
  absl::MutexLock lock(&mutex_);
  readers_.clear();
}

TrackBatches::BatchPtr TrackBatches::FindBatch(uint32_t track, uint32_t* gathers) {
  absl::MutexLock lock(&mutex_);
  for (auto reader = readers_.begin(); reader != readers_.end(); ++reader) {
    const bool has = reader->batch != nullptr && reader->batch->Has(track);
    const bool is_next = reader->last + 1 == track;
    if (!has && !is_next && reader->last != track) continue;
    readers_.splice(readers_.begin(), readers_, reader);
    if (has) return reader->batch;
    if (is_next) {
      const uint32_t growth = reader->is_widest ? kGrowthAfterCut : kGrowth;
      *gathers = std::min(std::max(reader->width, 1u) * growth, kMostTracks);
    }
    return nullptr;
  }
  readers_.push_front({.last = track});
  if (readers_.size() > kMostReaders) readers_.pop_back();
  return nullptr;
}

void TrackBatches::Keep(uint32_t first, uint32_t width, bool is_cut, BatchPtr batch) {
  absl::MutexLock lock(&mutex_);
  for (Reader& reader : readers_) {
    if (reader.last + 1 != first) continue;
    reader = {.last = first};
    if (batch == nullptr) return;
    reader.last = batch->end() - 1;
    reader.width = is_cut ? batch->end() - first : width;
    reader.is_widest = is_cut;
    reader.batch = std::move(batch);
    return;
  }
}

absl::StatusOr<TrackBatches::BatchPtr> TrackBatches::Gather(const Dataset& data, uint32_t first,
                                                            uint32_t width, bool* is_cut) const {
  RankCollector collected;
  size_t frames = 0;
  uint32_t end = first;
  for (; end < tracks_.size() && end - first < width; ++end) {
    if (tracks_[end].task != tracks_[first].task) break;
    ASSIGN_OR_RETURN(const RankSet of_track, FramesOf(data, end));
    *is_cut = end > first && frames + of_track.size() > kMostFrames;
    if (*is_cut) break;
    frames += of_track.size();
    collected.AddAll(of_track);
  }
  const auto key = [](const TrackAt& at) { return std::pair(at.track, at.label); };
  const auto number_of = [&](uint32_t label, int32_t track) -> std::optional<uint32_t> {
    const auto begin = tracks_.begin() + first, behind = tracks_.begin() + end;
    const std::pair wanted(track, label);
    const auto found =
        std::lower_bound(begin, behind, wanted,
                         [&](const TrackAt& at, const auto& other) { return key(at) < other; });
    if (found == behind || key(*found) != wanted) return std::nullopt;
    return uint32_t(found - tracks_.begin());
  };
  auto batch = std::make_shared<Batch>(first, end - first);
  absl::Status status;
  collected.Take().ForEach(0, [&](Rank rank) {
    absl::StatusOr<FrameShapes> shapes = data.ShapesOfTracks(
        rank, [&](uint32_t label, int32_t track) { return number_of(label, track).has_value(); });
    status = shapes.status();
    if (!status.ok()) return false;
    for (const std::vector<Shape>* list : {&shapes->shapes, &shapes->outside}) {
      for (const Shape& shape : *list) {
        batch->Add(*number_of(shape.label, shape.track), rank, shape);
      }
    }
    while (batch->bytes() > most_bytes_ && end > first) {
      *is_cut = true;
      end = first + (end - first) / 2;
      batch->Cut(end - first);
    }
    return end > first;
  });
  RETURN_IF_ERROR(status);
  return end == first ? BatchPtr() : BatchPtr(std::move(batch));
}

}  // namespace annofs

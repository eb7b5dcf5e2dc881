#include "formats/dataset.h"

#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {

absl::string_view FrameNames::extension() const { return Extension(path); }

absl::string_view FrameNames::sidecar() const {
  absl::string_view name = path;
  if (!shares_stem) name.remove_suffix(extension().size());
  return name;
}

absl::StatusOr<FrameShapes> Dataset::ShapesOfTracks(
    Rank rank, absl::FunctionRef<bool(uint32_t label, int32_t track)> wants) const {
  ASSIGN_OR_RETURN(FrameShapes all, Shapes(rank));
  const auto is_other = [&wants](const Shape& shape) {
    return shape.track < 0 || !wants(shape.label, shape.track);
  };
  all.tags.clear();
  std::erase_if(all.shapes, is_other);
  std::erase_if(all.outside, is_other);
  all.source_order.clear();
  return all;
}

absl::StatusOr<std::vector<RelatedMedia>> Dataset::Related(Rank) const {
  return std::vector<RelatedMedia>();
}

absl::StatusOr<RankSet> Dataset::WithRelated(uint32_t) const { return RankSet(); }

absl::Status Dataset::ForEachInOrder(
    uint32_t position, absl::FunctionRef<bool(uint32_t position, Rank rank)> fn) const {
  for (; position < frame_count(); ++position) {
    ASSIGN_OR_RETURN(Rank rank, InOrder(position));
    if (!fn(position, rank)) break;
  }
  return absl::OkStatus();
}

absl::Status Dataset::PositionsOf(const RankSet& ranks, std::vector<uint32_t>& positions) const {
  absl::Status status;
  ranks.ForEach(0, [&](Rank rank) {
    absl::StatusOr<uint32_t> position = PositionOf(rank);
    status = position.status();
    if (position.ok()) positions.push_back(*position);
    return status.ok();
  });
  return status;
}

absl::StatusOr<uint32_t> Dataset::TermCount(FrameTerm::Kind kind) const {
  uint32_t count = 0;
  RETURN_IF_ERROR(Terms(FrameTerm::FirstOf(kind), [&count](const FrameTerm&) { return ++count; }));
  return count;
}

absl::StatusOr<std::optional<uint32_t>> Dataset::TermNumber(const FrameTerm& term) const {
  std::optional<uint32_t> found;
  uint32_t number = 0;
  RETURN_IF_ERROR(Terms(FrameTerm::FirstOf(term.kind), [&](const FrameTerm& other) {
    if (other == term) found = number;
    ++number;
    return !found;
  }));
  return found;
}

absl::StatusOr<std::optional<FrameTerm>> Dataset::TermAt(FrameTerm::Kind kind,
                                                         uint32_t number) const {
  std::optional<FrameTerm> found;
  RETURN_IF_ERROR(Terms(FrameTerm::FirstOf(kind), [&](const FrameTerm& term) {
    if (number == 0) found = term;
    return number-- > 0;
  }));
  return found;
}

absl::StatusOr<std::optional<FrameTerm>> Dataset::FirstTerm(const FrameTerm& from) const {
  std::optional<FrameTerm> first;
  RETURN_IF_ERROR(Terms(from, [&first](const FrameTerm& term) {
    first = term;
    return false;
  }));
  return first;
}

absl::StatusOr<std::vector<std::string>> Dataset::Subsets() const {
  std::vector<std::string> names;
  absl::Status status =
      Terms(FrameTerm::FirstOf(FrameTerm::Kind::kSubset), [&names](const FrameTerm& term) {
        names.push_back(term.text);
        return true;
      });
  if (!status.ok()) return status;
  return names;
}

}  // namespace annofs

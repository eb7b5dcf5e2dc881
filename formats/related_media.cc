#include "formats/related_media.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "cache/base/status.h"

namespace annofs {
namespace {

std::vector<uint32_t> AllInOrder(const Frame& frame) {
  std::vector<uint32_t> numbers(frame.related.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  std::stable_sort(numbers.begin(), numbers.end(),
                   [&](uint32_t a, uint32_t b) { return frame.related[a] < frame.related[b]; });
  const auto end = std::unique(numbers.begin(), numbers.end(), [&](uint32_t a, uint32_t b) {
    return frame.related[a] == frame.related[b];
  });
  numbers.erase(end, numbers.end());
  return numbers;
}

}  // namespace

std::vector<uint32_t> RelatedInOrder(const Frame& frame) {
  std::vector<uint32_t> numbers = AllInOrder(frame);
  if (numbers.size() > kMostRelated) numbers.resize(kMostRelated);
  return numbers;
}

bool HasTooManyRelated(const Frame& frame) {
  return frame.related.size() > kMostRelated && AllInOrder(frame).size() > kMostRelated;
}

absl::Status ForEachRelated(const Dataset& data, const RankSet& frames,
                            absl::FunctionRef<void(uint32_t number, RankSet frames)> fn) {
  for (uint32_t number = 0; number < kMostRelated; ++number) {
    ASSIGN_OR_RETURN(const RankSet with, data.WithRelated(number));
    RankSet wanted = Intersect(frames, with);
    if (wanted.empty()) break;
    fn(number, std::move(wanted));
  }
  return absl::OkStatus();
}

absl::StatusOr<RelatedMedia> RelatedAt(const Dataset& data, Rank rank, uint32_t number) {
  ASSIGN_OR_RETURN(std::vector<RelatedMedia> related, data.Related(rank));
  if (number >= related.size()) {
    return absl::InternalError("a frame has fewer context images than were counted");
  }
  return std::move(related[number]);
}

absl::StatusOr<std::optional<Media>> MediaOf(const Dataset& data, const Family& family, Rank rank) {
  if (family.media == 0) return data.GetMedia(rank);
  ASSIGN_OR_RETURN(std::vector<RelatedMedia> related, data.Related(rank));
  if (family.media > related.size()) return std::optional<Media>();
  return std::optional<Media>(std::move(related[family.media - 1].media));
}

}  // namespace annofs

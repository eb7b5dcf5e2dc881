#include "formats/recent_shapes.h"

#include <utility>

#include "cache/base/status.h"

namespace annofs {
namespace {

// Texts are shorter than this most often; longer ones are counted.
constexpr size_t kFrame = 128, kAttribute = sizeof(Attribute) + 32;

size_t BytesOf(const std::vector<Shape>& shapes) {
  size_t bytes = 0;
  for (const Shape& shape : shapes) {
    bytes += sizeof(Shape) + shape.points.size() * sizeof(double) + shape.source.size();
    for (const Attribute& attribute : shape.attributes) {
      bytes += kAttribute + attribute.name.size() + attribute.value.size();
    }
    bytes += BytesOf(shape.elements);
  }
  return bytes;
}

size_t BytesOf(const FrameShapes& all) {
  return kFrame + BytesOf(all.tags) + BytesOf(all.shapes) + BytesOf(all.outside) +
         all.source_order.size() * sizeof(uint32_t);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const FrameShapes>> RecentShapes::Get(const Dataset& data,
                                                                     Rank rank) {
  {
    absl::MutexLock lock(&mutex_);
    const auto found = places_.find(rank);
    if (found != places_.end()) {
      kept_.splice(kept_.begin(), kept_, found->second);
      return found->second->shapes;
    }
  }
  ASSIGN_OR_RETURN(FrameShapes read, data.Shapes(rank));
  auto shapes = std::make_shared<const FrameShapes>(std::move(read));
  const size_t bytes = BytesOf(*shapes);
  if (bytes > most_bytes_) return shapes;
  absl::MutexLock lock(&mutex_);
  if (!places_.contains(rank)) Keep({rank, shapes, bytes});
  return shapes;
}

void RecentShapes::Keep(Kept kept) {
  bytes_ += kept.bytes;
  kept_.push_front(std::move(kept));
  places_[kept_.front().rank] = kept_.begin();
  while (bytes_ > most_bytes_) {
    bytes_ -= kept_.back().bytes;
    places_.erase(kept_.back().rank);
    kept_.pop_back();
  }
}

void RecentShapes::Clear() {
  absl::MutexLock lock(&mutex_);
  kept_.clear();
  places_.clear();
  bytes_ = 0;
}

}  // namespace annofs

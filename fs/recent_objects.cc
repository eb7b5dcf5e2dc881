#include "fs/recent_objects.h"

#include <cstring>
#include <memory>

namespace annofs {

std::optional<CachedObject> RecentObjects::Find(RowId row) const {
  const Place* places = places_.load(std::memory_order_acquire);
  if (places == nullptr) return std::nullopt;
  const Place& place = places[PlaceOf(row)];
  const uint64_t before = place.number.load(std::memory_order_acquire);
  const uint64_t found = place.row.load(std::memory_order_relaxed);
  uint64_t version[2] = {place.version[0].load(std::memory_order_relaxed),
                         place.version[1].load(std::memory_order_relaxed)};
  CachedObject object{.size = place.size.load(std::memory_order_relaxed)};
  std::atomic_thread_fence(std::memory_order_acquire);
  const uint64_t after = place.number.load(std::memory_order_relaxed);
  if (found != row || before != after || before % 2 != 0) return std::nullopt;
  std::memcpy(object.key.version.data(), version, sizeof version);
  return object;
}

RecentObjects::Place* RecentObjects::Places() {
  Place* places = places_.load(std::memory_order_acquire);
  if (places != nullptr) return places;
  auto made = std::make_unique<Place[]>(kPlaces);
  if (places_.compare_exchange_strong(places, made.get())) places = made.release();
  return places;
}

void RecentObjects::Put(RowId row, const CachedObject& object) {
  Place& place = Places()[PlaceOf(row)];
  uint64_t number = place.number.load(std::memory_order_relaxed);
  // Somebody else writes it: one of both is enough.
  if (number % 2 != 0 || !place.number.compare_exchange_strong(number, number + 1)) return;
  std::atomic_thread_fence(std::memory_order_release);
  uint64_t version[2];
  std::memcpy(version, object.key.version.data(), sizeof version);
  place.row.store(row, std::memory_order_relaxed);
  place.version[0].store(version[0], std::memory_order_relaxed);
  place.version[1].store(version[1], std::memory_order_relaxed);
  place.size.store(object.size, std::memory_order_relaxed);
  place.number.store(number + 2, std::memory_order_release);
}

}  // namespace annofs

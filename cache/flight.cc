#include "cache/flight.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace annofs {

void Flight::Join(const Want* want) {
  absl::MutexLock lock(&mutex_);
  wants_.push_back(want);
}

void Flight::Leave(const Want* want) {
  absl::MutexLock lock(&mutex_);
  wants_.erase(std::remove(wants_.begin(), wants_.end(), want), wants_.end());
}

void Flight::Land(const absl::StatusOr<SharedBytes>& bytes) {
  if (bytes.ok()) {
    absl::MutexLock lock(&mutex_);
    for (const Want* want : wants_) {
      if (want->to != nullptr) Fill(*want, bytes->view());
      if (want->share) shared_ = *bytes;
    }
  }
  landed_.Set(bytes.status());
}

SharedBytes Flight::shared() const {
  absl::MutexLock lock(&mutex_);
  return shared_;
}

void Flight::Fill(const Want& want, absl::string_view data) const {
  uint64_t begin = std::max(want.range.offset, bytes_.offset);
  uint64_t end = std::min(want.range.end(), bytes_.end());
  if (begin >= end) return;
  std::memcpy(want.to + (begin - want.range.offset), data.data() + (begin - bytes_.offset),
              end - begin);
}

absl::Status Flight::Wait(const CallContext& context) {
  absl::Status waited = landed_.Wait(context);
  return waited.ok() ? landed_.result() : waited;
}

Boarding FlightTable::Board(const BlockKey& version, const BlockLayout& layout,
                            const std::vector<uint32_t>& missing, const Want& want) {
  Boarding boarding;
  const Flight* last = nullptr;
  BlockKey key = version;
  absl::MutexLock lock(&mutex_);
  for (size_t i = 0; i < missing.size(); ++i) {
    key.index = missing[i];
    auto found = flights_.find(key);
    std::shared_ptr<Flight> mine = found == flights_.end() ? nullptr : found->second;
    if (mine == nullptr) {
      mine = Begin(version, layout, RunFrom(version, missing, i));
      boarding.own.push_back(mine);
    }
    if (mine.get() != last) boarding.seats.emplace_back(mine, &want);
    last = mine.get();
  }
  return boarding;
}

std::shared_ptr<Flight> FlightTable::BoardAhead(const BlockKey& version, const BlockLayout& layout,
                                                BlockRange run) {
  absl::MutexLock lock(&mutex_);
  while (run.first < run.end && Flies(version, run.first)) ++run.first;
  uint32_t end = run.first;
  while (end < run.end && !Flies(version, end)) ++end;
  return end == run.first ? nullptr : Begin(version, layout, {run.first, end});
}

std::shared_ptr<Flight> FlightTable::Begin(BlockKey version, const BlockLayout& layout,
                                           BlockRange run) {
  auto flight = std::make_shared<Flight>(run, layout.Bytes(run));
  for (version.index = run.first; version.index < run.end; ++version.index) {
    flights_[version] = flight;
  }
  return flight;
}

BlockRange FlightTable::RunFrom(BlockKey version, const std::vector<uint32_t>& missing,
                                size_t at) const {
  BlockRange run{missing[at], missing[at]};
  while (at < missing.size() && missing[at] == run.end && !Flies(version, run.end)) {
    ++run.end;
    ++at;
  }
  return run;
}

bool FlightTable::Flies(BlockKey version, uint32_t index) const {
  version.index = index;
  return flights_.contains(version);
}

void FlightTable::Remove(const BlockKey& version, const Flight& flight) {
  BlockKey key = version;
  absl::MutexLock lock(&mutex_);
  for (key.index = flight.blocks().first; key.index < flight.blocks().end; ++key.index) {
    flights_.erase(key);
  }
}

}  // namespace annofs

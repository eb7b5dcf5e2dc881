#include "cache/fetcher.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "cache/base/status.h"
#include "cache/object_fetch.h"

namespace annofs {
namespace {

constexpr uint64_t kMostAhead = 4 << 20;
constexpr uint64_t kLeastAhead = 512 << 10;

}  // namespace

uint64_t Fetcher::RequestAhead(ByteRange range) {
  return std::clamp(range.length / 2, kLeastAhead, kMostAhead);
}

absl::Status Fetcher::CheckMayFetch(const Target& target, uint32_t first,
                                    const CallContext& context) {
  RETURN_IF_ERROR(failures_.Find(target.object.Block(first), context.clock->Now()));
  return context.Check();
}

absl::Status Fetcher::Fetch(const Target& target, const std::vector<uint32_t>& missing,
                            const Want& want, const CallContext& context) {
  Boarding boarding = flights_.Board(target.object.key, target.layout, missing, want);
  // All of them, also after an error: others may have boarded.
  absl::Status status;
  for (const FlightPtr& flight : boarding.own) {
    status.Update(Fly(target, *flight, *context.clock).status());
  }
  for (Seat& seat : boarding.seats) {
    if (status.ok()) status = seat.Wait(context);
  }
  return status;
}

absl::StatusOr<SharedBytes> Fetcher::FetchWhole(const Target& target, const CallContext& context) {
  const Want want{.range = {0, target.object.size}, .share = true};
  Boarding boarding = flights_.Board(target.object.key, target.layout, {0}, want);
  if (!boarding.own.empty()) {
    boarding.seats.clear();
    return Fly(target, *boarding.own.front(), *context.clock);
  }
  RETURN_IF_ERROR(boarding.seats.front().Wait(context));
  return boarding.seats.front().shared();
}

absl::StatusOr<SharedBytes> Fetcher::Fly(const Target& target, Flight& flight, Clock& clock) {
  const absl::Time begin = clock.Now();
  const CallContext context{.clock = &clock, .deadline = begin + options_.fetch_timeout};
  absl::StatusOr<Charge> charge = budget_->Acquire(flight.bytes().length, context);
  absl::StatusOr<SharedBytes> bytes = charge.ok()
                                          ? FlyWith(*std::move(charge), target, flight, context)
                                          : absl::StatusOr<SharedBytes>(charge.status());
  const absl::Time now = clock.Now();
  return End(target, flight, std::move(bytes), now - begin, now);
}

absl::StatusOr<SharedBytes> Fetcher::FlyWith(Charge charge, const Target& target, Flight& flight,
                                             const CallContext& context) {
  const InGauge fetch(fetches_);
  const InGauge bytes_of_it(fetching_bytes_, static_cast<int64_t>(flight.bytes().length));
  ChargedBuffer buffer(flight.bytes().length, std::move(charge));
  // Other flights may have landed after this reader had looked into the cache.
  const BlockRange left = FillFromCache(target, flight, buffer.data());
  if (left.count() > 0) {
    const ByteRange bytes = target.layout.Bytes(left);
    char* to = buffer.data() + (bytes.offset - flight.bytes().offset);
    RETURN_IF_ERROR(FetchRange(store_, target.version, bytes, to, fetched_bytes_, context));
  }
  const bool pins = target.keep == Keep::kPinned;
  Write(target, flight, pins ? flight.blocks() : left, buffer.Share());
  return buffer.Share();
}

// In this order: the blocks are in the cache when the flight can no longer be joined.
absl::StatusOr<SharedBytes> Fetcher::End(const Target& target, Flight& flight,
                                         absl::StatusOr<SharedBytes> bytes, absl::Duration took,
                                         absl::Time now) {
  if (!bytes.ok()) {
    failures_.Add(target.object.Block(flight.blocks().first), bytes.status(), took, now);
  }
  flights_.Remove(target.object.key, flight);
  flight.Land(bytes);
  return bytes;
}

void Fetcher::Write(const Target& target, const Flight& flight, BlockRange blocks,
                    const SharedBytes& bytes) {
  for (uint32_t index = blocks.first; index < blocks.end; ++index) {
    const ByteRange block = target.layout.Bytes(index);
    blocks_.Write(target.object.Block(index),
                  bytes.Part(block.offset - flight.bytes().offset, block.length), target.keep);
  }
}

BlockRange Fetcher::FillFromCache(const Target& target, const Flight& flight, char* buffer) {
  BlockRange left{flight.blocks().end, flight.blocks().end};
  for (uint32_t index = flight.blocks().first; index < flight.blocks().end; ++index) {
    const ByteRange block = target.layout.Bytes(index);
    bool fits = false;
    const BlockResult result =
        blocks_.Read(target.object.Block(index), Lane::kSlow, [&](absl::string_view data) {
          fits = data.size() == block.length;
          if (fits) std::memcpy(buffer, data.data(), data.size());
        });
    buffer += block.length;
    if (result == BlockResult::kHit && fits) continue;
    left = {std::min(left.first, index), index + 1};
  }
  return left;
}

bool Fetcher::FetchAhead(const Target& target, ByteRange range, uint64_t request) {
  const BlockRange blocks = target.layout.Covering(range);
  const uint32_t most = static_cast<uint32_t>(request / kBlockBytes);
  const auto is_there = [&](uint32_t index) {
    return blocks_.Has(target.object.Block(index), target.keep);
  };
  BlockRange run{blocks.first, blocks.first};
  while (run.first < blocks.end) {
    if (is_there(run.first)) {
      run = {run.first + 1, run.first + 1};
      continue;
    }
    run.end = run.first + 1;
    while (run.end < blocks.end && run.count() < most && !is_there(run.end)) ++run.end;
    if (!FlyAhead(target, run)) return run.first > blocks.first;
    run.first = run.end;
  }
  return true;
}

void Fetcher::FetchAheadSoon(std::shared_ptr<const ObjectVersion> version,
                             const CachedObject& object, ByteRange range,
                             std::function<void()> dropped) {
  ahead_.Submit([this, version = std::move(version), object, range, dropped = std::move(dropped)] {
    const Target target{*version, object, BlockLayout(object.size)};
    if (!FetchAhead(target, range, RequestAhead(range))) dropped();
  });
}

// Memory and thread are there before anybody can board: a flight that is in the table takes off.
bool Fetcher::FlyAhead(const Target& target, BlockRange run) {
  std::optional<Charge> charge = budget_->TryAcquire(target.layout.Bytes(run).length);
  if (!charge.has_value()) return false;
  if (flying_ahead_.fetch_add(1) >= kAheadThreads) {
    flying_ahead_.fetch_sub(1);
    return false;
  }
  FlightPtr flight = flights_.BoardAhead(target.object.key, target.layout, run);
  if (flight == nullptr) {  // under way already
    flying_ahead_.fetch_sub(1);
    return true;
  }
  struct Job {
    ObjectVersion version;
    CachedObject object;
    Keep keep;
    FlightPtr flight;
    Charge charge;
  };
  auto job = std::make_shared<Job>(
      Job{target.version, target.object, target.keep, std::move(flight), *std::move(charge)});
  ahead_.Submit([this, job] {
    Clock& clock = RealClock();
    const absl::Time begin = clock.Now();
    const Target mine{job->version, job->object, BlockLayout(job->object.size), job->keep};
    const CallContext context{
        .clock = &clock, .deadline = begin + options_.fetch_timeout, .cancellation = &leaving_};
    absl::StatusOr<SharedBytes> bytes =
        FlyWith(std::move(job->charge), mine, *job->flight, context);
    const absl::Time now = clock.Now();
    (void)End(mine, *job->flight, std::move(bytes), now - begin, now);
    flying_ahead_.fetch_sub(1);
  });
  return true;
}

}  // namespace annofs

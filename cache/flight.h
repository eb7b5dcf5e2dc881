// Fetches in flight: who fetches which blocks, and who waits for them. Thread safe.
//
// A waiter says where its bytes shall go when it joins; the fetcher copies them there when they
// have come and then frees its buffer. So no waiter keeps a buffer while it waits for something
// else. Who waits for one flight only may have a share in its buffer instead.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "cache/block_format.h"
#include "cache/block_layout.h"
#include "cache/completion.h"
#include "cache/shared_bytes.h"
#include "cache/store/object_store.h"

namespace annofs {

// Bytes of an object that somebody wants, and where they shall go.
struct Want {
  ByteRange range;
  char* to = nullptr;  // null: no copy is wanted
  bool share = false;  // the buffer itself is
};

// One fetch of consecutive blocks of one version.
class Flight {
 public:
  Flight(BlockRange blocks, ByteRange bytes) : blocks_(blocks), bytes_(bytes) {}

  BlockRange blocks() const { return blocks_; }
  ByteRange bytes() const { return bytes_; }

  // From now on Land() fills the part of `want` that this flight has. REQUIRES: it has not landed,
  // which the table's lock sees to.
  void Join(const Want* want);
  // After this `want` is not touched any more.
  void Leave(const Want* want);
  // The end, once: all the bytes, or why there are none.
  void Land(const absl::StatusOr<SharedBytes>& bytes);
  // The result, or why the caller waits no longer.
  absl::Status Wait(const CallContext& context);
  // All the bytes. REQUIRES: a want with a share; Wait() answered OK.
  SharedBytes shared() const;

 private:
  void Fill(const Want& want, absl::string_view data) const;

  const BlockRange blocks_;
  const ByteRange bytes_;
  mutable absl::Mutex mutex_;
  std::vector<const Want*> wants_ ABSL_GUARDED_BY(mutex_);
  SharedBytes shared_ ABSL_GUARDED_BY(mutex_);
  Completion landed_;
};

// A place in a flight, for the life of this object.
class Seat {
 public:
  Seat(std::shared_ptr<Flight> flight, const Want* want) : flight_(std::move(flight)), want_(want) {
    flight_->Join(want_);
  }
  ~Seat() {
    if (flight_ != nullptr) flight_->Leave(want_);
  }
  Seat(Seat&&) = default;
  Seat& operator=(Seat&&) = delete;
  absl::Status Wait(const CallContext& context) { return flight_->Wait(context); }
  SharedBytes shared() const { return flight_->shared(); }

 private:
  std::shared_ptr<Flight> flight_;
  const Want* want_;
};

// What a reader boards: seats in every flight that has blocks it misses, and those flights that it
// has to fly itself.
struct Boarding {
  std::vector<Seat> seats;
  std::vector<std::shared_ptr<Flight>> own;
};

class FlightTable {
 public:
  // Flights for the missing blocks (ascending) of `want`: those that are under way, and new ones,
  // each for a run of consecutive blocks. The caller flies the new ones; `want` outlives the
  // boarding.
  Boarding Board(const BlockKey& version, const BlockLayout& layout,
                 const std::vector<uint32_t>& missing, const Want& want);
  // A new flight for the first blocks of `run` that are not under way, up to the next that is; for
  // the caller to fly. Nothing if all are under way.
  std::shared_ptr<Flight> BoardAhead(const BlockKey& version, const BlockLayout& layout,
                                     BlockRange run);
  // The flight is not joined any more; then it may land.
  void Remove(const BlockKey& version, const Flight& flight);

 private:
  BlockRange RunFrom(BlockKey version, const std::vector<uint32_t>& missing, size_t at) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<Flight> Begin(BlockKey version, const BlockLayout& layout, BlockRange run)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Flies(BlockKey version, uint32_t index) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  absl::flat_hash_map<BlockKey, std::shared_ptr<Flight>, BlockKeyHash> flights_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs

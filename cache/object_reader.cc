// From the cache where every block of the range is there; else by flights (flight.h): each window
// of the range boards them, flies those that are its own, and waits for the others.
#include "cache/object_reader.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/block_layout.h"
#include "cache/fetch_budget.h"
#include "cache/flight.h"
#include "cache/object_fetch.h"
#include "cache/read_ahead.h"
#include "cache/recent_failures.h"
#include "cache/shared_bytes.h"

namespace annofs {
namespace {

// Blocks of one fetch at most: about 4 MiB.
constexpr uint32_t kWindowBlocks = 64;

BlockKey VersionKey(absl::string_view source, const ObjectVersion& version) {
  const absl::string_view zero("\0", 1);
  const std::string hash =
      Sha256Bytes(absl::StrCat(source, zero, version.key, zero, version.version));
  BlockKey key;
  std::memcpy(key.version.data(), hash.data(), key.version.size());
  return key;
}

ByteRange CutAt(ByteRange range, uint64_t size) {
  if (range.offset >= size) return {size, 0};
  return {range.offset, std::min(range.length, size - range.offset)};
}

// One call of Read().
struct Job {
  const ObjectVersion& version;
  BlockKey key;  // of block 0
  BlockLayout layout;
  const CallContext& context;

  BlockKey Block(uint32_t index) const {
    BlockKey block = key;
    block.index = index;
    return block;
  }
};

class CachedReader : public ObjectReader {
 public:
  CachedReader(ObjectStore& store, BlockCache& blocks, Counters& counters,
               const ObjectReaderOptions& options)
      : store_(store),
        blocks_(blocks),
        options_(options),
        window_(static_cast<uint32_t>(
            std::clamp<uint64_t>(options.memory / kBlockBytes, 1, kWindowBlocks))),
        hits_(counters.Get("cache.hits")),
        misses_(counters.Get("cache.misses")),
        fetched_bytes_(counters.Get("cache.fetched_bytes")),
        budget_(options.memory),
        read_ahead_(window_ * kBlockBytes) {}

  absl::Status Read(const ObjectVersion& version, ByteRange range,
                    absl::FunctionRef<void(absl::string_view)> fn,
                    const CallContext& context) override;
  absl::StatusOr<FetchCost> Warm(const ObjectVersion& version, Keep keep,
                                 const CallContext& context) override;
  FetchCost CostToWarm(const ObjectVersion& version, Keep keep) const override;

 private:
  BlockResult ReadBlock(const Job& job, uint32_t index,
                        absl::FunctionRef<void(absl::string_view)> fn);
  // A whole object that the cache has not: who flies it uses its buffer, who boards gets a copy.
  absl::Status ReadWhole(const Job& job, ByteRange range,
                         absl::FunctionRef<void(absl::string_view)> fn);
  absl::Status ReadPieces(const Job& job, Want want);
  absl::Status ReadWindow(const Job& job, const Want& want);
  // Copies what the cache has. WouldBlock() only on the fast lane.
  absl::StatusOr<std::vector<uint32_t>> FromCache(const Job& job, const Want& want);
  absl::Status Fetch(const Job& job, const Want& want, const std::vector<uint32_t>& missing);
  uint64_t FetchableEnd(const Job& job, const std::vector<uint32_t>& missing);

  // May the network be asked for what the cache has not, beginning with this block?
  absl::Status CheckMayFetch(const Job& job, uint32_t first);
  absl::StatusOr<SharedBytes> Fly(const Job& job, Flight& flight);
  absl::StatusOr<SharedBytes> FetchAndWrite(const Job& job, const Flight& flight,
                                            const CallContext& context);
  void Write(const Job& job, const Flight& flight, const SharedBytes& bytes);
  bool AllInCache(const Job& job, const Flight& flight, char* buffer);

  ObjectStore& store_;
  BlockCache& blocks_;
  const ObjectReaderOptions options_;
  const uint32_t window_;  // blocks of one fetch at most
  Counter& hits_;
  Counter& misses_;
  Counter& fetched_bytes_;
  FetchBudget budget_;
  ReadAhead read_ahead_;
  FlightTable flights_;
  RecentFailures failures_;
};

absl::Status CachedReader::Read(const ObjectVersion& version, ByteRange range,
                                absl::FunctionRef<void(absl::string_view)> fn,
                                const CallContext& context) {
  range = CutAt(range, version.size);
  if (range.length == 0) {
    fn("");
    return absl::OkStatus();
  }
  const Job job{version, VersionKey(options_.source, version), BlockLayout(version.size), context};
  const BlockRange blocks = job.layout.Covering(range);
  if (blocks.count() == 1) {
    const uint64_t skip = range.offset - job.layout.Bytes(blocks.first).offset;
    auto part = [&](absl::string_view data) { fn(data.substr(skip, range.length)); };
    if (ReadBlock(job, blocks.first, part) == BlockResult::kHit) {
      hits_.Add();
      return absl::OkStatus();
    }
    if (context.lane == Lane::kFast) return WouldBlock();
    if (job.layout.is_whole()) return ReadWhole(job, range, fn);
  }
  std::unique_ptr<char[]> bytes(new char[range.length]);
  RETURN_IF_ERROR(ReadPieces(job, {range, bytes.get()}));
  fn(absl::string_view(bytes.get(), range.length));
  return absl::OkStatus();
}

FetchCost CachedReader::CostToWarm(const ObjectVersion& version, Keep keep) const {
  FetchCost cost;
  if (version.size == 0) return cost;
  const BlockLayout layout(version.size);
  BlockKey key = VersionKey(options_.source, version);
  uint32_t run = 0;  // missing blocks up to here
  for (key.index = 0; key.index < layout.count(); ++key.index) {
    const bool is_missing = !blocks_.Has(key, keep);
    if (is_missing) cost.bytes += layout.Bytes(key.index).length;
    if (is_missing && run % window_ == 0) ++cost.requests;
    run = is_missing ? run + 1 : 0;
  }
  return cost;
}

absl::StatusOr<FetchCost> CachedReader::Warm(const ObjectVersion& version, Keep keep,
                                             const CallContext& context) {
  const FetchCost cost = CostToWarm(version, keep);
  if (cost.requests == 0) return cost;
  const uint64_t window = uint64_t{window_} * kBlockBytes;
  for (uint64_t offset = 0; offset < version.size; offset += window) {
    RETURN_IF_ERROR(Read(
        version, {offset, window}, [](absl::string_view) {}, context));
  }
  return cost;
}

// A block of another length than this version's is none of its blocks.
BlockResult CachedReader::ReadBlock(const Job& job, uint32_t index,
                                    absl::FunctionRef<void(absl::string_view)> fn) {
  bool fits = true;
  BlockResult result =
      blocks_.Read(job.Block(index), job.context.lane, [&](absl::string_view data) {
        fits = data.size() == job.layout.Bytes(index).length;
        if (fits) fn(data);
      });
  return fits ? result : BlockResult::kMiss;
}

absl::Status CachedReader::ReadWhole(const Job& job, ByteRange range,
                                     absl::FunctionRef<void(absl::string_view)> fn) {
  misses_.Add();
  RETURN_IF_ERROR(CheckMayFetch(job, 0));
  // Not touched, so not even paged in, by who flies.
  std::unique_ptr<char[]> copy(new char[range.length]);
  const Want want{range, copy.get()};
  Boarding boarding =
      flights_.Board(job.key, job.layout, {0}, want, [](ByteRange whole) { return whole.length; });
  if (boarding.own.empty()) {
    RETURN_IF_ERROR(boarding.seats.front().Wait(job.context));
    fn({copy.get(), range.length});
    return absl::OkStatus();
  }
  boarding.seats.clear();
  ASSIGN_OR_RETURN(const SharedBytes whole, Fly(job, *boarding.own.front()));
  fn(whole.view().substr(range.offset, range.length));
  return absl::OkStatus();
}

absl::Status CachedReader::CheckMayFetch(const Job& job, uint32_t first) {
  if (options_.network == ObjectReaderOptions::Network::kOffline) {
    return absl::UnavailableError(absl::StrCat(
        "reading ", job.version.key, ": it is not in the cache and the mount is offline"));
  }
  RETURN_IF_ERROR(failures_.Find(job.Block(first), job.context.clock->Now()));
  return job.context.Check();
}

absl::Status CachedReader::ReadPieces(const Job& job, Want want) {
  while (want.range.length > 0) {
    BlockRange blocks = job.layout.Covering(want.range);
    blocks.end = std::min(blocks.end, blocks.first + window_);
    Want piece = want;
    piece.range.length =
        std::min(want.range.end(), job.layout.Bytes(blocks).end()) - want.range.offset;
    RETURN_IF_ERROR(ReadWindow(job, piece));
    want.to += piece.range.length;
    want.range = {piece.range.end(), want.range.length - piece.range.length};
  }
  return absl::OkStatus();
}

absl::Status CachedReader::ReadWindow(const Job& job, const Want& want) {
  ASSIGN_OR_RETURN(std::vector<uint32_t> missing, FromCache(job, want));
  if (missing.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckMayFetch(job, missing.front()));
  return Fetch(job, want, missing);
}

absl::StatusOr<std::vector<uint32_t>> CachedReader::FromCache(const Job& job, const Want& want) {
  std::vector<uint32_t> missing;
  const BlockRange blocks = job.layout.Covering(want.range);
  for (uint32_t index = blocks.first; index < blocks.end; ++index) {
    const ByteRange bytes = job.layout.Bytes(index);
    const uint64_t begin = std::max(bytes.offset, want.range.offset);
    const uint64_t end = std::min(bytes.end(), want.range.end());
    BlockResult result = ReadBlock(job, index, [&](absl::string_view data) {
      std::memcpy(want.to + (begin - want.range.offset), data.data() + (begin - bytes.offset),
                  end - begin);
    });
    if (result == BlockResult::kHit) continue;
    if (job.context.lane == Lane::kFast) return WouldBlock();
    missing.push_back(index);
  }
  hits_.Add(blocks.count() - missing.size());
  misses_.Add(missing.size());
  return missing;
}

absl::Status CachedReader::Fetch(const Job& job, const Want& want,
                                 const std::vector<uint32_t>& missing) {
  const uint64_t end = FetchableEnd(job, missing);
  Boarding boarding = flights_.Board(job.key, job.layout, missing, want, [&](ByteRange run) {
    if (job.layout.is_whole()) return run.length;
    const uint64_t length = read_ahead_.Lengthen(job.key, run);
    const bool is_last = run.end() == job.layout.Bytes(missing.back()).end();
    return is_last ? std::min(length, end - run.offset) : run.length;
  });
  // All of them, also after an error: others may have boarded.
  absl::Status status;
  for (const std::shared_ptr<Flight>& flight : boarding.own)
    status.Update(Fly(job, *flight).status());
  for (Seat& seat : boarding.seats) {
    if (status.ok()) status = seat.Wait(job.context);
  }
  return status;
}

// Where reading ahead must stop: what is in the cache is never fetched again. Looked up only where
// there may be reading ahead, since each block costs a lookup.
uint64_t CachedReader::FetchableEnd(const Job& job, const std::vector<uint32_t>& missing) {
  const uint64_t asked_end = job.layout.Bytes(missing.back()).end();
  const uint64_t begin = job.layout.Bytes(missing.front()).offset;
  if (!read_ahead_.EndedIn(job.key, {begin, asked_end - begin})) return asked_end;
  const uint32_t last = std::min(missing.back() + window_, job.layout.count());
  uint32_t index = missing.back() + 1;
  while (index < last && ReadBlock(job, index, [](absl::string_view) {}) == BlockResult::kMiss) {
    ++index;
  }
  return job.layout.Bytes(index - 1).end();
}

absl::StatusOr<SharedBytes> CachedReader::Fly(const Job& job, Flight& flight) {
  Clock& clock = *job.context.clock;
  const absl::Time begin = clock.Now();
  const CallContext context{.clock = &clock, .deadline = begin + options_.fetch_timeout};
  const uint64_t length = flight.bytes().length;
  const absl::Status acquired = budget_.Acquire(length, context);
  absl::StatusOr<SharedBytes> bytes =
      acquired.ok() ? FetchAndWrite(job, flight, context) : absl::StatusOr<SharedBytes>(acquired);
  if (!bytes.ok()) {
    const absl::Time now = clock.Now();
    failures_.Add(job.Block(flight.blocks().first), bytes.status(), now - begin, now);
  }
  // In this order: the blocks are in the cache when the flight can no longer be joined.
  flights_.Remove(job.key, flight);
  flight.Land(bytes.status(), bytes.ok() ? bytes->view() : "");
  if (acquired.ok()) budget_.Release(length);
  return bytes;
}

absl::StatusOr<SharedBytes> CachedReader::FetchAndWrite(const Job& job, const Flight& flight,
                                                        const CallContext& context) {
  const uint64_t length = flight.bytes().length;
  auto buffer = std::make_shared_for_overwrite<char[]>(length);
  // Another flight may have landed after this reader had looked into the cache.
  if (AllInCache(job, flight, buffer.get())) return SharedBytes(std::move(buffer), length);
  RETURN_IF_ERROR(
      FetchRange(store_, job.version, flight.bytes(), buffer.get(), fetched_bytes_, context));
  SharedBytes bytes(std::move(buffer), length);
  Write(job, flight, bytes);
  return bytes;
}

void CachedReader::Write(const Job& job, const Flight& flight, const SharedBytes& bytes) {
  // One block of several is copied: it would keep the others in memory.
  if (flight.blocks().count() == 1)
    return blocks_.Write(job.Block(flight.blocks().first), bytes, Keep::kEvictable);
  absl::string_view rest = bytes.view();
  for (uint32_t index = flight.blocks().first; index < flight.blocks().end; ++index) {
    const uint64_t length = job.layout.Bytes(index).length;
    blocks_.Write(job.Block(index), SharedBytes::CopyOf(rest.substr(0, length)), Keep::kEvictable);
    rest.remove_prefix(length);
  }
}

bool CachedReader::AllInCache(const Job& job, const Flight& flight, char* buffer) {
  for (uint32_t index = flight.blocks().first; index < flight.blocks().end; ++index) {
    const uint64_t offset = job.layout.Bytes(index).offset - flight.bytes().offset;
    BlockResult result = ReadBlock(job, index, [&](absl::string_view data) {
      std::memcpy(buffer + offset, data.data(), data.size());
    });
    if (result != BlockResult::kHit) return false;
  }
  return true;
}

}  // namespace

std::unique_ptr<ObjectReader> NewObjectReader(ObjectStore& store, BlockCache& blocks,
                                              Counters& counters,
                                              const ObjectReaderOptions& options) {
  return std::make_unique<CachedReader>(store, blocks, counters, options);
}

}  // namespace annofs

// From the cache where every block of the range is there; else by the fetcher.
#include "cache/object_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/block_layout.h"
#include "cache/fetcher.h"
#include "cache/memory_budget.h"
#include "cache/read_ahead_table.h"

namespace annofs {
namespace {

// Blocks of one fetch at most: 4 MiB.
constexpr uint32_t kWindowBlocks = 64;
// Blocks that are answered from where they lie: those of the longest READ of the kernel, 1 MiB.
constexpr uint32_t kMostPieces = 18;
constexpr uint64_t kMostAhead = 32 << 20;
// Requests at once for one object that is warmed.
constexpr uint32_t kWarmAhead = 3;

ByteRange CutAt(ByteRange range, uint64_t size) {
  if (range.offset >= size) return {size, 0};
  return {range.offset, std::min(range.length, size - range.offset)};
}

// The part of `range` that lies in a block.
absl::string_view PartOf(absl::string_view data, ByteRange block, ByteRange range) {
  const uint64_t begin = std::max(block.offset, range.offset);
  const uint64_t end = std::min(block.end(), range.end());
  return data.substr(begin - block.offset, end - begin);
}

// Reads the blocks of a range one inside the other, so that all of them stay where they are until
// `fn` has seen them.
class NestedRead {
 public:
  NestedRead(BlockCache& blocks, const CachedObject& object, ByteRange range, PiecesFn fn,
             Lane lane)
      : blocks_(blocks),
        lane_(lane),
        object_(object),
        layout_(object.size),
        range_(range),
        covering_(layout_.Covering(range)),
        fn_(fn) {}

  bool Run() { return covering_.count() <= kMostPieces && ReadFrom(covering_.first); }
  uint32_t blocks() const { return covering_.count(); }

 private:
  bool ReadFrom(uint32_t index) {
    if (index == covering_.end) {
      fn_(Pieces(pieces_.data(), covering_.count()));
      return true;
    }
    bool all = false;
    const BlockResult result =
        blocks_.Read(object_.Block(index), lane_, [&](absl::string_view data) {
          const ByteRange block = layout_.Bytes(index);
          // A block of another length than this version's is none of its blocks.
          if (data.size() != block.length) return;
          pieces_[index - covering_.first] = PartOf(data, block, range_);
          all = ReadFrom(index + 1);
        });
    return result == BlockResult::kHit && all;
  }

  BlockCache& blocks_;
  const Lane lane_;
  const CachedObject& object_;
  const BlockLayout layout_;
  const ByteRange range_;
  const BlockRange covering_;
  const PiecesFn fn_;
  std::array<absl::string_view, kMostPieces> pieces_;
};

class CachedReader : public ObjectReader {
 public:
  CachedReader(ObjectStore& store, BlockCache& blocks, Counters& counters,
               const ObjectReaderOptions& options)
      : blocks_(blocks),
        options_(options),
        shares_(ShareMemory(options.memory)),
        window_(static_cast<uint32_t>(
            std::clamp<uint64_t>(shares_.fetches / kBlockBytes, 1, kWindowBlocks))),
        hits_(counters.Get("cache.hits")),
        misses_(counters.Get("cache.misses")),
        answers_(std::make_shared<MemoryBudget>(shares_.answers)),
        read_ahead_(std::min(kMostAhead, shares_.fetches / 4)),
        fetcher_(store, blocks, counters,
                 {.memory = shares_.fetches, .fetch_timeout = options.fetch_timeout}) {
    answers_->TellTo(Gauge(counters, "memory.answers"), Gauge(counters, "memory.answers_waiting"));
  }
  ~CachedReader() override { answers_->StopTelling(); }

  CachedObject Identify(const ObjectVersion& version) const override {
    return IdentifyObject(options_.source, version);
  }
  bool ReadCached(const CachedObject& object, ByteRange range, PiecesFn fn) override;
  absl::Status Read(const ObjectVersion& version, ByteRange range, PiecesFn fn,
                    const CallContext& context) override;
  absl::StatusOr<FetchCost> Warm(const ObjectVersion& version, Keep keep,
                                 const CallContext& context) override;
  FetchCost CostToWarm(const ObjectVersion& version) const override;

 private:
  using Target = Fetcher::Target;

  bool ReadFromCache(const CachedObject& object, ByteRange range, PiecesFn fn, Lane lane);
  absl::Status ReadWhole(const Target& target, ByteRange range, PiecesFn fn,
                         const CallContext& context);
  absl::Status ReadBlocks(const Target& target, ByteRange range, PiecesFn fn,
                          const CallContext& context);
  absl::Status ReadWindow(const Target& target, const Want& want, const CallContext& context);
  // Copies what the cache has; answers the blocks that it has not.
  std::vector<uint32_t> FillFromCache(const Target& target, const Want& want);
  // May the network be asked for what the cache has not, beginning with this block?
  absl::Status CheckMayFetch(const Target& target, uint32_t first, const CallContext& context);
  void FetchWindowsAhead(const Target& target, uint32_t first);
  absl::Status WarmBlocks(const Target& target, BlockRange blocks, const CallContext& context);
  bool MayFetch() const { return options_.network == ObjectReaderOptions::Network::kOnline; }
  bool MayFetchAhead(const ReadAheadTable::Due& due) const {
    return due.version != nullptr && MayFetch();
  }
  void FetchAhead(const CachedObject& object, const ReadAheadTable::Due& due);
  void FetchAheadSoon(const CachedObject& object, const ReadAheadTable::Due& due);
  ReadAhead::Memory MemoryNow() const {
    return fetcher_.MemoryIsTight() ? ReadAhead::Memory::kTight : ReadAhead::Memory::kPlenty;
  }

  BlockCache& blocks_;
  const ObjectReaderOptions options_;
  const MemoryShares shares_;
  const uint32_t window_;  // blocks of one fetch at most
  Counter& hits_;
  Counter& misses_;
  const std::shared_ptr<MemoryBudget> answers_;
  ReadAheadTable read_ahead_;
  Fetcher fetcher_;
};

bool CachedReader::ReadCached(const CachedObject& object, ByteRange range, PiecesFn fn) {
  range = CutAt(range, object.size);
  if (range.length == 0) {
    fn({});
    return true;
  }
  return ReadFromCache(object, range, fn, Lane::kFast);
}

bool CachedReader::ReadFromCache(const CachedObject& object, ByteRange range, PiecesFn fn,
                                 Lane lane) {
  NestedRead read(blocks_, object, range, fn, lane);
  if (!read.Run()) return false;
  hits_.Add(read.blocks());
  if (!BlockLayout(object.size).is_whole()) {
    FetchAheadSoon(object, read_ahead_.OnHit(object, range, MemoryNow()));
  }
  return true;
}

absl::Status CachedReader::Read(const ObjectVersion& version, ByteRange range, PiecesFn fn,
                                const CallContext& context) {
  range = CutAt(range, version.size);
  if (range.length == 0) {
    fn({});
    return absl::OkStatus();
  }
  const CachedObject object = Identify(version);
  if (ReadFromCache(object, range, fn, context.lane)) return absl::OkStatus();
  if (context.lane == Lane::kFast) return WouldBlock();
  const Target target{version, object, BlockLayout(version.size)};
  return target.layout.is_whole() ? ReadWhole(target, range, fn, context)
                                  : ReadBlocks(target, range, fn, context);
}

absl::Status CachedReader::ReadWhole(const Target& target, ByteRange range, PiecesFn fn,
                                     const CallContext& context) {
  misses_.Add();
  RETURN_IF_ERROR(CheckMayFetch(target, 0, context));
  ASSIGN_OR_RETURN(const SharedBytes whole, fetcher_.FetchWhole(target, context));
  const absl::string_view part = whole.view().substr(range.offset, range.length);
  fn({part});
  return absl::OkStatus();
}

absl::Status CachedReader::CheckMayFetch(const Target& target, uint32_t first,
                                         const CallContext& context) {
  if (options_.network == ObjectReaderOptions::Network::kOffline) {
    return absl::UnavailableError(absl::StrCat(
        "reading ", target.version.key, ": it is not in the cache and the mount is offline"));
  }
  return fetcher_.CheckMayFetch(target, first, context);
}

absl::Status CachedReader::ReadBlocks(const Target& target, ByteRange range, PiecesFn fn,
                                      const CallContext& context) {
  ASSIGN_OR_RETURN(Charge charge, answers_->Acquire(range.length, context));
  ChargedBuffer answer(range.length, std::move(charge));
  Want want{.range = range, .to = answer.data()};
  while (want.range.length > 0) {
    BlockRange blocks = target.layout.Covering(want.range);
    blocks.end = std::min(blocks.end, blocks.first + window_);
    Want piece = want;
    piece.range.length =
        std::min(want.range.end(), target.layout.Bytes(blocks).end()) - want.range.offset;
    RETURN_IF_ERROR(ReadWindow(target, piece, context));
    want.to += piece.range.length;
    want.range = {piece.range.end(), want.range.length - piece.range.length};
  }
  const absl::string_view all(answer.data(), range.length);
  fn({all});
  return absl::OkStatus();
}

absl::Status CachedReader::ReadWindow(const Target& target, const Want& want,
                                      const CallContext& context) {
  const std::vector<uint32_t> missing = FillFromCache(target, want);
  if (missing.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckMayFetch(target, missing.front(), context));
  FetchAhead(target.object,
             read_ahead_.OnWait(target.object, target.version, want.range, MemoryNow()));
  return fetcher_.Fetch(target, missing, want, context);
}

std::vector<uint32_t> CachedReader::FillFromCache(const Target& target, const Want& want) {
  std::vector<uint32_t> missing;
  const BlockRange blocks = target.layout.Covering(want.range);
  for (uint32_t index = blocks.first; index < blocks.end; ++index) {
    const ByteRange block = target.layout.Bytes(index);
    bool fits = false;
    const BlockResult result =
        blocks_.Read(target.object.Block(index), Lane::kSlow, [&](absl::string_view data) {
          fits = data.size() == block.length;
          if (!fits) return;
          const absl::string_view part = PartOf(data, block, want.range);
          const uint64_t begin = std::max(block.offset, want.range.offset);
          std::memcpy(want.to + (begin - want.range.offset), part.data(), part.size());
        });
    if (result != BlockResult::kHit || !fits) missing.push_back(index);
  }
  hits_.Add(blocks.count() - missing.size());
  misses_.Add(missing.size());
  return missing;
}

void CachedReader::FetchAhead(const CachedObject& object, const ReadAheadTable::Due& due) {
  if (!MayFetchAhead(due)) return;
  const Target target{*due.version, object, BlockLayout(object.size)};
  if (!fetcher_.FetchAhead(target, due.range, Fetcher::RequestAhead(due.range))) {
    read_ahead_.OnDropped(object, due.range);
  }
}

void CachedReader::FetchAheadSoon(const CachedObject& object, const ReadAheadTable::Due& due) {
  if (!MayFetchAhead(due)) return;
  fetcher_.FetchAheadSoon(due.version, object, due.range, [this, object, range = due.range] {
    read_ahead_.OnDropped(object, range);
  });
}

FetchCost CachedReader::CostToWarm(const ObjectVersion& version) const {
  FetchCost cost;
  if (version.size == 0) return cost;
  const BlockLayout layout(version.size);
  const CachedObject object = Identify(version);
  uint32_t run = 0;  // missing blocks up to here, in this window
  for (uint32_t index = 0; index < layout.count(); ++index) {
    if (index % window_ == 0) run = 0;
    const bool is_missing = !blocks_.Has(object.Block(index), Keep::kEvictable);
    if (is_missing) cost.bytes += layout.Bytes(index).length;
    if (is_missing && run == 0) ++cost.requests;
    run = is_missing ? run + 1 : 0;
  }
  return cost;
}

absl::StatusOr<FetchCost> CachedReader::Warm(const ObjectVersion& version, Keep keep,
                                             const CallContext& context) {
  const FetchCost cost = CostToWarm(version);
  if (version.size == 0 || (cost.requests == 0 && keep == Keep::kEvictable)) return cost;
  const CachedObject object = Identify(version);
  const Target target{version, object, BlockLayout(version.size), keep};
  for (uint32_t first = 0; first < target.layout.count(); first += window_) {
    const uint32_t end = std::min(first + window_, target.layout.count());
    FetchWindowsAhead(target, end);
    RETURN_IF_ERROR(WarmBlocks(target, {first, end}, context));
  }
  return cost;
}

// Window by window, so that there are as many requests as without.
void CachedReader::FetchWindowsAhead(const Target& target, uint32_t first) {
  for (uint32_t i = 0; i < kWarmAhead && first < target.layout.count() && MayFetch(); ++i) {
    const BlockRange window{first, std::min(first + window_, target.layout.count())};
    const ByteRange bytes = target.layout.Bytes(window);
    if (!fetcher_.FetchAhead(target, bytes, uint64_t{window_} * kBlockBytes)) return;
    first = window.end;
  }
}

absl::Status CachedReader::WarmBlocks(const Target& target, BlockRange blocks,
                                      const CallContext& context) {
  // Twice: somebody else may have begun to fetch what is to be pinned, and pins nothing.
  for (int attempt = 0; attempt < 2; ++attempt) {
    std::vector<uint32_t> missing;
    for (uint32_t index = blocks.first; index < blocks.end; ++index) {
      if (!blocks_.Has(target.object.Block(index), target.keep)) missing.push_back(index);
    }
    if (missing.empty()) break;
    RETURN_IF_ERROR(CheckMayFetch(target, missing.front(), context));
    RETURN_IF_ERROR(
        fetcher_.Fetch(target, missing, {.range = target.layout.Bytes(blocks)}, context));
    if (target.keep == Keep::kEvictable) break;
  }
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<ObjectReader> NewObjectReader(ObjectStore& store, BlockCache& blocks,
                                              Counters& counters,
                                              const ObjectReaderOptions& options) {
  return std::make_unique<CachedReader>(store, blocks, counters, options);
}

}  // namespace annofs

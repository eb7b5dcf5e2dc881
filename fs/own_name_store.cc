#include "fs/own_name_store.h"

#include <algorithm>
#include <string>
#include <utility>

#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "fs/dataset_records.h"
#include "fs/name_table.h"

namespace annofs {
namespace {

// Units of a family's slot, above every batch of ranks. The table's keys go on behind theirs.
constexpr uint32_t kTableUnit = 0x20000000;
constexpr uint32_t kRenamedUnit = 0x20000001;  // written last: a table without it is not whole
// Of one transaction.
constexpr size_t kBlocksAtOnce = 2048;
constexpr uint32_t kNamesPerCheck = 4096;

std::string TablePrefix(uint32_t slot) { return Key32(slot) + Key32(kTableUnit); }

// Writes blocks of names as they come in order of hashes.
class TableWriter {
 public:
  TableWriter(Lmdb& lmdb, uint32_t slot) : lmdb_(lmdb), prefix_(TablePrefix(slot)) {}

  absl::Status Add(uint32_t hash, Rank rank) {
    names_.emplace_back(hash, rank);
    return names_.size() < kBlocksAtOnce * kNameBlock ? absl::OkStatus() : Flush();
  }
  absl::Status Flush() {
    std::sort(names_.begin(), names_.end());  // of one hash in the table by rank
    RETURN_IF_ERROR(lmdb_.Update([this](LmdbWriter& writer) {
      return ForEachNameBlock(names_, [&](const std::string& key, const std::string& block) {
        return writer.Put(kSizesTable, prefix_ + key, block);
      });
    }));
    names_.clear();
    return absl::OkStatus();
  }

 private:
  Lmdb& lmdb_;
  const std::string prefix_;
  std::vector<std::pair<uint32_t, uint32_t>> names_;
};

}  // namespace

absl::StatusOr<std::string> OwnNameStore::Divide(const View& view, uint32_t family,
                                                 const CallContext& context) {
  TableWriter table(lmdb_, view.family_slots[family]);
  uint32_t count = 0;
  auto keeper = [&](uint64_t hash, Rank rank) -> absl::Status {
    if (count++ % kNamesPerCheck == 0) RETURN_IF_ERROR(context.Check());
    return table.Add(uint32_t(hash >> 32), rank);
  };
  ASSIGN_OR_RETURN(RankSet renamed, DivideOwnNames(view.layout, *view.dataset, family, keeper));
  RETURN_IF_ERROR(table.Flush());
  return EncodeRanks(renamed);
}

absl::StatusOr<RankSet> OwnNameStore::Renamed(const View& view, uint32_t family,
                                              const CallContext& context) {
  const uint32_t slot = view.family_slots[family];
  {
    absl::MutexLock lock(&mutex_);
    auto known = renamed_.find(slot);
    if (known != renamed_.end()) return known->second;
  }
  RankSet renamed;
  auto take = [&](absl::string_view bytes) -> absl::Status {
    ASSIGN_OR_RETURN(renamed, DecodeRanks(bytes));
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(bool is_known, sizes_.Read(slot, kRenamedUnit, take));
  if (!is_known) {
    if (context.lane == Lane::kFast) return WouldBlock();
    auto divide = [&] { return Divide(view, family, context); };
    ASSIGN_OR_RETURN(std::string made, sizes_.Make(slot, kRenamedUnit, divide, context));
    RETURN_IF_ERROR(take(made));
  }
  absl::MutexLock lock(&mutex_);
  if (renamed_.size() >= kMostKnown) renamed_.clear();
  renamed_[slot] = renamed;
  return renamed;
}

absl::StatusOr<std::vector<Rank>> OwnNameStore::Keepers(const View& view, uint32_t family,
                                                        uint64_t hash, const CallContext& context) {
  RETURN_IF_ERROR(Renamed(view, family, context).status());
  std::vector<Rank> ranks;
  RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) -> absl::Status {
    ASSIGN_OR_RETURN(ranks,
                     FindInNameBlocks(reader, kSizesTable, TablePrefix(view.family_slots[family]),
                                      uint32_t(hash >> 32)));
    return absl::OkStatus();
  }));
  return ranks;
}

}  // namespace annofs

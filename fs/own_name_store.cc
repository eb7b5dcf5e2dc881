#include "fs/own_name_store.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
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
constexpr size_t kMostAtOnce = 1 << 20;

std::string TablePrefix(uint32_t slot) { return Key32(slot) + Key32(kTableUnit); }

// The families of a directory whose names are made by their content.
std::vector<uint32_t> OwnFamilies(const Layout& layout, uint32_t place) {
  std::vector<uint32_t> families;
  for (uint32_t family : layout.places()[place].families) {
    if (layout.families()[family].style == NameStyle::kOwn) families.push_back(family);
  }
  return families;
}

// Writes the tables of several families, many in one transaction.
class TableWriter {
 public:
  TableWriter(Lmdb& lmdb, std::vector<uint32_t> slots) : lmdb_(lmdb), slots_(std::move(slots)) {}

  // An error is told by Finish().
  void Add(uint32_t nth, uint32_t hash, Rank rank) {
    if (!status_.ok()) return;
    names_.push_back({nth, {hash, rank}});
    if (names_.size() < kMostAtOnce) return;
    status_ = lmdb_.Update([this](LmdbWriter& writer) { return PutNames(writer); });
    names_.clear();
  }
  absl::Status Finish(const std::vector<RankSet>& renamed) {
    RETURN_IF_ERROR(status_);
    return lmdb_.Update([&](LmdbWriter& writer) -> absl::Status {
      RETURN_IF_ERROR(PutNames(writer));
      for (size_t nth = 0; nth < slots_.size(); ++nth) {
        RETURN_IF_ERROR(writer.Put(kSizesTable, Key32(slots_[nth]) + Key32(kRenamedUnit),
                                   EncodeRanks(renamed[nth])));
      }
      return absl::OkStatus();
    });
  }

 private:
  using Name = std::pair<uint32_t, uint32_t>;  // hash and rank

  absl::Status PutNames(LmdbWriter& writer) {
    std::sort(names_.begin(), names_.end());  // of one hash in the table by rank
    std::vector<Name> table;
    for (size_t i = 0; i < names_.size(); ++i) {
      const uint32_t nth = names_[i].first;
      table.push_back(names_[i].second);
      if (i + 1 < names_.size() && names_[i + 1].first == nth) continue;
      RETURN_IF_ERROR(
          ForEachNameBlock(table, [&](const std::string& key, const std::string& block) {
            return writer.Put(kSizesTable, TablePrefix(slots_[nth]) + key, block);
          }));
      table.clear();
    }
    return absl::OkStatus();
  }

  Lmdb& lmdb_;
  const std::vector<uint32_t> slots_;
  std::vector<std::pair<uint32_t, Name>> names_;  // with the family's place in slots_
  absl::Status status_;
};

}  // namespace

absl::StatusOr<OwnNameStore::UnstoredNames> OwnNameStore::Divide(const View& view, uint32_t place,
                                                                 const CallContext& context) {
  const std::vector<uint32_t> families = OwnFamilies(view.layout, place);
  std::vector<uint32_t> slots;
  for (uint32_t family : families) slots.push_back(view.family_slots[family]);
  // It may have been divided since it was asked for.
  if (UnstoredNames held = FindUnstored(view, families.back())) return held;
  RankSet known;
  ASSIGN_OR_RETURN(const bool is_stored, ReadRenamed(slots.back(), known));
  if (is_stored) return nullptr;
  TableWriter table(lmdb_, slots);
  auto keeper = [&](uint32_t nth, uint64_t hash, Rank rank) {
    table.Add(nth, uint32_t(hash >> 32), rank);
    return context.Check();
  };
  auto go_on = [&] { return context.Check(); };
  ASSIGN_OR_RETURN(const std::vector<RankSet> renamed,
                   DivideOwnNamesOf(view.layout, *view.dataset, families, keeper, go_on));
  const absl::Status stored = table.Finish(renamed);
  if (stored.ok()) return nullptr;
  LogWarning(absl::StrCat("view '", view.name, "': names are not remembered: ", stored.message()));
  auto held = std::make_shared<Unstored>();
  held->view = view.shared_from_this();
  held->names = NewMemoryOwnNames(view.layout, *view.dataset);
  for (uint32_t family : families) {
    RETURN_IF_ERROR(context.Check());
    RETURN_IF_ERROR(held->names->Renamed(family).status());
  }
  absl::MutexLock lock(&mutex_);
  unstored_.emplace_back(view.place_slots[place], held);
  if (unstored_.size() > kMostUnstored) unstored_.pop_front();
  return held;
}

OwnNameStore::UnstoredNames OwnNameStore::FindUnstored(const View& view, uint32_t family) {
  const uint32_t slot = view.place_slots[view.layout.families()[family].place];
  absl::MutexLock lock(&mutex_);
  for (const auto& [held_slot, held] : unstored_) {
    if (held_slot == slot) return held;
  }
  return nullptr;
}

absl::StatusOr<bool> OwnNameStore::ReadRenamed(uint32_t slot, RankSet& renamed) {
  return sizes_.Read(slot, kRenamedUnit, [&](absl::string_view bytes) -> absl::Status {
    ASSIGN_OR_RETURN(renamed, DecodeRanks(bytes));
    return absl::OkStatus();
  });
}

void OwnNameStore::Keep(uint32_t slot, const RankSet& renamed) {
  const uint64_t bytes = 64 + 2 * uint64_t{renamed.size()};
  absl::MutexLock lock(&mutex_);
  if (known_bytes_ + bytes > kMostKnownBytes) {
    renamed_.clear();
    known_bytes_ = 0;
  }
  if (renamed_.insert_or_assign(slot, renamed).second) known_bytes_ += bytes;
}

absl::StatusOr<RankSet> OwnNameStore::Renamed(const View& view, uint32_t family,
                                              const CallContext& context) {
  const uint32_t slot = view.family_slots[family];
  {
    absl::MutexLock lock(&mutex_);
    auto known = renamed_.find(slot);
    if (known != renamed_.end()) return known->second;
  }
  if (UnstoredNames held = FindUnstored(view, family)) return held->names->Renamed(family);
  RankSet renamed;
  ASSIGN_OR_RETURN(bool is_known, ReadRenamed(slot, renamed));
  if (!is_known) {
    if (context.lane == Lane::kFast) return WouldBlock();
    const uint32_t place = view.layout.families()[family].place;
    Jobs::Job divide = [this, view = view.shared_from_this(), place](const CallContext& own) {
      return Divide(*view, place, own);
    };
    ASSIGN_OR_RETURN(const UnstoredNames held,
                     dividing_.Run(view.place_slots[place], std::move(divide), context));
    if (held != nullptr) return held->names->Renamed(family);
    ASSIGN_OR_RETURN(is_known, ReadRenamed(slot, renamed));
    if (!is_known) return absl::InternalError("the names of a family of files are gone");
  }
  Keep(slot, renamed);
  return renamed;
}

absl::StatusOr<std::vector<Rank>> OwnNameStore::Keepers(const View& view, uint32_t family,
                                                        uint64_t hash, const CallContext& context) {
  RETURN_IF_ERROR(Renamed(view, family, context).status());
  if (UnstoredNames held = FindUnstored(view, family)) return held->names->Keepers(family, hash);
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

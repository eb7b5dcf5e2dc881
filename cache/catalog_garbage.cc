#include "cache/catalog_garbage.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/process_stamp.h"

namespace annofs {
namespace {

// Keeps one write transaction, during which every other writer waits, within seconds.
constexpr size_t kMaxListings = 10000;

using Numbers = absl::flat_hash_set<uint64_t>;

struct Entry {
  std::string key;
  std::string value;
};

std::vector<Entry> EntriesWith(const LmdbReader& txn, LmdbTable table, absl::string_view prefix) {
  std::vector<Entry> entries;
  txn.Scan(table, prefix, [&](absl::string_view key, absl::string_view value) {
    if (!absl::StartsWith(key, prefix)) return false;
    entries.push_back({std::string(key), std::string(value)});
    return true;
  });
  return entries;
}

// The distinct numbers behind the source in the keys of a table, from `first` on: one step per
// number, not per entry.
std::vector<uint64_t> SecondNumbers(const LmdbReader& txn, LmdbTable table, SourceNumber source,
                                    uint64_t first) {
  std::vector<uint64_t> numbers;
  bool more = true;
  while (more) {
    more = false;
    txn.Scan(table, HeadPrefix(source, first), [&](absl::string_view key, absl::string_view) {
      if (key.size() < 12 || ReadKey32(key) != source) return false;
      numbers.push_back(ReadKey64(key.substr(4)));
      more = true;
      return false;
    });
    if (more) first = numbers.back() + 1;
  }
  return numbers;
}

// Snapshots of processes that live; the marks of the others are removed.
absl::StatusOr<Numbers> LiveSnapshots(LmdbWriter& txn) {
  Numbers live;
  for (const Entry& entry : EntriesWith(txn, kMetaTable, kLivePrefix)) {
    const std::optional<ProcessStamp> stamp = DecodeStamp(entry.value);
    if (stamp.has_value() && IsAlive(*stamp)) {
      live.insert(ReadKey64(absl::string_view(entry.key).substr(kLivePrefix.size())));
    } else {
      RETURN_IF_ERROR(txn.Delete(kMetaTable, entry.key));
    }
  }
  return live;
}

absl::Status DeleteDeadHeads(LmdbWriter& txn, SourceNumber source, const Numbers& live) {
  for (SnapshotNumber snapshot : SecondNumbers(txn, kHeadsTable, source, kLatest + 1)) {
    if (live.contains(snapshot)) continue;
    RETURN_IF_ERROR(txn.DeletePrefix(kHeadsTable, HeadPrefix(source, snapshot)));
  }
  return absl::OkStatus();
}

Numbers ListingsOfHeads(const LmdbReader& txn, SourceNumber source) {
  Numbers listings;
  txn.Scan(kHeadsTable, Key32(source), [&](absl::string_view key, absl::string_view value) {
    if (key.size() < 4 || ReadKey32(key) != source) return false;
    if (value.size() >= 8) listings.insert(ReadKey64(value));
    return true;
  });
  return listings;
}

// Adds the listings that living processes write; the marks of the others are removed.
absl::Status AddBuilding(LmdbWriter& txn, SourceNumber source, const Numbers& live,
                         Numbers& listings) {
  const std::string prefix = BuildingPrefix(source);
  for (const Entry& entry : EntriesWith(txn, kMetaTable, prefix)) {
    if (entry.value.size() == 8 && live.contains(ReadKey64(entry.value))) {
      listings.insert(ReadKey64(absl::string_view(entry.key).substr(prefix.size())));
    } else {
      RETURN_IF_ERROR(txn.Delete(kMetaTable, entry.key));
    }
  }
  return absl::OkStatus();
}

absl::Status DeleteOtherListings(LmdbWriter& txn, SourceNumber source, const Numbers& kept) {
  size_t deleted = 0;
  for (ListingNumber listing : SecondNumbers(txn, kListingsTable, source, 0)) {
    if (kept.contains(listing) || ++deleted > kMaxListings) continue;
    RETURN_IF_ERROR(txn.DeletePrefix(kListingsTable, ListingPrefix(source, listing)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CollectGarbage(LmdbWriter& txn, SourceNumber source) {
  ASSIGN_OR_RETURN(const Numbers live, LiveSnapshots(txn));
  RETURN_IF_ERROR(DeleteDeadHeads(txn, source, live));
  Numbers listings = ListingsOfHeads(txn, source);
  RETURN_IF_ERROR(AddBuilding(txn, source, live, listings));
  return DeleteOtherListings(txn, source, listings);
}

}  // namespace annofs

// Is a catalog environment whole? What must hold after any failure and any kill -9.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "cache/cache_dir.h"
#include "cache/catalog_records.h"
#include "cache/listing_cursor.h"
#include "cache/row_block.h"
#include "gtest/gtest.h"

namespace annofs::testing {

namespace internal {

using ListingId = std::pair<SourceNumber, ListingNumber>;

// Every row of the listing is of the directory, in order, and there are as many as its head says.
inline void CheckListing(const LmdbReader& txn, SourceNumber source, RowId directory,
                         const Head& head) {
  ListingCursor cursor(txn, source, head.listing);
  ASSERT_TRUE(cursor.Seek("").ok());
  uint64_t entries = 0;
  std::string last;
  while (cursor.valid()) {
    EXPECT_EQ(cursor.row().parent, directory);
    const std::string key = OrderKey(cursor.row());
    EXPECT_TRUE(entries == 0 || last < key) << last << " before " << key;
    last = key;
    ++entries;
    ASSERT_TRUE(cursor.Next().ok());
  }
  EXPECT_EQ(entries, head.entries) << "directory " << directory << " listing " << head.listing;
}

}  // namespace internal

// Each head has its whole listing; each listing has a head, or the mark of who makes it.
inline void CheckCatalog(Lmdb& lmdb) {
  const absl::Status status = lmdb.View([](const LmdbReader& txn) {
    std::set<internal::ListingId> known;
    txn.Scan(kHeadsTable, "", [&](absl::string_view key, absl::string_view value) {
      if (value == kForgotten) return true;
      const auto head = DecodeHead(value);
      EXPECT_TRUE(head.has_value() && key.size() == 20);
      if (!head.has_value() || key.size() != 20) return true;
      const SourceNumber source = ReadKey32(key);
      if (known.emplace(source, head->listing).second) {
        internal::CheckListing(txn, source, ReadKey64(key.substr(12)), *head);
      }
      return true;
    });
    const std::string building = "building/";
    txn.Scan(kMetaTable, building, [&](absl::string_view key, absl::string_view) {
      if (!absl::StartsWith(key, building)) return false;
      known.emplace(ReadKey32(key.substr(building.size())), ReadBuildingKey(key).listing);
      return true;
    });
    std::set<internal::ListingId> orphans;
    txn.Scan(kListingsTable, "", [&](absl::string_view key, absl::string_view) {
      const internal::ListingId id{ReadKey32(key), ReadKey64(key.substr(4))};
      if (!known.contains(id)) orphans.insert(id);
      return true;
    });
    EXPECT_TRUE(orphans.empty()) << orphans.size() << " listings without head or mark, the first "
                                 << orphans.begin()->second;
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

// Marks of listings that are being made.
inline size_t CountMarks(Lmdb& lmdb) {
  size_t marks = 0;
  lmdb.View([&](const LmdbReader& txn) {
        txn.Scan(kMetaTable, "building/", [&](absl::string_view key, absl::string_view) {
          if (!absl::StartsWith(key, "building/")) return false;
          ++marks;
          return true;
        });
        return absl::OkStatus();
      })
      .IgnoreError();
  return marks;
}

}  // namespace annofs::testing

// Snapshots of a source: what one Catalog shows. See catalog.h for their kinds and cache/README.md
// for how long they are kept.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"
#include "cache/catalog_records.h"
#include "cache/lmdb.h"

namespace annofs {

// A snapshot that is in use by this process, until EndMount().
struct Mount {
  SourceNumber source = 0;
  SnapshotInfo snapshot;
  std::optional<SnapshotInfo> base;  // snapshot.base, if it has one
  uint64_t number = 0;               // of this use of it
};

// The snapshot that the options name, made if it is to be a new one. The source gets a number and
// its root row if it is new; some garbage of the source is collected.
absl::StatusOr<Mount> BeginMount(Lmdb& lmdb, absl::string_view identity,
                                 const CatalogOptions& options);
// An index to be built: an unfinished one, of a process that has ended, else a new one.
absl::StatusOr<Mount> BeginIndex(Lmdb& lmdb, absl::string_view identity, absl::Time now);
// The newest complete index, to be read as it is. kNotFound: there is none; the message names
// `annofs index`.
absl::StatusOr<Mount> MountNewestIndex(Lmdb& lmdb, absl::string_view identity);
// The snapshot is not in use any more; a new one of which nothing was listed is forgotten.
absl::Status EndMount(Lmdb& lmdb, const Mount& mount);

// The number of a source; a new one gets its root row.
absl::StatusOr<SourceNumber> SourceOf(LmdbWriter& txn, absl::string_view identity);
// A source number and a root row of its own for a source that already has one, which its identity
// will mean from now on; the old one is removed once no mount shows it.
absl::Status ReplaceSource(LmdbWriter& txn, absl::string_view identity, SourceNumber source);
absl::StatusOr<SourceNumber> NewSource(LmdbWriter& txn);

// "12 (2026-05-01T12:00:00Z, index of 1,000 objects)".
std::string Describe(const SnapshotInfo& info);

}  // namespace annofs

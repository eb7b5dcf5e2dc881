// Snapshots of a source: what one Catalog shows. Each belongs to a process; when that has ended,
// what only it referred to is removed.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog_records.h"
#include "cache/lmdb.h"

namespace annofs {

struct Snapshot {
  SourceNumber source = 0;
  SnapshotNumber number = 0;
};

// A new snapshot of this process. The source gets a number and its root row if it is new; garbage
// of the source is collected.
absl::StatusOr<Snapshot> BeginSnapshot(Lmdb& lmdb, absl::string_view source_name);
// Its process goes on without it.
absl::Status EndSnapshot(Lmdb& lmdb, const Snapshot& snapshot);

}  // namespace annofs

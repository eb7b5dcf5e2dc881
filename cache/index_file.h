// An index as one compressed file, for other nodes: `annofs index --export` and `--import`. The
// format is written down in cache/README.md. Thread safe.
//
// Rows keep their ids, so inodes are the same on every node that imports a file. Bounded memory,
// but for 8 bytes a block of rows while a file is written.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"
#include "cache/lmdb.h"

namespace annofs {

// Told now and then how much of the work is done: bytes of the catalog or of the file.
using FileProgress = absl::FunctionRef<void(uint64_t bytes)>;

// Writes the newest complete index of the source to `path`: whole and synced, or not at all. No
// transaction is open while the file is written; what others write meanwhile is not in it.
// kNotFound: the source has no index; the message names `annofs index`.
absl::StatusOr<SnapshotInfo> ExportIndex(Lmdb& lmdb, absl::string_view identity,
                                         const std::string& path, FileProgress progress);

// Makes the file's index the newest of the source: a mount shows it without a list request. What a
// mount shows is not changed before all of the file has been checked, nor after an error; a call
// that is killed leaves entries that garbage collection removes. kInvalidArgument, with what to do:
// not an index file, another format, damaged, of another source; kFailedPrecondition: older than
// the index that the cache has. Where the cache knows other rows of the source, mounts that run
// keep them, and new ones have those of the file.
absl::StatusOr<SnapshotInfo> ImportIndex(Lmdb& lmdb, absl::string_view identity,
                                         const std::string& path, FileProgress progress);

}  // namespace annofs

// What LMDB does not check of its own files before it maps them. Functions on one environment.
#pragma once

#include <lmdb.h>

#include <string>

#include "absl/status/status.h"

namespace annofs {

// Before `path` is opened: that data.mdb is no directory and of a page size that LMDB can have; and
// that lock.mdb has its space on disk, since a page of it that finds none is a SIGBUS.
absl::Status PrepareLmdb(const std::string& path, unsigned max_readers);

// Gives a lock file its space on disk, for so many readers. 0, or the error number: ENOSPC, EDQUOT,
// or that of opening it. REQUIRES: this process has not opened the environment.
int AllocateLmdbLock(const std::string& file, unsigned max_readers);

// MDB_CORRUPTED if data.mdb ends before a page that is in use: reading that would be a SIGBUS.
// Reads the whole file, but only where it is shorter than its header says; that alone is no damage,
// since LMDB does not write pages that a transaction has given back. REQUIRES: the environment is
// open.
int CheckLmdbIsWhole(MDB_env* env);

}  // namespace annofs

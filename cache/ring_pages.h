// What reading and appending to a ring file have in common. Functions.
#pragma once

#include <lmdb.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annofs {

inline constexpr unsigned kRingFileFlags = MDB_NOSUBDIR | MDB_NORDAHEAD | MDB_NOTLS | MDB_NOLOCK;

// The system's, which is that of the files it makes.
size_t RingPageSize();

// kInternal: LMDB must not be given that file.
absl::Status CheckRingHeader(const std::string& path);

// For mdb_env_set_assert(): leaves the guard of this thread, and ends the process where there is
// none.
void LeaveAtAssertion(MDB_env* env, const char* text);

inline absl::string_view TextOf(const MDB_val& val) {
  return absl::string_view(static_cast<const char*>(val.mv_data), val.mv_size);
}

// Pages that a block of so many bytes takes for itself; 0: it lies in a page of the tree.
uint64_t OwnPages(uint64_t block_bytes);

}  // namespace annofs

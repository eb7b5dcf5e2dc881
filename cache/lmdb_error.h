// LMDB's error codes as statuses, and its values as text.
#pragma once

#include <lmdb.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annofs {

// kInternal "WHAT PATH: why", with what to do where the user can do something. REQUIRES: code != 0.
absl::Status LmdbError(int code, absl::string_view what, absl::string_view path);

inline MDB_val ToMdb(absl::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};
}
inline absl::string_view FromMdb(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

}  // namespace annofs

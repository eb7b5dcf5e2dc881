#include "cache/lmdb_error.h"

#include <cerrno>

#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

absl::string_view Remedy(int code) {
  switch (code) {
    case EIO:  // what LMDB answers when a write came out short, as it does on a full disk
    case ENOSPC:
      return "; is the disk full?";
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_VERSION_MISMATCH:
      return "; it is damaged: remove it, it will be made again";
    case MDB_MAP_FULL:
      return "; it has reached its largest size";
    case MDB_READERS_FULL:
      return "; too many processes or threads read it";
    default:
      return "";
  }
}

}  // namespace

absl::Status LmdbError(int code, absl::string_view what, absl::string_view path) {
  return absl::InternalError(absl::StrCat(what, " ", path, ": ", mdb_strerror(code), Remedy(code)));
}

}  // namespace annofs

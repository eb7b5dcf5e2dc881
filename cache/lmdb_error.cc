#include "cache/lmdb_error.h"

#include <cerrno>

#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

absl::string_view Remedy(int code) {
  switch (code) {
    case EIO:  // what LMDB answers when a write came out short, as it does on a full disk
    case ENOSPC:
    case EDQUOT:
      return "; is the disk full? Free space there, or use another directory (--cache)";
    case EACCES:
    case EPERM:
    case EROFS:
      return "; it must be writable: use another cache directory (--cache)";
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_VERSION_MISMATCH:
    case MDB_PANIC:
      return "; it is damaged: unmount and remove it, it will be made again";
    case MDB_MAP_FULL:
      return "; it has reached its largest size: unmount and remove it, or use another cache "
             "directory (--cache)";
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

#include "cache/cache_dir.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/files.h"

namespace annofs {
namespace {

constexpr uint64_t kMemoryCacheBytes = 64 << 20;
constexpr uint64_t kLeastFreeBytes = 1 << 20;  // that a catalog needs to be opened
constexpr int kSpaceAttempts = 4;

// In the order of CatalogTable.
const char* const kTableNames[] = {"meta",         "sources", "snapshots", "rows",
                                   "listings",     "heads",   "ranges",    "datasets",
                                   "dataset-data", "sizes",   "slots"};
static_assert(std::size(kTableNames) == kCatalogTableCount);

absl::Status RefuseFormat(const std::string& path, absl::string_view found) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the cache directory ", path, " has format ", found, ", and this program writes format ",
      kCacheFormat, ": use another directory (--cache), or remove this one"));
}

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

absl::Status CheckFormat(const std::string& path) {
  const std::string file = JoinPath(path, "VERSION");
  std::optional<std::string> text = ReadSmallFile(file);
  if (!text.has_value()) {
    if (Exists(file)) return absl::InternalError(absl::StrCat("cannot read ", file));
    if (Exists(JoinPath(path, "catalog"))) return RefuseFormat(path, "unknown (no VERSION file)");
    return WriteSmallFile(file, absl::StrCat(kCacheFormat, "\n"));
  }
  absl::string_view found = absl::StripSuffix(*text, "\n");
  return found == absl::StrCat(kCacheFormat) ? absl::OkStatus()
                                             : RefuseFormat(path, TsvEscape(found));
}

std::unique_ptr<BlockCache> OpenBlocks(const CacheDirOptions& options) {
  auto ring = OpenBlockRing(
      {.path = options.path, .bound = options.block_bytes, .queue_bytes = options.queue_bytes});
  if (ring.ok()) return *std::move(ring);
  LogWarning(absl::StrCat("the block cache cannot be used, blocks are kept in memory (",
                          HumanSize(kMemoryCacheBytes), "): ", ring.status().message()));
  return NewMemoryBlockCache(kMemoryCacheBytes);
}

bool IsFull(const std::string& path) {
  struct statvfs disk;
  return statvfs(path.c_str(), &disk) == 0 &&
         uint64_t{disk.f_bavail} * disk.f_frsize < kLeastFreeBytes;
}

std::string HomeDirectory() {
  const char* home = getenv("HOME");
  if (home != nullptr && *home == '/') return home;
  const passwd* user = getpwuid(geteuid());
  return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "/";
}

}  // namespace

absl::StatusOr<CacheDir> OpenCacheDir(const CacheDirOptions& options) {
  RETURN_IF_ERROR(CheckCacheDirWritable(options.path));
  RETURN_IF_ERROR(MakePrivateDirectory(options.path));
  RETURN_IF_ERROR(CheckFormat(options.path));
  LmdbOptions lmdb{.path = JoinPath(options.path, "catalog")};
  lmdb.tables.assign(std::begin(kTableNames), std::end(kTableNames));
  CacheDir directory;
  directory.blocks = OpenBlocks(options);
  // Blocks can be fetched again, and what the catalog does not save is not shown.
  lmdb.free_space = [blocks = directory.blocks.get()] { return blocks->GiveUpSpace(); };
  absl::StatusOr<std::unique_ptr<Lmdb>> catalog = OpenLmdb(lmdb);
  for (int i = 0; i < kSpaceAttempts && !catalog.ok() && IsFull(options.path); ++i) {
    if (!directory.blocks->GiveUpSpace()) break;
    catalog = OpenLmdb(lmdb);
  }
  ASSIGN_OR_RETURN(directory.catalog, std::move(catalog));
  return directory;
}

absl::Status CheckCacheDirWritable(const std::string& path) {
  std::string there = path;
  while (!Exists(there) && !DirName(there).empty()) there = std::string(DirName(there));
  // Asked, not tried: root may write everywhere but on a read-only file system.
  if (faccessat(AT_FDCWD, there.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return absl::OkStatus();
  const int error = errno == ENOENT ? 0 : errno;  // of a path in the current directory
  if (error == 0) return absl::OkStatus();
  return ErrnoToStatus(error, absl::StrCat("the cache directory ", path,
                                           " cannot be written; use another one (--cache DIR), or "
                                           "change the owner or mode of ",
                                           there));
}

std::string DefaultCacheDir() {
  const char* xdg = getenv("XDG_CACHE_HOME");
  if (xdg != nullptr && *xdg == '/') return JoinPath(xdg, "annofs");
  if (geteuid() == 0) return "/var/cache/annofs";
  return JoinPath(JoinPath(HomeDirectory(), ".cache"), "annofs");
}

}  // namespace annofs

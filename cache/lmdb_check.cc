#include "cache/lmdb_check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/lmdb_error.h"
#include "cache/lmdb_layout.h"

namespace annofs {
namespace {

constexpr size_t kLockSlotBytes = 64;  // of one reader; the head takes less than eight of them
constexpr size_t kLockHeadSlots = 8;

using namespace lmdb_layout;

// False at the end of the file or an error.
bool ReadAt(int fd, uint64_t offset, size_t size, std::string& out) {
  out.resize(size);
  for (size_t have = 0; have < size;) {
    const ssize_t got =
        pread(fd, out.data() + have, size - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    have += static_cast<size_t>(got);
  }
  return true;
}

// Follows every page that a transaction can reach, without the map.
class PageWalk {
 public:
  PageWalk(int fd, size_t page_size, uint64_t pages)
      : fd_(fd), page_size_(page_size), pages_(pages) {}

  // True if the tables of that transaction's root are there.
  bool IsWhole(size_t txn) {
    std::string meta;
    for (uint64_t number = 0; number < 2; ++number) {
      if (!ReadAt(fd_, number * page_size_, kMetaBytes, meta)) return false;
      if (NumberAt<uint64_t>(meta, kMetaTxn) != txn) continue;
      for (size_t db = 0; db < 2; ++db) {
        if (!Tree(NumberAt<uint64_t>(meta, kMetaDbs + db * kDbBytes + kDbRoot), 0)) return false;
      }
      return true;
    }
    return false;
  }

 private:
  bool Tree(uint64_t number, int depth) {
    if (number == kNoPage) return true;
    std::string page;
    // Each page is reached once.
    if (depth > kMaxDepth || number >= pages_ || ++visited_ > pages_ ||
        !ReadAt(fd_, number * page_size_, page_size_, page)) {
      return false;
    }
    const uint16_t flags = NumberAt<uint16_t>(page, kFlagsAt);
    const size_t lower = NumberAt<uint16_t>(page, kLowerAt);
    if ((flags & (kBranchPage | kLeafPage)) == 0 || lower < kPageHeader || lower > page_size_) {
      return false;
    }
    for (size_t at = kPageHeader; at + 2 <= lower; at += 2) {
      const size_t node = NumberAt<uint16_t>(page, at);
      if (node + kNodeHeader > page_size_) return false;
      const absl::string_view rest = absl::string_view(page).substr(node);
      if (!(flags & kBranchPage ? Tree(ChildOf(rest), depth + 1) : Leaf(rest, depth))) return false;
    }
    return true;
  }

  static uint64_t ChildOf(absl::string_view node) {
    return NumberAt<uint16_t>(node, 0) | uint64_t{NumberAt<uint16_t>(node, 2)} << 16 |
           uint64_t{NumberAt<uint16_t>(node, 4)} << 32;
  }

  bool Leaf(absl::string_view node, int depth) {
    const uint64_t size = NumberAt<uint16_t>(node, 0) | uint64_t{NumberAt<uint16_t>(node, 2)} << 16;
    const uint16_t flags = NumberAt<uint16_t>(node, 4);
    const size_t data = kNodeHeader + NumberAt<uint16_t>(node, 6);
    if (flags & kBigData) {
      if (data + 8 > node.size()) return false;
      const uint64_t first = NumberAt<uint64_t>(node, data);
      const uint64_t count = (kPageHeader + size + page_size_ - 1) / page_size_;
      return first < pages_ && count <= pages_ - first;
    }
    if (data + size > node.size()) return false;
    if (!(flags & kSubTable)) return true;
    return size == kDbBytes && Tree(NumberAt<uint64_t>(node, data + kDbRoot), depth + 1);
  }

  const int fd_;
  const size_t page_size_;
  const uint64_t pages_;  // in the file
  uint64_t visited_ = 0;
};

absl::Status CheckPageSize(const std::string& path, const std::string& file) {
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::OkStatus();  // LMDB says why, or makes it
  absl::Cleanup closer = [fd] { close(fd); };
  std::string meta;
  if (!ReadAt(fd, 0, kMetaBytes, meta) || NumberAt<uint32_t>(meta, kPageHeader) != kMagic) {
    return absl::OkStatus();  // as before
  }
  const uint32_t size = NumberAt<uint32_t>(meta, kMetaDbs);
  const bool possible = size >= 512 && size <= 65536 && (size & (size - 1)) == 0;
  return possible ? absl::OkStatus() : LmdbError(MDB_INVALID, "open", path);
}

}  // namespace

absl::Status PrepareLmdb(const std::string& path, unsigned max_readers) {
  const std::string data = JoinPath(path, "data.mdb");
  struct stat info;
  if (stat(data.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    return absl::InternalError(
        absl::StrCat(data, " is no regular file: remove it, it will be made again"));
  }
  RETURN_IF_ERROR(CheckPageSize(path, data));
  const int code = AllocateLmdbLock(JoinPath(path, "lock.mdb"), max_readers);
  return code == 0 ? absl::OkStatus() : LmdbError(code, "open", path);
}

int AllocateLmdbLock(const std::string& file, unsigned max_readers) {
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return errno;
  absl::Cleanup closer = [fd] { close(fd); };
  const int code =
      posix_fallocate(fd, 0, static_cast<off_t>((max_readers + kLockHeadSlots) * kLockSlotBytes));
  return code == ENOSPC || code == EDQUOT ? code : 0;  // others: it cannot be done there
}

int CheckLmdbIsWhole(MDB_env* env) {
  MDB_stat stat;
  MDB_txn* txn = nullptr;
  int code = mdb_env_stat(env, &stat);
  if (code == 0) code = mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn);
  if (code != 0) return code;
  absl::Cleanup ender = [txn] { mdb_txn_abort(txn); };
  MDB_envinfo info;
  mdb_filehandle_t fd;
  struct stat file;
  if (code = mdb_env_info(env, &info); code != 0) return code;
  if (code = mdb_env_get_fd(env, &fd); code != 0) return code;
  if (fstat(fd, &file) != 0) return errno;
  const uint64_t pages = static_cast<uint64_t>(file.st_size) / stat.ms_psize;
  if (pages > info.me_last_pgno || file.st_size == 0) return 0;
  return PageWalk(fd, stat.ms_psize, pages).IsWhole(mdb_txn_id(txn)) ? 0 : MDB_CORRUPTED;
}

}  // namespace annofs

#include "cache/ring_pages.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/block_format.h"
#include "cache/bus_guard.h"
#include "cache/lmdb_layout.h"
#include "cache/lmdb_tree.h"

namespace annofs {
namespace {

using lmdb_layout::kNodeHeader;
using lmdb_layout::kPageHeader;

}  // namespace

size_t RingPageSize() {
  static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

absl::Status CheckRingHeader(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoToStatus(errno, absl::StrCat("opening ", path));
  absl::Cleanup closer = [fd] { close(fd); };
  std::string pages(2 * RingPageSize(), '\0');
  const ssize_t got = pread(fd, pages.data(), pages.size(), 0);
  if (got == static_cast<ssize_t>(pages.size()) && LmdbMetaIsSound(pages, RingPageSize())) {
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("opening ", path, ": its header is damaged"));
}

void LeaveAtAssertion(MDB_env*, const char*) { LeaveGuard(); }

uint64_t OwnPages(uint64_t block_bytes) {
  // LMDB keeps what would leave room for one node only in pages of its own.
  const uint64_t most = (RingPageSize() - kPageHeader) / 2 - 2;
  const uint64_t record = kBlockHeaderBytes + block_bytes;
  if (kNodeHeader + std::tuple_size_v<BlockRecordKey> + record <= most) return 0;
  return (kPageHeader + record + RingPageSize() - 1) / RingPageSize();
}

}  // namespace annofs

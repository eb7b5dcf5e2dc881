#include "fs/fuse/session_io.h"

#include <linux/fuse.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

#include "cache/base/status.h"

namespace annofs {
namespace {

// The INIT exchange is the first of a session and is over before any other request is read, so one
// place to remember it is enough; a process may have several sessions, and their INITs are told
// apart by their file descriptors.
struct InitRequest {
  int fd = -1;
  uint64_t unique = 0;
  bool offers_parallel = false;
};
thread_local InitRequest init_request;

constexpr uint32_t kMaxReadahead = 1 << 20;

void NoteInit(int fd, const char* request, size_t size) {
  fuse_in_header header;
  fuse_init_in init{};
  if (size < sizeof header + offsetof(fuse_init_in, unused)) return;
  std::memcpy(&header, request, sizeof header);
  if (header.opcode != FUSE_INIT) return;
  std::memcpy(&init, request + sizeof header, std::min(sizeof init, size - sizeof header));
  init_request = {fd, header.unique, (init.flags & FUSE_PARALLEL_DIROPS) != 0};
}

ssize_t Read(int fd, void* buffer, size_t size, void*) {
  ssize_t got = read(fd, buffer, size);
  if (got > 0) NoteInit(fd, static_cast<const char*>(buffer), size_t(got));
  return got;
}

bool IsInitReply(int fd, const iovec* parts, int count) {
  if (init_request.fd != fd || count != 2 || parts[0].iov_len != sizeof(fuse_out_header))
    return false;
  fuse_out_header header;
  std::memcpy(&header, parts[0].iov_base, sizeof header);
  return header.unique == init_request.unique && header.error == 0 &&
         parts[1].iov_len >= offsetof(fuse_init_out, max_background);
}

ssize_t Writev(int fd, iovec* parts, int count, void*) {
  if (!IsInitReply(fd, parts, count)) return writev(fd, parts, count);
  bool offers_parallel = init_request.offers_parallel;
  init_request = {};
  std::vector<char> copy(static_cast<char*>(parts[1].iov_base),
                         static_cast<char*>(parts[1].iov_base) + parts[1].iov_len);
  constexpr size_t kHead = offsetof(fuse_init_out, max_background);
  fuse_init_out init{};
  std::memcpy(&init, copy.data(), kHead);
  if (offers_parallel) init.flags |= FUSE_PARALLEL_DIROPS;
  init.max_readahead = kMaxReadahead;
  std::memcpy(copy.data(), &init, kHead);
  iovec changed[2] = {parts[0], {copy.data(), copy.size()}};
  return writev(fd, changed, 2);
}

}  // namespace

absl::Status UseOwnIo(fuse_session* session) {
  fuse_custom_io io{};
  io.read = Read;
  io.writev = Writev;
  int error = fuse_session_custom_io(session, &io, fuse_session_fd(session));
  return error == 0 ? absl::OkStatus() : ErrnoToStatus(-error, "setting up /dev/fuse");
}

}  // namespace annofs

#include "fs/fuse/reply.h"

#include <cerrno>
#include <limits>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "cache/base/log.h"

namespace annofs {
namespace {

constexpr double kForever = std::numeric_limits<double>::max();
constexpr uint32_t kBlockSize = 131072;  // what readers use as their buffer: one READ each

void OnInterrupt(fuse_req_t, void* cancellation) {
  static_cast<Cancellation*>(cancellation)->Cancel();
}

}  // namespace

namespace {

// As libfuse takes it.
double Seconds(absl::Duration duration) {
  return duration == absl::InfiniteDuration() ? kForever : absl::ToDoubleSeconds(duration);
}

}  // namespace

struct stat StatOf(const NodeAttr& attr, const Ownership& owner) {
  struct stat info {};
  info.st_ino = attr.id.value;
  info.st_mode = (attr.is_directory ? S_IFDIR | 0777 : S_IFREG | 0666) & ~owner.umask;
  if (!attr.is_directory) info.st_mode &= ~mode_t{0111};
  info.st_nlink = attr.links;
  info.st_uid = owner.uid;
  info.st_gid = owner.gid;
  info.st_size = off_t(attr.size);
  info.st_blksize = kBlockSize;
  info.st_blocks = blkcnt_t((attr.size + 511) / 512);
  info.st_mtim = absl::ToTimespec(attr.modified);
  info.st_atim = info.st_mtim;
  info.st_ctim = info.st_mtim;
  return info;
}

fuse_entry_param EntryOf(const NodeAttr& attr, const Ownership& owner) {
  fuse_entry_param entry{};
  entry.ino = attr.id.value;
  entry.attr = StatOf(attr, owner);
  entry.attr_timeout = kForever;
  entry.entry_timeout = attr.lifetime == Lifetime::kForever ? Seconds(owner.names_kept) : 0;
  return entry;
}

// libfuse wants a C string, takes no notice of the request, and answers the room an entry needs,
// writing it only if there is that much.
bool AddEntry(std::string& buffer, size_t limit, absl::string_view name,
              const fuse_entry_param& entry, off_t next) {
  std::string text(name);
  size_t used = buffer.size();
  size_t size = fuse_add_direntry_plus(nullptr, nullptr, 0, text.c_str(), &entry, next);
  if (size > limit - used) return false;
  buffer.resize(used + size);
  fuse_add_direntry_plus(nullptr, buffer.data() + used, size, text.c_str(), &entry, next);
  return true;
}

bool AddPlainEntry(std::string& buffer, size_t limit, absl::string_view name,
                   const struct stat& attr, off_t next) {
  std::string text(name);
  size_t used = buffer.size();
  size_t size = fuse_add_direntry(nullptr, nullptr, 0, text.c_str(), &attr, next);
  if (size > limit - used) return false;
  buffer.resize(used + size);
  fuse_add_direntry(nullptr, buffer.data() + used, size, text.c_str(), &attr, next);
  return true;
}

Reply::~Reply() {
  if (Error(EIO)) LogError("a request of the kernel was dropped without an answer (a bug)");
}

void Reply::CancelOnInterrupt(Cancellation& cancellation) {
  fuse_req_t request = request_.load();
  if (request == nullptr) return;
  interruptible_ = true;
  fuse_req_interrupt_func(request, OnInterrupt, &cancellation);
}

bool Reply::Answer(absl::FunctionRef<void(fuse_req_t)> send) {
  fuse_req_t request = request_.exchange(nullptr);
  if (request == nullptr) {
    written_.wait(false);
    return false;
  }
  // Waits for an interrupt that is being delivered: afterwards nobody has the cancellation's
  // address.
  if (interruptible_) fuse_req_interrupt_func(request, nullptr, nullptr);
  send(request);
  written_.store(true);
  written_.notify_all();
  return true;
}

bool Reply::Entry(const NodeAttr& attr, const Ownership& owner) {
  fuse_entry_param entry = EntryOf(attr, owner);
  return Answer([&](fuse_req_t request) { fuse_reply_entry(request, &entry); });
}

bool Reply::NoEntry(const Ownership& owner) {
  fuse_entry_param entry{};
  entry.entry_timeout = Seconds(owner.names_kept);
  return Answer([&](fuse_req_t request) { fuse_reply_entry(request, &entry); });
}

bool Reply::Attr(const NodeAttr& attr, const Ownership& owner) {
  struct stat info = StatOf(attr, owner);
  return Answer([&](fuse_req_t request) { fuse_reply_attr(request, &info, kForever); });
}

// The bytes go from where they lie to the kernel. libfuse takes memory for more than one piece.
bool Reply::Data(Pieces data) {
  return Answer([&](fuse_req_t request) {
    if (data.size() <= 1) {
      const absl::string_view all = data.empty() ? absl::string_view() : data.front();
      fuse_reply_buf(request, all.data(), all.size());
      return;
    }
    absl::InlinedVector<iovec, 20> parts;
    for (absl::string_view piece : data) {
      parts.push_back({const_cast<char*>(piece.data()), piece.size()});
    }
    fuse_reply_iov(request, parts.data(), int(parts.size()));
  });
}

fuse_req_t Reply::Release() {
  fuse_req_t request = request_.exchange(nullptr);
  if (request != nullptr) written_.store(true);
  return request;
}

bool Reply::Xattr(absl::string_view value, size_t size) {
  if (size != 0) return value.size() > size ? Error(ERANGE) : Text(value);
  return Answer([&](fuse_req_t request) { fuse_reply_xattr(request, value.size()); });
}

bool Reply::Statfs(const struct statvfs& info) {
  return Answer([&](fuse_req_t request) { fuse_reply_statfs(request, &info); });
}

bool Reply::Error(int error) {
  return Answer([&](fuse_req_t request) { fuse_reply_err(request, error); });
}

}  // namespace annofs

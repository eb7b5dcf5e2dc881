#include "fs/fuse/reply.h"

#include <cerrno>
#include <limits>

#include "cache/base/log.h"

namespace annofs {
namespace {

constexpr double kForever = std::numeric_limits<double>::max();
constexpr uint32_t kBlockSize = 131072;  // what readers use as their buffer: one READ each

void OnInterrupt(fuse_req_t, void* cancellation) {
  static_cast<Cancellation*>(cancellation)->Cancel();
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
  entry.entry_timeout = attr.lifetime == Lifetime::kForever ? kForever : 0;
  return entry;
}

Reply::~Reply() {
  if (Error(EIO)) LogError("a request of the kernel was dropped without an answer (a bug)");
}

void Reply::CancelOnInterrupt(Cancellation& cancellation) {
  interruptible_ = true;
  fuse_req_interrupt_func(request_.load(), OnInterrupt, &cancellation);
}

size_t Reply::AddEntry(std::string& buffer, size_t limit, absl::string_view name,
                       const fuse_entry_param& entry, off_t next) {
  // libfuse wants a C string, and writes nothing if the entry does not fit.
  std::string text(name);
  size_t used = buffer.size();
  buffer.resize(limit);
  size_t size = fuse_add_direntry_plus(request_.load(), buffer.data() + used, limit - used,
                                       text.c_str(), &entry, next);
  bool fits = size <= limit - used;
  buffer.resize(fits ? used + size : used);
  return fits ? size : 0;
}

size_t Reply::AddPlainEntry(std::string& buffer, size_t limit, absl::string_view name,
                            const struct stat& attr, off_t next) {
  std::string text(name);
  size_t used = buffer.size();
  buffer.resize(limit);
  size_t size = fuse_add_direntry(request_.load(), buffer.data() + used, limit - used, text.c_str(),
                                  &attr, next);
  bool fits = size <= limit - used;
  buffer.resize(fits ? used + size : used);
  return fits ? size : 0;
}

fuse_req_t Reply::Take() {
  fuse_req_t request = request_.exchange(nullptr);
  // Waits for an interrupt that is being delivered: afterwards nobody has the cancellation's
  // address.
  if (request != nullptr && interruptible_) fuse_req_interrupt_func(request, nullptr, nullptr);
  return request;
}

bool Reply::Entry(const NodeAttr& attr, const Ownership& owner) {
  fuse_req_t request = Take();
  if (request == nullptr) return false;
  fuse_entry_param entry = EntryOf(attr, owner);
  fuse_reply_entry(request, &entry);
  return true;
}

bool Reply::NoEntry() {
  fuse_req_t request = Take();
  if (request == nullptr) return false;
  fuse_entry_param entry{};
  entry.entry_timeout = kForever;
  fuse_reply_entry(request, &entry);
  return true;
}

bool Reply::Attr(const NodeAttr& attr, const Ownership& owner) {
  fuse_req_t request = Take();
  if (request == nullptr) return false;
  struct stat info = StatOf(attr, owner);
  fuse_reply_attr(request, &info, kForever);
  return true;
}

bool Reply::Data(absl::string_view data) {
  fuse_req_t request = Take();
  if (request == nullptr) return false;
  fuse_reply_buf(request, data.data(), data.size());
  return true;
}

bool Reply::Statfs(const struct statvfs& info) {
  fuse_req_t request = Take();
  if (request == nullptr) return false;
  fuse_reply_statfs(request, &info);
  return true;
}

bool Reply::Error(int error) {
  fuse_req_t request = Take();
  if (request == nullptr) return false;
  fuse_reply_err(request, error);
  return true;
}

}  // namespace annofs

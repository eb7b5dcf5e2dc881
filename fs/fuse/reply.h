// The answer to one request of the kernel. Thread safe: whoever answers first wins, later answers
// are dropped, and the request is never touched after it. A later answer returns only when the
// first one has been written.
#pragma once

#include <fuse_lowlevel.h>

#include <atomic>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "cache/base/call_context.h"
#include "cache/base/pieces.h"
#include "fs/tree.h"

namespace annofs {

// How nodes look to the kernel, and for how long it keeps names, absent ones too.
struct Ownership {
  uint32_t uid = 0, gid = 0;
  uint32_t umask = 0222;
  absl::Duration names_kept = absl::InfiniteDuration();
};

struct stat StatOf(const NodeAttr& attr, const Ownership& owner);
fuse_entry_param EntryOf(const NodeAttr& attr, const Ownership& owner);

// Each adds an entry to the buffer of a listing, with or without attributes, if it stays within
// `limit` bytes; false, and nothing added, if not.
bool AddEntry(std::string& buffer, size_t limit, absl::string_view name,
              const fuse_entry_param& entry, off_t next);
bool AddPlainEntry(std::string& buffer, size_t limit, absl::string_view name,
                   const struct stat& attr, off_t next);

class Reply {
 public:
  explicit Reply(fuse_req_t request) : request_(request) {}
  // A request that nobody answered gets EIO: the caller in the kernel must not hang.
  ~Reply();
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;

  // An interrupt of the caller cancels `cancellation`, which outlives the reply. REQUIRES: nobody
  // else has the reply yet.
  void CancelOnInterrupt(Cancellation& cancellation);

  // Somebody has answered, or does so now.
  bool answered() const { return request_.load() == nullptr; }

  // Hands the request on, unanswered; nullptr if it was answered. Afterwards nobody can answer
  // here.
  fuse_req_t Release();

  // Each answers true if it was the one that answered.
  bool Entry(const NodeAttr& attr, const Ownership& owner);
  bool NoEntry(const Ownership& owner);  // an absent name that the kernel may remember
  bool Attr(const NodeAttr& attr, const Ownership& owner);
  bool Data(Pieces data);
  bool Text(absl::string_view text) { return Data({text}); }
  bool Statfs(const struct statvfs& info);
  bool Error(int error);

 private:
  // Calls `send` with the request if nobody has answered.
  bool Answer(absl::FunctionRef<void(fuse_req_t)> send);

  std::atomic<fuse_req_t> request_;  // nullptr once somebody answers
  std::atomic<bool> written_{false};
  bool interruptible_ = false;
};

}  // namespace annofs

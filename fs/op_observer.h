// Who sees the kernel's requests when they have been answered: histograms, the access log.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/store/object_store.h"
#include "fs/node.h"

namespace annofs {

struct EndedOp {
  absl::string_view name;  // "lookup", "read"; as in "fuse.NAME" of the counters
  NodeId node;             // of a lookup its directory
  ByteRange range;         // of a read what was asked for; else empty
  absl::Time begun;
  absl::Duration took;
  int error = 0;        // errno; an absent name is an answer, not an error
  bool waited = false;  // it was run on the slow lane
};

// Thread safe. Called on the thread that serves the request, after its answer: it must be quick.
class OpObserver {
 public:
  virtual ~OpObserver() = default;
  // False: nobody would look at it now; Ended() is not called then. Asked for each request.
  virtual bool Wants() const { return true; }
  virtual void Ended(const EndedOp& op) = 0;
};

}  // namespace annofs

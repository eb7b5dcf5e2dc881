// What the kernel's requests took, and how they failed, as counters. Thread safe; no lock.
//
// Of `counters`:
//   fuse.seconds.OP     histogram, from the request to its answer; OP as in "fuse.OP", and "other"
//   fuse.waited         requests that were run on the slow lane
//   fuse.errors.ERRNO   failed requests: "fuse.errors.EIO". An absent name is none
#pragma once

#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "cache/base/counters.h"
#include "cache/base/histogram.h"
#include "fs/op_observer.h"

namespace annofs {

class OpMeter : public OpObserver {
 public:
  // `counters` outlives it.
  explicit OpMeter(Counters& counters);
  void Ended(const EndedOp& op) override;

 private:
  Counters& counters_;
  Counter& waited_;
  const Histogram other_;
  absl::flat_hash_map<absl::string_view, Histogram> took_;  // not changed any more
};

}  // namespace annofs

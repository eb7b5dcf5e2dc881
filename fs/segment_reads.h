// Where reads of segmented files ended: whoever goes on there renders nothing twice. A few places,
// of a few megabytes in all. Thread safe.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "absl/synchronization/mutex.h"
#include "formats/segments.h"
#include "fs/views.h"

namespace annofs {

// A place in a file: what is rendered already, and how it goes on.
struct SegmentRead {
  std::shared_ptr<const View> view;
  uint32_t file = 0;
  SegmentReader reader;
  uint64_t offset = 0;  // of `text` in the file; the reader's next piece stands behind it
  std::string text;
  uint64_t end() const { return offset + text.size(); }
};

class SegmentReads {
 public:
  static constexpr size_t kMost = 16;
  static constexpr size_t kMostOfAFile = 4;
  static constexpr size_t kMostBytes = 32 << 20;  // of texts

  // Takes a place of the file out: the last one from which `offset` is reached and that ends at
  // `least` or behind it; or else, where there are many of the file, the oldest, which is
  // elsewhere. nullptr: whoever reads makes one.
  std::unique_ptr<SegmentRead> Take(const View& view, uint32_t file, uint64_t offset,
                                    uint64_t least);
  void Put(std::unique_ptr<SegmentRead> read);

 private:
  absl::Mutex mutex_;
  std::list<std::unique_ptr<SegmentRead>> reads_ ABSL_GUARDED_BY(mutex_);  // newest first
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annofs

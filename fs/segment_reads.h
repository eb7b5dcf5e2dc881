// Where reads of segmented files ended: whoever goes on there renders nothing twice. A few places,
// of a few megabytes in all.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "formats/segments.h"
#include "fs/checkpoints.h"
#include "fs/frame_images.h"
#include "fs/views.h"

namespace annofs {

// A place in a file: what is rendered already, and how it goes on. Not thread safe.
class SegmentRead {
 public:
  SegmentRead(std::shared_ptr<const View> view, uint32_t file, const Checkpoint& from);

  bool IsOf(const View& view, uint32_t file) const { return view_.get() == &view && file_ == file; }
  // Of what is rendered, in the file.
  uint64_t begin() const { return begin_; }
  uint64_t end() const { return end_; }
  size_t text_bytes() const;

  void Seek(const Checkpoint& to);
  // Renders the next piece; false: there is none. After an error: undefined.
  absl::StatusOr<bool> More();
  // Forgets what stands before a byte of the file; an image that goes on behind it stays.
  void DropBefore(uint64_t offset);
  void ShrinkToFit();

  // A range that is rendered. Of a file without images; valid until anything changes.
  absl::string_view Text(uint64_t begin, uint64_t end) const;
  // Copies its texts to where they belong if the range begins at `to`, and answers what belongs
  // between them.
  std::vector<ImagePart> Copy(uint64_t begin, uint64_t end, char* to) const;

  // Says that a range is read; answers how many bytes were so, one range behind the other, before
  // it. At first the file's begin is what comes next.
  uint64_t GoForward(uint64_t begin, uint64_t end);
  // Images from a byte on that were not answered before.
  std::vector<Rank> ImagesFrom(uint64_t offset);

 private:
  struct Piece {
    std::optional<FrameImage> image;  // before the text
    bool is_told = false;             // by ImagesFrom()
    std::string text;
    uint64_t image_size() const { return image ? image->size : 0; }
    uint64_t size() const { return image_size() + text.size(); }
  };

  std::shared_ptr<const View> view_;
  uint32_t file_;
  SegmentReader reader_;
  uint64_t begin_, end_;  // of the pieces; the reader's next one stands behind them
  std::deque<Piece> pieces_;
  uint64_t next_ = 0, forward_ = 0;
};

// Thread safe.
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

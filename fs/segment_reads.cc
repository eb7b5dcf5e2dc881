#include "fs/segment_reads.h"

#include <utility>

namespace annofs {

std::unique_ptr<SegmentRead> SegmentReads::Take(const View& view, uint32_t file, uint64_t offset,
                                                uint64_t least) {
  absl::MutexLock lock(&mutex_);
  auto best = reads_.end(), oldest = reads_.end();
  size_t count = 0;
  for (auto it = reads_.begin(); it != reads_.end(); ++it) {
    if ((*it)->view.get() != &view || (*it)->file != file) continue;
    oldest = it;
    ++count;
    const bool is_usable = (*it)->offset <= offset && (*it)->end() >= least;
    if (is_usable && (best == reads_.end() || (*best)->offset < (*it)->offset)) best = it;
  }
  if (best == reads_.end() && count >= kMostOfAFile) best = oldest;
  if (best == reads_.end()) return nullptr;
  std::unique_ptr<SegmentRead> read = std::move(*best);
  reads_.erase(best);
  bytes_ -= read->text.size();
  return read;
}

void SegmentReads::Put(std::unique_ptr<SegmentRead> read) {
  if (read->text.size() > kMostBytes) return;
  read->text.shrink_to_fit();
  absl::MutexLock lock(&mutex_);
  bytes_ += read->text.size();
  reads_.push_front(std::move(read));
  while (reads_.size() > kMost || bytes_ > kMostBytes) {
    bytes_ -= reads_.back()->text.size();
    reads_.pop_back();
  }
}

}  // namespace annofs

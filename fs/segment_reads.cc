#include "fs/segment_reads.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "cache/base/status.h"

namespace annofs {

SegmentRead::SegmentRead(std::shared_ptr<const View> view, uint32_t file, const Checkpoint& from)
    : view_(std::move(view)),
      file_(file),
      reader_(view_->layout.files()[file].segments, *view_->dataset, from.cursor),
      begin_(from.offset),
      end_(from.offset) {}

size_t SegmentRead::text_bytes() const {
  size_t bytes = 0;
  for (const Piece& piece : pieces_) bytes += piece.text.size();
  return bytes;
}

void SegmentRead::Seek(const Checkpoint& to) {
  reader_.Seek(to.cursor);
  begin_ = end_ = to.offset;
  pieces_.clear();
}

absl::StatusOr<bool> SegmentRead::More() {
  if (pieces_.empty() || reader_.cursor().is_image) pieces_.emplace_back();
  Piece& last = pieces_.back();
  const uint64_t before = last.size();
  ASSIGN_OR_RETURN(const bool is_more, reader_.Next(last.text));
  if (reader_.image()) last.image = reader_.image();
  end_ += last.size() - before;
  return is_more;
}

void SegmentRead::DropBefore(uint64_t offset) {
  while (pieces_.size() > 1 && begin_ + pieces_.front().size() <= offset) {
    begin_ += pieces_.front().size();
    pieces_.pop_front();
  }
  if (pieces_.empty()) return;
  Piece& first = pieces_.front();
  if (begin_ + first.image_size() > offset) return;
  begin_ += first.image_size();
  first.image.reset();
  const uint64_t dropped = std::min<uint64_t>(offset - begin_, first.text.size());
  first.text.erase(0, dropped);
  begin_ += dropped;
}

void SegmentRead::ShrinkToFit() {
  for (Piece& piece : pieces_) piece.text.shrink_to_fit();
}

absl::string_view SegmentRead::Text(uint64_t begin, uint64_t end) const {
  if (pieces_.empty()) return "";
  return absl::string_view(pieces_.front().text).substr(begin - begin_, end - begin);
}

std::vector<ImagePart> SegmentRead::Copy(uint64_t begin, uint64_t end, char* to) const {
  std::vector<ImagePart> images;
  uint64_t at = begin_;
  // Calls `fn(from, length, to)` with what of the next `size` bytes lies in the range.
  auto part = [&](uint64_t size, auto fn) {
    const uint64_t from = std::max(at, begin), until = std::min(at + size, end);
    if (from < until) fn(from - at, until - from, to + (from - begin));
    at += size;
  };
  for (const Piece& piece : pieces_) {
    if (at >= end) break;
    part(piece.image_size(), [&](uint64_t from, uint64_t length, char* here) {
      images.push_back({.rank = piece.image->rank, .range = {from, length}, .to = here});
    });
    part(piece.text.size(), [&](uint64_t from, uint64_t length, char* here) {
      std::memcpy(here, piece.text.data() + from, length);
    });
  }
  return images;
}

uint64_t SegmentRead::GoForward(uint64_t begin, uint64_t end) {
  const uint64_t before = begin == next_ ? forward_ : 0;
  forward_ = before + (end - begin);
  next_ = end;
  return before;
}

std::vector<Rank> SegmentRead::ImagesFrom(uint64_t offset) {
  std::vector<Rank> ranks;
  uint64_t at = begin_;
  for (Piece& piece : pieces_) {
    if (piece.image && !piece.is_told && at >= offset) {
      piece.is_told = true;
      ranks.push_back(piece.image->rank);
    }
    at += piece.size();
  }
  return ranks;
}

std::unique_ptr<SegmentRead> SegmentReads::Take(const View& view, uint32_t file, uint64_t offset,
                                                uint64_t least) {
  absl::MutexLock lock(&mutex_);
  auto best = reads_.end(), oldest = reads_.end();
  size_t count = 0;
  for (auto it = reads_.begin(); it != reads_.end(); ++it) {
    if (!(*it)->IsOf(view, file)) continue;
    oldest = it;
    ++count;
    const bool is_usable = (*it)->begin() <= offset && (*it)->end() >= least;
    if (is_usable && (best == reads_.end() || (*best)->begin() < (*it)->begin())) best = it;
  }
  if (best == reads_.end() && count >= kMostOfAFile) best = oldest;
  if (best == reads_.end()) return nullptr;
  std::unique_ptr<SegmentRead> read = std::move(*best);
  reads_.erase(best);
  bytes_ -= read->text_bytes();
  return read;
}

void SegmentReads::Put(std::unique_ptr<SegmentRead> read) {
  if (read->text_bytes() > kMostBytes) return;
  read->ShrinkToFit();
  absl::MutexLock lock(&mutex_);
  bytes_ += read->text_bytes();
  reads_.push_front(std::move(read));
  while (reads_.size() > kMost || bytes_ > kMostBytes) {
    bytes_ -= reads_.back()->text_bytes();
    reads_.pop_back();
  }
}

}  // namespace annofs

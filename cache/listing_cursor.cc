#include "cache/listing_cursor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"

namespace annofs {
namespace {

absl::Status MissingRow(RowId row) {
  return absl::InternalError(absl::StrCat("the catalog is damaged: no record of row ", row));
}

}  // namespace

absl::Status ListingCursor::Seek(absl::string_view key) {
  started_ = true;
  runs_.clear();
  run_ = 0;
  const auto segment = txn_->Floor(kListingsTable, SegmentKey(source_, listing_, key));
  if (!segment.has_value() || !absl::StartsWith(segment->key, SegmentPrefix(source_, listing_))) {
    return absl::OkStatus();  // an empty listing: the first segment is under the least key
  }
  segment_key_ = std::string(segment->key);
  RETURN_IF_ERROR(OpenSegment(segment->value));
  // The last run that does not begin behind the key.
  size_t low = 0;
  size_t high = runs_.size();
  while (high - low > 1) {
    const size_t middle = (low + high) / 2;
    RETURN_IF_ERROR(GoToRun(middle));
    (Compare(key) <= 0 ? low : high) = middle;
  }
  run_ = low;
  return SeekInRun(key);
}

absl::Status ListingCursor::Next() {
  const RowId next = block_.id() + 1;
  if (next == runs_[run_].end()) return run_ + 1 < runs_.size() ? GoToRun(run_ + 1) : NextSegment();
  RETURN_IF_ERROR(block_.Next());
  if (block_.valid()) return absl::OkStatus();
  RETURN_IF_ERROR(OpenBlock(next));
  return block_.SeekRow(next);
}

absl::Status ListingCursor::OpenSegment(absl::string_view value) {
  ASSIGN_OR_RETURN(runs_, DecodeSegment(value));
  run_ = 0;
  return absl::OkStatus();
}

absl::Status ListingCursor::NextSegment() {
  const std::string prefix = SegmentPrefix(source_, listing_);
  const std::string after = absl::StrCat(segment_key_, absl::string_view("\0", 1));
  absl::Status status;
  bool found = false;
  txn_->Scan(kListingsTable, after, [&](absl::string_view key, absl::string_view value) {
    found = absl::StartsWith(key, prefix);
    if (!found) return false;
    segment_key_ = std::string(key);
    status = OpenSegment(value);
    return false;
  });
  RETURN_IF_ERROR(status);
  if (found) return GoToRun(0);
  runs_.clear();
  run_ = 0;
  return absl::OkStatus();
}

// The block that has the row, unless it is open.
absl::Status ListingCursor::OpenBlock(RowId row) {
  if (block_.rows() != 0 && row >= block_.first() && row - block_.first() < block_.rows()) {
    return absl::OkStatus();
  }
  const auto found = txn_->Floor(kRowsTable, RowKey(source_, row));
  if (!found.has_value() || found->key.size() != 12 || ReadKey32(found->key) != source_) {
    return MissingRow(row);
  }
  const RowId first = ReadKey64(found->key.substr(4));
  absl::string_view bytes = found->value;
  if (meanwhile_ == Meanwhile::kWrites) {
    copy_.assign(bytes.begin(), bytes.end());
    bytes = absl::string_view(copy_.data(), copy_.size());
  }
  ASSIGN_OR_RETURN(block_, RowBlockCursor::Open(bytes, first));
  return row - first < block_.rows() ? absl::OkStatus() : MissingRow(row);
}

absl::Status ListingCursor::GoToRun(size_t run) {
  run_ = run;
  RETURN_IF_ERROR(OpenBlock(runs_[run].first));
  return block_.SeekRow(runs_[run].first);
}

// To the first row of the run that is not less than `key`, or to what comes behind the run.
absl::Status ListingCursor::SeekInRun(absl::string_view key) {
  for (RowId from = runs_[run_].first; from < runs_[run_].end();) {
    RETURN_IF_ERROR(OpenBlock(from));
    const RowId to = std::min<RowId>(runs_[run_].end(), block_.first() + block_.rows());
    RETURN_IF_ERROR(block_.SeekKey(from, to, key));
    if (block_.id() < to) return absl::OkStatus();
    from = to;
  }
  return run_ + 1 < runs_.size() ? GoToRun(run_ + 1) : NextSegment();
}

}  // namespace annofs

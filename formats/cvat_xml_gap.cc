#include "formats/cvat_xml_gap.h"

#include <utility>

#include "cache/base/status.h"
#include "formats/cvat_xml_span.h"
#include "formats/track.h"

namespace annofs {
namespace {

constexpr uint64_t kMaxWaitingBytes = uint64_t{16} << 20;

}  // namespace

absl::Status CvatXmlGaps::SetDense() {
  if (is_dense_) return absl::OkStatus();
  is_dense_ = is_known_ = true;
  return FillAll();
}

absl::Status CvatXmlGaps::Add(CvatXmlGap gap) {
  if (is_known_) return Fill(gap);
  waiting_bytes_ += sizeof(CvatXmlGap) + BytesOf(gap.left) + BytesOf(gap.right);
  waiting_.push_back(std::move(gap));
  if (waiting_bytes_ <= kMaxWaitingBytes) return absl::OkStatus();
  is_known_ = true;
  return FillAll();
}

absl::Status CvatXmlGaps::Finish() {
  is_known_ = true;
  return FillAll();
}

absl::Status CvatXmlGaps::FillAll() {
  waiting_bytes_ = 0;
  for (const CvatXmlGap& gap : std::exchange(waiting_, {})) RETURN_IF_ERROR(Fill(gap));
  return absl::OkStatus();
}

// A gap of a dense file is a deleted frame, unless another track has a shape there.
absl::Status CvatXmlGaps::Fill(const CvatXmlGap& gap) {
  CvatXmlVideoFrames& frames = *gap.frames;
  const int64_t step = frames.step();
  const int64_t first = gap.from + step, last = gap.until - step;
  if (is_dense_) {
    int64_t unseen = first;
    while (unseen <= last && !frames.IsAdded(unseen)) unseen += step;
    if (unseen > last) {
      frames.PassOver(first, last);
      return absl::OkStatus();
    }
  }
  const auto fill = [&](int64_t at, Shape shape) -> absl::Status {
    const int64_t frame = at * step + frames.phase();
    if (is_dense_ && !frames.IsAdded(frame)) {
      frames.PassOver(frame, frame);
      return absl::OkStatus();
    }
    if (shape.outside) return absl::OkStatus();
    shape.track = gap.track;
    ASSIGN_OR_RETURN(const uint32_t index, frames.IndexOf(frame));
    return sink_.AddShape(index, std::move(shape));
  };
  return ShapesBetween(gap.from / step, gap.left, gap.until / step, gap.right, fill);
}

}  // namespace annofs

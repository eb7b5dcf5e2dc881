#include "fs/frame_blocks.h"

#include <algorithm>
#include <utility>

#include "cache/base/status.h"
#include "formats/frame_names.h"
#include "fs/dataset_records.h"
#include "fs/inner_code.h"

namespace annofs {
namespace {

// A block: frames u16, where each group begins u16, then the frames, then the checksum. A group is
// read from its beginning, where nothing is taken from the frame before.
constexpr uint32_t kGroup = 16;
constexpr size_t kSealBytes = 4;

// Of a frame's first byte.
constexpr uint8_t kOtherName = 1, kSharesStem = 2, kOwnStem = 4, kSameSize = 8, kSameTask = 16,
                  kRelated = 32, kInner = 64, kNextNumber = 128;

size_t CommonPrefix(absl::string_view a, absl::string_view b) {
  const size_t most = std::min(a.size(), b.size());
  return size_t(std::mismatch(a.begin(), a.begin() + ptrdiff_t(most), b.begin()).first - a.begin());
}

void AppendText(std::string& out, absl::string_view text) {
  AppendNumber(out, text.size());
  out.append(text.data(), text.size());
}

// A text as what it has in common with another, and the rest.
void AppendLike(std::string& out, absl::string_view text, absl::string_view other) {
  const size_t common = CommonPrefix(text, other);
  AppendNumber(out, common);
  AppendText(out, text.substr(common));
}

// `text` may be what `other` views.
bool TakeLike(CodeReader& in, absl::string_view other, std::string& text) {
  const uint64_t common = in.Number();
  const absl::string_view rest = in.Bytes(in.Number());
  if (!in.ok() || common > other.size()) return false;
  if (other.data() == text.data()) {
    text.resize(common);
  } else {
    text.assign(other.data(), common);
  }
  text.append(rest.data(), rest.size());
  return true;
}

void AppendU16(std::string& out, size_t number) {
  out.push_back(char(number));
  out.push_back(char(number >> 8));
}

uint32_t ReadU16(absl::string_view bytes, size_t index) {
  return uint32_t(uint8_t(bytes[2 * index])) | uint32_t(uint8_t(bytes[2 * index + 1])) << 8;
}

}  // namespace

std::string FrameBlockWriter::Encoded(const FrameEntry& entry) const {
  const bool is_first = count_ % kGroup == 0;
  const bool same_size = !is_first && entry.width == width_ && entry.height == height_;
  const bool same_task = !is_first && entry.task == task_ && entry.subset == subset_;
  const bool is_next = !is_first && entry.number == number_ + 1;
  std::string out(
      1, char((entry.name != entry.path ? kOtherName : 0) | (entry.shares_stem ? kSharesStem : 0) |
              (entry.own_stem ? kOwnStem : 0) | (same_size ? kSameSize : 0) |
              (same_task ? kSameTask : 0) | (entry.related.empty() ? 0 : kRelated) |
              (entry.inner ? kInner : 0) | (is_next ? kNextNumber : 0)));
  AppendLike(out, entry.path, is_first ? "" : absl::string_view(path_));
  if (entry.name != entry.path) AppendLike(out, entry.name, entry.path);
  if (!is_next) AppendNumber(out, entry.number);
  if (!same_size) {
    AppendNumber(out, entry.width);
    AppendNumber(out, entry.height);
  }
  if (!same_task) {
    AppendNumber(out, entry.task);
    AppendText(out, entry.subset);
  }
  if (entry.own_stem) AppendText(out, *entry.own_stem);
  if (!entry.related.empty()) {
    const bool has_inner = HasInnerRelated(entry.related_inner);
    AppendNumber(out, 2 * entry.related.size() + has_inner);
    absl::string_view before = entry.name;
    for (size_t i = 0; i < entry.related.size(); ++i) {
      AppendLike(out, entry.related[i], before);
      before = entry.related[i];
      if (has_inner) AppendInnerOrNone(entry.related_inner, i, out);
    }
  }
  if (entry.inner) AppendInner(*entry.inner, out);
  return out;
}

bool FrameBlockWriter::Add(const FrameEntry& entry) {
  const bool is_first = count_ % kGroup == 0;
  const std::string encoded = Encoded(entry);
  const size_t size = 2 + 2 * (groups_.size() + is_first) + bytes_.size() + encoded.size();
  if (count_ > 0 && size + kSealBytes > PageValue(1)) return false;
  if (is_first) groups_.push_back(uint16_t(bytes_.size()));
  bytes_ += encoded;
  ++count_;
  path_ = std::string(entry.path);
  subset_ = std::string(entry.subset);
  number_ = entry.number;
  task_ = entry.task;
  width_ = entry.width;
  height_ = entry.height;
  return true;
}

std::string FrameBlockWriter::Take() {
  std::string block;
  AppendU16(block, count_);
  for (uint16_t group : groups_) AppendU16(block, group);
  block += bytes_;
  bytes_.clear();
  groups_.clear();
  count_ = 0;
  return Sealed(std::move(block));
}

FrameBlockReader::FrameBlockReader(absl::string_view block) {
  absl::StatusOr<absl::string_view> content = Unsealed(block);
  if (!content.ok()) {
    status_ = content.status();
    return;
  }
  count_ = content->size() < 2 ? 0 : ReadU16(*content, 0);
  const size_t groups = 2 * ((count_ + kGroup - 1) / kGroup);
  if (count_ == 0 || content->size() < 2 + groups) {
    status_ = Damaged();
    return;
  }
  groups_ = content->substr(2, groups);
  frames_ = content->substr(2 + groups);
}

absl::Status FrameBlockReader::Damaged() {
  return absl::InternalError("a block of frames in the dataset index is damaged");
}

absl::Status FrameBlockReader::BeginGroup(uint32_t group) {
  const size_t begin = ReadU16(groups_, group);
  if (begin > frames_.size()) return Damaged();
  in_ = CodeReader(frames_.substr(begin));
  entry_ = FrameEntry();
  path_.clear();
  return Next();
}

absl::Status FrameBlockReader::Next() {
  const uint8_t flags = in_.Byte();
  entry_.shares_stem = flags & kSharesStem;
  if (!TakeLike(in_, path_, path_)) return Damaged();
  name_.clear();
  if ((flags & kOtherName) && !TakeLike(in_, path_, name_)) return Damaged();
  entry_.name = flags & kOtherName ? absl::string_view(name_) : absl::string_view(path_);
  entry_.number = flags & kNextNumber ? entry_.number + 1 : uint32_t(in_.Number());
  if (!(flags & kSameSize)) {
    entry_.width = uint32_t(in_.Number());
    entry_.height = uint32_t(in_.Number());
  }
  if (!(flags & kSameTask)) {
    entry_.task = uint32_t(in_.Number());
    entry_.subset = in_.Bytes(in_.Number());
  }
  entry_.own_stem.reset();
  if (flags & kOwnStem) entry_.own_stem = in_.Bytes(in_.Number());
  related_.clear();
  entry_.related_inner.clear();
  if (flags & kRelated) {
    const uint64_t coded = in_.Number();
    for (uint64_t count = coded / 2; count > 0 && in_.ok(); --count) {
      std::string related;
      const absl::string_view before =
          related_.empty() ? entry_.name : absl::string_view(related_.back());
      if (!TakeLike(in_, before, related)) return Damaged();
      related_.push_back(std::move(related));
      if (coded % 2 == 1) entry_.related_inner.push_back(TakeInnerOrNone(in_));
    }
  }
  entry_.inner.reset();
  if (flags & kInner) entry_.inner = TakeInner(in_);
  return in_.ok() ? absl::OkStatus() : Damaged();
}

absl::Status FrameBlockReader::Seek(uint32_t place) {
  RETURN_IF_ERROR(BeginGroup(place / kGroup));
  for (uint32_t left = place % kGroup; left > 0; --left) RETURN_IF_ERROR(Next());
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> FrameBlockReader::SeekPath(absl::string_view path) {
  // The last group that does not begin behind it.
  uint32_t low = 0, high = (count_ + kGroup - 1) / kGroup;
  while (high - low > 1) {
    const uint32_t middle = (low + high) / 2;
    RETURN_IF_ERROR(BeginGroup(middle));
    (path_ <= path ? low : high) = middle;
  }
  RETURN_IF_ERROR(BeginGroup(low));
  uint32_t place = low * kGroup;
  const uint32_t end = std::min(count_, place + kGroup);
  while (path_ < path) {
    if (++place == end) break;
    RETURN_IF_ERROR(Next());
  }
  if (place == end && end < count_) RETURN_IF_ERROR(Seek(place));
  return place;
}

Frame FrameBlockReader::GetFrame() const {
  return {.name = std::string(entry_.name),
          .number = entry_.number,
          .task = entry_.task,
          .width = entry_.width,
          .height = entry_.height,
          .subset = std::string(entry_.subset),
          .related = related_,
          .inner = entry_.inner,
          .related_inner = entry_.related_inner};
}

FrameNames FrameBlockReader::Names() const {
  return {.path = path_,
          .stem = entry_.own_stem ? std::string(*entry_.own_stem) : StemOfPath(path_),
          .shares_stem = entry_.shares_stem};
}

}  // namespace annofs

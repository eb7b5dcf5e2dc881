#include "fs/frame_table.h"

#include "cache/base/number_code.h"
#include "fs/inner_code.h"

namespace annofs {
namespace {

// A record: task, name, number, width, height, subset; then context images: twice their number, and
// one more if the source holds some; then the inner image, if there is one.
void AppendText(std::string& out, absl::string_view text) {
  AppendNumber(out, text.size());
  out.append(text.data(), text.size());
}

}  // namespace

uint32_t FrameTable::Add(const Frame& frame) {
  auto [subset, is_new] = subset_numbers_.try_emplace(frame.subset, uint32_t(subsets_.size()));
  if (is_new) subsets_.push_back(frame.subset);
  std::string record;
  AppendNumber(record, frame.task);
  AppendText(record, frame.name);
  AppendNumber(record, frame.number);
  AppendNumber(record, frame.width);
  AppendNumber(record, frame.height);
  AppendNumber(record, subset->second);
  const bool has_inner = HasInnerRelated(frame.related_inner);
  AppendNumber(record, 2 * frame.related.size() + has_inner);
  for (size_t i = 0; i < frame.related.size(); ++i) {
    AppendText(record, frame.related[i]);
    if (has_inner) AppendInnerOrNone(frame.related_inner, i, record);
  }
  if (frame.inner) AppendInner(*frame.inner, record);
  frames_.push_back(records_.Add(record));
  return uint32_t(frames_.size() - 1);
}

absl::string_view FrameTable::Name(uint32_t frame) const {
  CodeReader in(TextArena::Text(frames_[frame]));
  in.Number();
  return in.Bytes(in.Number());
}

uint32_t FrameTable::Task(uint32_t frame) const {
  return uint32_t(CodeReader(TextArena::Text(frames_[frame])).Number());
}

uint32_t FrameTable::Number(uint32_t frame) const {
  CodeReader in(TextArena::Text(frames_[frame]));
  in.Number();
  in.Bytes(in.Number());
  return uint32_t(in.Number());
}

FrameEntry FrameTable::Entry(uint32_t frame) const {
  CodeReader in(TextArena::Text(frames_[frame]));
  FrameEntry entry;
  entry.task = uint32_t(in.Number());
  entry.name = in.Bytes(in.Number());
  entry.number = uint32_t(in.Number());
  entry.width = uint32_t(in.Number());
  entry.height = uint32_t(in.Number());
  entry.subset = subsets_[in.Number()];
  const uint64_t related = in.Number();
  for (uint64_t count = related / 2; count > 0; --count) {
    entry.related.push_back(in.Bytes(in.Number()));
    if (related % 2 == 1) entry.related_inner.push_back(TakeInnerOrNone(in));
  }
  if (!in.empty()) entry.inner = TakeInner(in);
  return entry;
}

}  // namespace annofs

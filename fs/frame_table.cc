#include "fs/frame_table.h"

#include "cache/base/number_code.h"

namespace annofs {
namespace {

// A record: task, name, number, width, height, subset; then context images; then the inner image,
// if there is one.
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
  AppendNumber(record, frame.related.size());
  for (const std::string& related : frame.related) AppendText(record, related);
  if (frame.inner) {
    AppendNumber(record, frame.inner->header_offset);
    AppendNumber(record, frame.inner->size);
    AppendNumber(record, frame.inner->crc32);
  }
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
  for (uint64_t count = in.Number(); count > 0; --count) {
    entry.related.push_back(in.Bytes(in.Number()));
  }
  if (in.empty()) return entry;
  InnerMedia& inner = entry.inner.emplace();
  inner.header_offset = in.Number();
  inner.size = in.Number();
  inner.crc32 = uint32_t(in.Number());
  return entry;
}

}  // namespace annofs

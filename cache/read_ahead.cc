#include "cache/read_ahead.h"

#include <algorithm>

namespace annofs {
namespace {

constexpr uint64_t kFirstWindow = 256 << 10;

}  // namespace

ReadAhead::Stream* ReadAhead::FindStream(ByteRange read) {
  for (Stream& stream : streams_) {
    if (stream.used == 0) continue;
    const uint64_t reach = 2 * std::max(stream.reach, read.length);
    if (read.offset <= stream.next + reach && read.end() + reach >= stream.next) return &stream;
  }
  return nullptr;
}

ByteRange ReadAhead::OnRead(ByteRange read, Outcome outcome, Memory memory) {
  ++reads_;
  Stream* stream = FindStream(read);
  if (stream == nullptr) {
    stream = &*std::min_element(streams_.begin(), streams_.end(),
                                [](const Stream& a, const Stream& b) { return a.used < b.used; });
    *stream = {.next = read.end(),
               .ahead = read.end(),
               .read = read.length,
               .reach = read.length,
               .used = reads_};
    return {read.end(), 0};
  }
  Adapt(*stream, read, outcome, memory);
  const uint64_t target = std::min(stream->next + stream->window, size_);
  const bool is_due = stream->ahead - stream->next <= stream->window / 2;
  if (stream->window == 0 || !is_due || target <= stream->ahead) return {stream->ahead, 0};
  const ByteRange fetch{stream->ahead, target - stream->ahead};
  stream->ahead = target;
  return fetch;
}

void ReadAhead::Adapt(Stream& stream, ByteRange read, Outcome outcome, Memory memory) const {
  // What overlaps what was read, or comes late, says nothing of the speed of the reader.
  const bool is_forward = read.offset >= stream.next;
  stream.used = reads_;
  stream.read += read.end() - std::min(stream.next, read.end());
  stream.reach = std::max(stream.reach, read.length);
  stream.next = std::max(stream.next, read.end());
  stream.ahead = std::max(stream.ahead, stream.next);
  if (memory == Memory::kTight) {
    stream.window /= 2;
  } else if (outcome == Outcome::kWaited && is_forward) {
    stream.window = std::max(kFirstWindow, 2 * stream.window);
  }
  stream.window = std::min({stream.window, longest_, stream.read});
}

void ReadAhead::OnDropped(ByteRange dropped) {
  for (Stream& stream : streams_) {
    if (stream.used == 0 || stream.ahead != dropped.end()) continue;
    stream.ahead = std::max(stream.next, dropped.offset);
    stream.window /= 2;
  }
}

}  // namespace annofs

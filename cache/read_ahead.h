// What to fetch ahead of who reads one version, as a function of the reads alone. Pure; not thread
// safe.
//
// Up to two streams are followed, each a reader that goes forward, also in the order in which the
// kernel's own reading ahead comes (a few requests before or behind one another). The window of a
// stream, how far ahead of it is fetched, is zero until the reader has had to wait; it doubles each
// time it has, and is halved while memory is tight. Never more is ahead than the stream has read,
// so that at most half of what is fetched is for nothing. Reads here and there make no stream.
#pragma once

#include <array>
#include <cstdint>

#include "cache/store/object_store.h"

namespace annofs {

class ReadAhead {
 public:
  // Bytes of the version, and of a window at most.
  ReadAhead(uint64_t size, uint64_t longest) : size_(size), longest_(longest) {}

  // kWaited: the reader had to wait for the store.
  enum class Outcome { kHit, kWaited };
  enum class Memory { kPlenty, kTight };

  // What to fetch now, beside what was read: it follows what was answered before. Empty: nothing.
  ByteRange OnRead(ByteRange read, Outcome outcome, Memory memory);
  // There was no memory for what OnRead() answered last.
  void OnDropped(ByteRange dropped);

 private:
  struct Stream {
    uint64_t next = 0;    // behind the furthest byte that was read
    uint64_t ahead = 0;   // behind the furthest byte that was asked for
    uint64_t window = 0;  // wanted between the two
    uint64_t read = 0;    // bytes that it went forward
    uint64_t reach = 0;   // longest read: how far out of order one may come
    uint64_t used = 0;    // number of the last read that belonged to it; 0: no stream
  };

  Stream* FindStream(ByteRange read);
  void Adapt(Stream& stream, ByteRange read, Outcome outcome, Memory memory) const;

  uint64_t size_;
  uint64_t longest_;
  uint64_t reads_ = 0;
  std::array<Stream, 2> streams_;
};

}  // namespace annofs

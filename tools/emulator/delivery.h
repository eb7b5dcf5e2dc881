// How the body of an answer leaves, when it does not simply leave. A value that belongs to a reply.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

namespace annofs::emulator {

// Says when bytes of a body may leave. Used by the one thread that sends the body.
class Pace {
 public:
  virtual ~Pace() = default;
  // Waits, then says how many of the `wanted` (at least 1) bytes from `position` on may leave now:
  // at least 1. Nothing: close the connection.
  virtual std::optional<uint64_t> Admit(uint64_t position, uint64_t wanted) = 0;
};

struct Delivery {
  std::optional<uint64_t> length;      // announce and send so many bytes: fewer, or zeros behind
  std::optional<uint64_t> corrupt_at;  // the byte that is sent inverted
  std::optional<uint64_t> cut_after;   // announce all of it, close after so many bytes
  std::unique_ptr<Pace> pace;          // nothing: as fast as the client reads

  bool plain() const { return !length && !corrupt_at && !cut_after && pace == nullptr; }
};

}  // namespace annofs::emulator

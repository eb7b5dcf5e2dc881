// The anonymous memory (RssAnon: what no file stands behind) of a process, looked at again and
// again by a thread of its own for as long as the object lives. Thread safe but for the destructor.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <thread>

namespace annofs::testing {

// Of a process now; 0 if it cannot be looked at.
uint64_t AnonymousBytes(pid_t pid);

class MemoryWatch {
 public:
  explicit MemoryWatch(pid_t pid) : pid_(pid), thread_([this] { Watch(); }) {}
  ~MemoryWatch();
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;

  // The most so far; 0: the process could never be looked at.
  uint64_t peak_bytes() const { return peak_; }

 private:
  void Watch();

  const pid_t pid_;
  std::atomic<uint64_t> peak_{0};
  std::atomic<bool> ended_{false};
  std::thread thread_;  // last: it uses the others
};

}  // namespace annofs::testing

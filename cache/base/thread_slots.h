// A few objects that threads use in turn, each alone while it has it: mostly a thread gets the one
// that it gave back. For buffers and places that are dear to make and may be lost. Thread safe,
// never waits.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

namespace annofs {

// `kMost`: that are kept.
template <typename T, size_t kMost = 8>
class ThreadSlots {
 public:
  ThreadSlots() = default;
  ThreadSlots(const ThreadSlots&) = delete;
  ThreadSlots& operator=(const ThreadSlots&) = delete;
  ~ThreadSlots() {
    for (std::atomic<T*>& slot : slots_) delete slot.load();
  }

  // nullptr: there is none for this thread.
  std::unique_ptr<T> Take() { return std::unique_ptr<T>(Mine().exchange(nullptr)); }
  // It is kept instead of another thread's that came here meanwhile.
  void Give(std::unique_ptr<T> object) {
    const std::unique_ptr<T> other(Mine().exchange(object.release()));
  }

 private:
  std::atomic<T*>& Mine() {
    const uint64_t hash = std::hash<std::thread::id>()(std::this_thread::get_id());
    return slots_[((hash * 0x9e3779b97f4a7c15) >> 32) % kMost];
  }

  std::array<std::atomic<T*>, kMost> slots_ = {};
};

}  // namespace annofs

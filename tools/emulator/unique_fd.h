// A file descriptor that is closed with its owner. Movable; not thread safe.
#pragma once

#include <unistd.h>

#include <utility>

namespace annofs::emulator {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  ~UniqueFd() { Reset(); }
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    Reset(other.Release());
    return *this;
  }

  bool valid() const { return fd_ >= 0; }
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }
  void Reset(int fd = -1) {
    if (valid()) close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace annofs::emulator

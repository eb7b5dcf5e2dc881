// Which blocks of a ring file were used since they were written: one bit each, by hash, in a small
// mapped file that all processes share. Two blocks that share a bit cost a needless copy at most;
// so does whatever happens to the file. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "cache/block_format.h"

namespace annofs {

class UseBits {
 public:
  // The bytes of such a file for a ring file of at most so many.
  static uint64_t FileBytes(uint64_t ring_file_bytes);
  // Makes the file with its space on disk. False if that fails: nobody remembers use then.
  static bool Make(const std::string& path, uint64_t ring_file_bytes);

  // Where there is no such file, or an empty one, this process alone remembers.
  explicit UseBits(const std::string& path);
  ~UseBits();
  UseBits(const UseBits&) = delete;
  UseBits& operator=(const UseBits&) = delete;

  void Set(const BlockKey& key);
  bool Test(const BlockKey& key) const;

 private:
  using Word = std::atomic<uint64_t>;
  bool Map(const std::string& path);
  Word& WordOf(uint64_t hash) const { return bits_[(hash >> 6) % words_]; }

  Word* bits_ = nullptr;
  uint64_t words_ = 0;
  std::unique_ptr<Word[]> own_;           // instead of the file
  mutable std::atomic<bool> cut_{false};  // the file was, under the map
};

}  // namespace annofs

// What the tests of the block ring share: blocks whose content follows from their number, and the
// files of a ring.
#pragma once

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "cache/base/digest.h"
#include "cache/base/text.h"
#include "cache/block_cache.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"

namespace annofs::testing {

inline BlockKey TestKey(uint64_t number) {
  BlockKey key{.index = static_cast<uint32_t>(number % 3)};
  std::string hash = Sha256Bytes(std::to_string(number));
  std::memcpy(key.version.data(), hash.data(), key.version.size());
  return key;
}

inline std::string ContentOf(uint64_t number, size_t size) {
  std::string content(size, '\0');
  uint64_t state = number * 2 + 1;
  for (size_t i = 0; i < size; i += 8) {
    state = state * 6364136223846793005 + 1442695040888963407;
    std::memcpy(content.data() + i, &state, std::min<size_t>(8, size - i));
  }
  return content;
}

inline std::unique_ptr<BlockCache> OpenRing(const std::string& path, uint64_t bound) {
  auto ring = OpenBlockRing({.path = path, .bound = bound});
  if (!ring.ok()) {
    ADD_FAILURE() << ring.status();
    abort();
  }
  return *std::move(ring);
}

inline void WriteBlock(BlockCache& ring, uint64_t number, size_t size,
                       Keep keep = Keep::kEvictable) {
  ring.Write(TestKey(number), SharedBytes::CopyOf(ContentOf(number, size)), keep);
}

// 4 KiB to 1 MiB, small ones more often.
inline size_t MixedSize(uint64_t number) {
  return (size_t{4096} << (number * 2654435761 % 9)) - number % 4096;
}

// A number of the environment that makes a test longer.
inline int NumberOf(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

// True on a hit. Other bytes than were written fail the test: they must never be served.
inline bool Has(BlockCache& ring, uint64_t number, size_t size) {
  bool same = true;
  BlockResult result = ring.Read(TestKey(number), Lane::kSlow, [&](absl::string_view data) {
    same = data == ContentOf(number, size);
  });
  EXPECT_TRUE(same) << "block " << number;
  if (!same) abort();  // also in a child process, whose failures nobody sees
  return result == BlockResult::kHit;
}

// Paths of the files of blocks, oldest first.
inline std::vector<std::string> RingFiles(const std::string& path) {
  std::vector<std::string> files;
  const std::vector<std::string> names = ListTree(path).value();
  for (const std::string& name : names) {
    if (absl::EndsWith(name, ".mdb")) files.push_back(JoinPath(path, name));
  }
  return files;
}

// What all files of a directory take on the disk.
inline uint64_t DiskBytes(const std::string& path) {
  uint64_t total = 0;
  const std::vector<std::string> names = ListTree(path).value();
  for (const std::string& name : names) {
    struct stat info;
    if (stat(JoinPath(path, name).c_str(), &info) == 0) total += uint64_t{512} * info.st_blocks;
  }
  return total;
}

// Damages the file in the first byte after `text`, in place.
inline void FlipByteAfter(const std::string& path, const std::string& text) {
  std::string content = ReadFile(path).value();
  size_t at = content.find(text);
  ASSERT_NE(at, std::string::npos);
  content[at + text.size()] = static_cast<char>(content[at + text.size()] ^ 0x10);
  ASSERT_TRUE(WriteFile(path, content).ok());
}

}  // namespace annofs::testing

// Reads a tar archive as the standard describes it (POSIX.1-2017, pax), for tests: independent of
// what writes them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace annofs::testing {

struct TarEntry {
  std::string name;
  std::string content;
  uint64_t mode = 0, user = 0, group = 0, time = 0;
};

// Octal digits up to NUL or a blank, or base 256 where the first bit is set.
inline uint64_t TarNumber(absl::string_view field) {
  uint64_t number = 0;
  if (uint8_t(field[0]) & 0x80) {
    for (char c : field.substr(1)) number = number << 8 | uint8_t(c);
    return number;
  }
  for (char c : field) {
    if (c == '\0' || c == ' ') break;
    number = number * 8 + uint64_t(c - '0');
  }
  return number;
}

inline std::string TarText(absl::string_view field) {
  return std::string(field.substr(0, field.find('\0')));
}

// The sum of the bytes, those of the sum itself taken as blanks.
inline uint64_t TarChecksum(absl::string_view header) {
  uint64_t sum = 0;
  for (size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? ' ' : uint8_t(header[i]);
  return sum;
}

// "path" of the records "LENGTH KEY=VALUE\n".
inline std::string PaxPath(absl::string_view records) {
  std::string path;
  while (!records.empty()) {
    uint64_t length = 0;
    size_t digits = 0;
    for (; records[digits] != ' '; ++digits) length = length * 10 + uint64_t(records[digits] - '0');
    absl::string_view record = records.substr(digits + 1, length - digits - 1);
    EXPECT_EQ(record.back(), '\n');
    record.remove_suffix(1);
    if (record.substr(0, 5) == "path=") path = std::string(record.substr(5));
    records.remove_prefix(length);
  }
  return path;
}

// Members in order. The archive ends with two blocks of zeros and nothing behind them.
inline std::vector<TarEntry> TarEntries(absl::string_view tar) {
  std::vector<TarEntry> entries;
  std::string long_name;
  EXPECT_EQ(tar.size() % 512, 0u);
  while (tar.size() >= 512 && tar[0] != '\0') {
    const absl::string_view header = tar.substr(0, 512);
    EXPECT_EQ(header.substr(257, 8), absl::string_view("ustar\00000", 8));
    EXPECT_EQ(TarNumber(header.substr(148, 8)), TarChecksum(header));
    const uint64_t size = TarNumber(header.substr(124, 12));
    const uint64_t padded = (size + 511) / 512 * 512;
    tar.remove_prefix(512);
    EXPECT_LE(padded, tar.size());
    if (padded > tar.size()) return entries;
    const std::string content(tar.substr(0, size));
    for (char c : tar.substr(size, padded - size)) EXPECT_EQ(c, '\0');
    tar.remove_prefix(padded);
    if (header[156] == 'x') {
      long_name = PaxPath(content);
      continue;
    }
    EXPECT_EQ(header[156], '0');
    entries.push_back({.name = long_name.empty() ? TarText(header.substr(0, 100)) : long_name,
                       .content = content,
                       .mode = TarNumber(header.substr(100, 8)),
                       .user = TarNumber(header.substr(108, 8)),
                       .group = TarNumber(header.substr(116, 8)),
                       .time = TarNumber(header.substr(136, 12))});
    long_name.clear();
  }
  EXPECT_EQ(tar, std::string(1024, '\0'));
  return entries;
}

// Content by name; no name twice.
inline std::map<std::string, std::string> TarFiles(absl::string_view tar) {
  std::map<std::string, std::string> files;
  for (TarEntry& entry : TarEntries(tar)) {
    EXPECT_TRUE(files.emplace(entry.name, std::move(entry.content)).second) << entry.name;
  }
  return files;
}

}  // namespace annofs::testing

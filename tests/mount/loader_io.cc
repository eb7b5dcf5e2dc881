#include "tests/mount/loader_io.h"

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/text.h"

namespace annofs::testing {
namespace {

constexpr size_t kHead = 4096;

int OpenFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  EXPECT_GE(fd, 0) << path << ": " << strerror(errno);
  return fd;
}

std::string ReadAt(int fd, size_t size) {
  std::string bytes(size, '\0');
  const ssize_t length = read(fd, bytes.data(), size);
  EXPECT_GE(length, 0) << strerror(errno);
  bytes.resize(std::max<ssize_t>(length, 0));
  return bytes;
}

std::vector<std::string> NamesOf(const std::string& directory, unsigned char type) {
  std::vector<std::string> names;
  DIR* listing = opendir(directory.c_str());
  EXPECT_NE(listing, nullptr) << directory << ": " << strerror(errno);
  if (listing == nullptr) return names;
  while (const dirent* entry = readdir(listing)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    EXPECT_TRUE(entry->d_type == DT_REG || entry->d_type == DT_DIR) << directory << "/" << name;
    if (entry->d_type == type) names.push_back(name);
  }
  closedir(listing);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::vector<std::string> Directories(const std::string& directory) {
  return NamesOf(directory, DT_DIR);
}

std::vector<std::string> Files(const std::string& directory) { return NamesOf(directory, DT_REG); }

std::vector<std::string> GlobFiles(const std::string& directory) {
  std::vector<std::string> paths;
  for (const std::string& name : Files(directory)) {
    if (name.find('.', 1) != std::string::npos && name[0] != '.') {
      paths.push_back(absl::StrCat(directory, "/", name));
    }
  }
  for (const std::string& name : Directories(directory)) {
    if (name[0] == '.') continue;
    const std::vector<std::string> inner = GlobFiles(absl::StrCat(directory, "/", name));
    paths.insert(paths.end(), inner.begin(), inner.end());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

int64_t SizeOf(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path << ": " << strerror(errno);
  return info.st_size;
}

bool Exists(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) == 0) return true;
  EXPECT_EQ(errno, ENOENT) << path;
  return false;
}

std::string Slurp(const std::string& path) {
  std::string bytes;
  const int fd = OpenFile(path);
  if (fd < 0) return bytes;
  absl::Cleanup closer = [fd] { close(fd); };
  struct stat info {};
  EXPECT_EQ(fstat(fd, &info), 0);
  for (std::string part = "-"; !part.empty();) {
    part = ReadAt(fd, info.st_blksize);
    bytes += part;
  }
  EXPECT_EQ(int64_t(bytes.size()), info.st_size) << path;
  return bytes;
}

std::vector<std::string> LinesOf(const std::string& path) {
  const std::string text = Slurp(path);
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

void VerifyImage(const std::string& path) {
  const int fd = OpenFile(path);
  if (fd < 0) return;
  absl::Cleanup closer = [fd] { close(fd); };
  const std::string head = ReadAt(fd, kHead);
  if (!absl::StartsWith(head, "\xff\xd8")) {
    while (!ReadAt(fd, size_t{1} << 16).empty()) continue;
    return;
  }
  EXPECT_EQ(LastBytes(path, 2), "\xff\xd9") << path;
}

std::string LastBytes(const std::string& path, int count) {
  const int fd = OpenFile(path);
  if (fd < 0) return "";
  absl::Cleanup closer = [fd] { close(fd); };
  EXPECT_GE(lseek(fd, -count, SEEK_END), 0) << path << ": " << strerror(errno);
  return ReadAt(fd, size_t(count));
}

std::string Mapped(const std::string& path, Mapping mapping) {
  const int fd = OpenFile(path);
  const int64_t size = SizeOf(path);
  if (fd < 0 || size == 0) return "";
  absl::Cleanup closer = [fd] { close(fd); };
  // What is mapped private may be written, in the memory alone.
  const bool is_private = mapping == Mapping::kPrivate;
  void* at = mmap(nullptr, size, is_private ? PROT_READ | PROT_WRITE : PROT_READ,
                  is_private ? MAP_PRIVATE : MAP_SHARED, fd, 0);
  EXPECT_NE(at, MAP_FAILED) << path << ": " << strerror(errno);
  if (at == MAP_FAILED) return "";
  std::string bytes(static_cast<const char*>(at), size);
  munmap(at, size);
  return bytes;
}

std::string Stem(absl::string_view path) { return std::string(WithoutExtension(BaseName(path))); }

}  // namespace annofs::testing

#include "cache/ring_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/files.h"

namespace annofs {
namespace {

constexpr char kSynced[] = "synced\n";

std::string BootId() {
  return ReadSmallFile("/proc/sys/kernel/random/boot_id").value_or("unknown\n");
}

std::optional<uint32_t> ParseNumber(absl::string_view name) {
  uint32_t number = 0;
  if (!absl::ConsumeSuffix(&name, ".mdb") || name.size() != 8 || !absl::SimpleAtoi(name, &number)) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

RingDirectory::RingDirectory(std::string path) : path_(std::move(path)), boot_id_(BootId()) {}

absl::Status RingDirectory::Make() const { return MakePrivateDirectory(path_); }

std::vector<uint32_t> RingDirectory::Numbers() const {
  std::vector<uint32_t> numbers;
  DIR* directory = opendir(path_.c_str());
  if (directory == nullptr) return numbers;
  while (const dirent* entry = readdir(directory)) {
    if (std::optional<uint32_t> number = ParseNumber(entry->d_name)) numbers.push_back(*number);
  }
  closedir(directory);
  std::sort(numbers.begin(), numbers.end(), std::greater<uint32_t>());
  return numbers;
}

std::string RingDirectory::FilePath(uint32_t number) const {
  return JoinPath(path_, absl::StrFormat("%08d.mdb", number));
}

std::string RingDirectory::UsePath(uint32_t number) const {
  return JoinPath(path_, absl::StrFormat("%08d.use", number));
}

uint64_t RingDirectory::Inode(uint32_t number) const {
  struct stat info;
  return stat(FilePath(number).c_str(), &info) == 0 ? info.st_ino : 0;
}

uint64_t RingDirectory::Bytes(uint32_t number) const {
  struct stat info;
  uint64_t bytes = 0;
  if (stat(FilePath(number).c_str(), &info) == 0) bytes += static_cast<uint64_t>(info.st_size);
  if (stat(UsePath(number).c_str(), &info) == 0) bytes += static_cast<uint64_t>(info.st_size);
  return bytes;
}

absl::Time RingDirectory::Changed() const {
  struct stat info;
  if (stat(path_.c_str(), &info) != 0) return absl::InfinitePast();
  return absl::TimeFromTimespec(info.st_mtim);
}

void RingDirectory::Remove(uint32_t number) const {
  unlink(FilePath(number).c_str());
  unlink(UsePath(number).c_str());
}

void RingDirectory::RemoveStrays() const {
  DIR* directory = opendir(path_.c_str());
  if (directory == nullptr) return;
  while (const dirent* entry = readdir(directory)) {
    absl::string_view name = entry->d_name;
    uint32_t number = 0;
    // Ring files of older programs had a lock file of LMDB.
    const bool unnamed = absl::EndsWith(name, ".mdb.new") || absl::EndsWith(name, ".mdb-lock") ||
                         absl::EndsWith(name, ".mdb.new-lock");
    const bool lone =
        absl::ConsumeSuffix(&name, ".use") && absl::SimpleAtoi(name, &number) && Inode(number) == 0;
    if (unnamed || lone) unlinkat(dirfd(directory), entry->d_name, 0);
  }
  closedir(directory);
}

absl::Status RingDirectory::Sync(uint32_t number) const {
  int file = open(FilePath(number).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return absl::OkStatus();
  absl::Cleanup closer = [file] { close(file); };
  return fdatasync(file) == 0 ? absl::OkStatus()
                              : ErrnoToStatus(errno, absl::StrCat("syncing ", FilePath(number)));
}

RingDirectory::Mark RingDirectory::ReadMark() const {
  const std::optional<std::string> mark = ReadSmallFile(Child("BOOT"));
  if (mark == kSynced) return Mark::kSynced;
  return mark == boot_id_ ? Mark::kThisBoot : Mark::kOtherBoot;
}

absl::Status RingDirectory::MarkUnsynced() const { return WriteSmallFile(Child("BOOT"), boot_id_); }
absl::Status RingDirectory::MarkSynced() const { return WriteSmallFile(Child("BOOT"), kSynced); }

std::string RingDirectory::Child(const char* name) const { return JoinPath(path_, name); }

}  // namespace annofs

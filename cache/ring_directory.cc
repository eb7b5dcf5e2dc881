#include "cache/ring_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <optional>

#include "absl/strings/numbers.h"
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

RingDirectory::~RingDirectory() {
  if (lock_ >= 0) close(lock_);
}

absl::Status RingDirectory::Make() {
  RETURN_IF_ERROR(MakePrivateDirectory(path_));
  // Opened once: whoever may write the directory may become the writer later.
  lock_ = open(Child("LOCK").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  return lock_ >= 0 ? absl::OkStatus() : ErrnoToStatus(errno, "opening " + Child("LOCK"));
}

bool RingDirectory::TryLock() { return flock(lock_, LOCK_EX | LOCK_NB) == 0; }

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

uint64_t RingDirectory::Inode(uint32_t number) const {
  struct stat info;
  return stat(FilePath(number).c_str(), &info) == 0 ? info.st_ino : 0;
}

void RingDirectory::Remove(uint32_t number) const {
  unlink(FilePath(number).c_str());
  RemoveLockFile(number);
}

void RingDirectory::RemoveLockFile(uint32_t number) const {
  unlink((FilePath(number) + "-lock").c_str());
}

void RingDirectory::Sync(uint32_t number) const {
  int file = open(FilePath(number).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  fdatasync(file);
  close(file);
}

bool RingDirectory::UnsyncedFileIsWhole() const {
  std::optional<std::string> mark = ReadSmallFile(Child("BOOT"));
  return mark.has_value() && (*mark == kSynced || *mark == BootId());
}

absl::Status RingDirectory::MarkUnsynced() const { return WriteSmallFile(Child("BOOT"), BootId()); }
absl::Status RingDirectory::MarkSynced() const { return WriteSmallFile(Child("BOOT"), kSynced); }

std::string RingDirectory::Child(const char* name) const { return JoinPath(path_, name); }

}  // namespace annofs

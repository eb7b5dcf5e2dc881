#include "tools/doctor/host_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/text.h"

namespace annofs::doctor {
namespace {

constexpr size_t kMostBytes = 1 << 20;
constexpr int kHex = 16;

}  // namespace

std::string HostFiles::At(absl::string_view path) const { return absl::StrCat(root_, path); }

std::optional<std::string> HostFiles::Read(absl::string_view path) const {
  // Without O_NONBLOCK the open of a pipe would wait for who writes into it.
  const int fd = open(At(path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  absl::Cleanup closed = [fd] { close(fd); };
  std::string text;
  char buffer[16384];
  while (text.size() < kMostBytes) {
    const ssize_t got = read(fd, buffer, std::min(sizeof(buffer), kMostBytes - text.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    text.append(buffer, size_t(got));
  }
  return text;
}

std::optional<uint64_t> HostFiles::ReadNumber(absl::string_view path) const {
  const std::optional<std::string> text = Read(path);
  if (!text) return std::nullopt;
  uint64_t number = 0;
  const std::vector<absl::string_view> words =
      absl::StrSplit(*text, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
  if (words.empty() || !absl::SimpleAtoi(words[0], &number)) return std::nullopt;
  return number;
}

bool HostFiles::Exists(absl::string_view path) const { return access(At(path).c_str(), F_OK) == 0; }

std::vector<std::string> HostFiles::List(absl::string_view directory, size_t most) const {
  std::vector<std::string> names;
  DIR* const stream = opendir(At(directory).c_str());
  if (stream == nullptr) return names;
  absl::Cleanup closed = [stream] { closedir(stream); };
  while (names.size() < most) {
    const dirent* entry = readdir(stream);
    if (entry == nullptr) break;
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<HostFiles::Program> HostFiles::FindProgram(absl::string_view name,
                                                         absl::string_view path_variable) const {
  for (absl::string_view directory : absl::StrSplit(path_variable, ':', absl::SkipEmpty())) {
    const std::string path = JoinPath(directory, name);
    struct stat info;
    if (stat(At(path).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    if ((info.st_mode & 0111) == 0) continue;
    return Program{.path = path, .owner = info.st_uid, .mode = info.st_mode};
  }
  return std::nullopt;
}

std::string SearchPath() {
  const char* path = getenv("PATH");
  return absl::StrCat(path == nullptr ? "" : path, ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
}

std::optional<std::string> StatusField(absl::string_view status, absl::string_view name) {
  for (absl::string_view line : absl::StrSplit(status, '\n')) {
    if (!absl::ConsumePrefix(&line, name) || !absl::ConsumePrefix(&line, ":")) continue;
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    return words.empty() ? "" : std::string(words[0]);
  }
  return std::nullopt;
}

bool HasCapability(absl::string_view status, int capability) {
  const std::optional<std::string> effective = StatusField(status, "CapEff");
  if (!effective) return false;
  const uint64_t bits = std::strtoull(effective->c_str(), nullptr, kHex);
  return capability < std::numeric_limits<uint64_t>::digits && ((bits >> capability) & 1) != 0;
}

}  // namespace annofs::doctor

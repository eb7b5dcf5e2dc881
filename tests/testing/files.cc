#include "tests/testing/files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs::testing {
namespace fs = std::filesystem;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoToStatus(errno, path);
  std::string content;
  char buffer[65536];
  ssize_t size;
  while ((size = read(fd, buffer, sizeof(buffer))) > 0) content.append(buffer, size);
  const int error = errno;
  close(fd);
  if (size < 0) return ErrnoToStatus(error, path);
  return content;
}

absl::Status WriteFile(const std::string& path, absl::string_view content) {
  std::error_code error;
  const fs::path parent = fs::path(path).parent_path();
  if (!parent.empty()) fs::create_directories(parent, error);
  if (error) return ErrnoToStatus(error.value(), parent.string());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) return absl::InternalError(path + ": cannot be written");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ListTree(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator it(directory, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    const bool is_directory = it->symlink_status().type() == fs::file_type::directory;
    names.push_back(it->path().string().substr(directory.size() + 1) + (is_directory ? "/" : ""));
  }
  if (error) return ErrnoToStatus(error.value(), directory);
  std::sort(names.begin(), names.end());
  return names;
}

std::string Fixture(absl::string_view name) { return JoinPath(ANNOFS_FIXTURES, name); }
std::string SourcePath(absl::string_view name) { return JoinPath(ANNOFS_SOURCE_DIR, name); }
std::string AnnofsProgram() { return ANNOFS_BINARY; }
std::string EmulatorProgram() { return ANNOFS_EMULATOR; }

}  // namespace annofs::testing

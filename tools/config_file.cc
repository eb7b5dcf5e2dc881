#include "tools/config_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr size_t kReadBytes = 64 << 10;

// No more than one byte beyond what a configuration may be long.
absl::StatusOr<std::string> ReadText(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return ErrnoToStatus(errno, path);
  absl::Cleanup close_file = [file] { close(file); };
  std::string text;
  while (text.size() <= kMaxConfigurationBytes) {
    const size_t before = text.size();
    text.resize(before + kReadBytes);
    const ssize_t got = read(file, text.data() + before, kReadBytes);
    text.resize(before + size_t(got > 0 ? got : 0));
    if (got == 0) break;
    if (got < 0 && errno != EINTR) return ErrnoToStatus(errno, path);
  }
  return text;
}

}  // namespace

absl::StatusOr<ConfigurationText> ReadConfigFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadText(path);
  RETURN_IF_ERROR(Annotate(text.status(), "--config"));
  if (text->size() > kMaxConfigurationBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("--config: ", path, ": larger than ", HumanSize(kMaxConfigurationBytes)));
  }
  RETURN_IF_ERROR(ParseConfiguration(*text, path).status());
  return ConfigurationText{.text = *std::move(text), .file = path};
}

}  // namespace annofs

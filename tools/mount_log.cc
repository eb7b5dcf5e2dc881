#include "tools/mount_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "tools/stack.h"

namespace annofs {
namespace {

// It names files of the source: nobody else's business, wherever the directory is. What is there
// already keeps its permissions.
void MakePrivateFile(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);  // else StartLog() says why
}

}  // namespace

std::string LogFileOf(const Settings& settings) {
  if (!settings.log_file.empty() || settings.foreground) return settings.log_file;
  return absl::StrCat(CacheDirOf(settings), "/annofs.log");
}

absl::Status StartMountLog(const Settings& settings) {
  ASSIGN_OR_RETURN(const LogLevel level, ParseLogLevel(settings.log_level));
  ASSIGN_OR_RETURN(const LogFormat format, ParseLogFormat(settings.log_format));
  const std::string file = LogFileOf(settings);
  if (!file.empty() && settings.log_file.empty()) {
    RETURN_IF_ERROR(CheckCacheDirWritable(CacheDirOf(settings)));
    // Only what is made here gets its mode from here.
    std::error_code ignored;
    if (std::filesystem::create_directories(CacheDirOf(settings), ignored)) {
      std::filesystem::permissions(CacheDirOf(settings), std::filesystem::perms::owner_all,
                                   ignored);
    }
    MakePrivateFile(file);
  }
  return StartLog({.file = file, .level = level, .format = format});
}

void OpenLogAnew() {
  const absl::Status status = ReopenLog();
  if (status.ok()) return LogInfo("the log was opened anew: SIGHUP");
  LogWarning(absl::StrCat(status.message(), "; the log goes on in the file that was open"));
}

}  // namespace annofs

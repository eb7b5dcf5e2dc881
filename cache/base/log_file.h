// The file of a log, which several processes may write: each line is appended by one write(2), so
// that lines do not mix. Thread safe, but for Open().
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace annofs {

class LogFile {
 public:
  // Appends to the file, or makes it. kInvalidArgument names it.
  static absl::StatusOr<std::unique_ptr<LogFile>> Open(const std::string& path);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // `line`: with its newline. What a full disk does not take is lost.
  void Write(absl::string_view line);
  // Goes on in the file that has the name now; after an error in the old one. One that it makes has
  // the permissions of the old one, less the umask.
  absl::Status Reopen();

 private:
  LogFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  const std::string path_;
  absl::Mutex mutex_;
  int fd_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs

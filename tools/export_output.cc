#include "tools/export_output.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/store/stores.h"
#include "tools/stack.h"

namespace annofs {
namespace {

namespace stdfs = std::filesystem;

stdfs::path Canonical(const std::string& path) {
  std::error_code error;
  stdfs::path absolute = stdfs::absolute(path, error);
  stdfs::path canonical = stdfs::weakly_canonical(absolute, error);
  return error ? absolute.lexically_normal() : canonical;
}

absl::Status Refused(const std::string& output, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(output, ": ", why));
}

absl::Status CheckApart(const std::string& output, const std::string& directory,
                        absl::string_view what) {
  if (directory.empty()) return absl::OkStatus();
  if (LiesIn(directory, output))
    return Refused(output,
                   absl::StrCat("holds the ", what, " ", directory, ": choose another --output"));
  if (LiesIn(output, directory))
    return Refused(output, absl::StrCat("lies in the ", what, " ", directory,
                                        ": choose an --output outside of it"));
  return absl::OkStatus();
}

absl::Status Exists(const std::string& output) {
  return absl::AlreadyExistsError(
      absl::StrCat(output, " exists: choose another --output, or replace it with --force"));
}

absl::Status CheckDirectory(const std::string& output, bool force) {
  struct stat info, parent;
  if (lstat(output.c_str(), &info) != 0) {
    return errno == ENOENT ? absl::OkStatus() : ErrnoToStatus(errno, output);
  }
  if (!S_ISDIR(info.st_mode)) return Refused(output, "is not a directory: choose another --output");
  bool is_mountpoint = stat((output + "/..").c_str(), &parent) == 0 &&
                       (parent.st_dev != info.st_dev || parent.st_ino == info.st_ino);
  if (is_mountpoint) return Refused(output, "something is mounted there: name a directory in it");
  if (LiesIn(stdfs::current_path().string(), output))
    return Refused(output, "you stand in it: name a directory in it, or go elsewhere first");
  std::error_code error;
  return force || stdfs::is_empty(output, error) ? absl::OkStatus() : Exists(output);
}

absl::Status CheckZip(const std::string& output, bool force) {
  struct stat info;
  if (lstat(output.c_str(), &info) != 0) {
    return errno == ENOENT ? absl::OkStatus() : ErrnoToStatus(errno, output);
  }
  if (!S_ISREG(info.st_mode)) return Refused(output, "is not a file: choose another --output");
  return force ? absl::OkStatus() : Exists(output);
}

constexpr char kStateName[] = ".annofs-export";

}  // namespace

bool LiesIn(const std::string& path, const std::string& directory) {
  stdfs::path inner = Canonical(path), outer = Canonical(directory);
  auto [end, rest] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return end == outer.end();
}

OutputKind OutputKindOf(const std::string& output) {
  return absl::EndsWithIgnoreCase(output, ".zip") ? OutputKind::kZip : OutputKind::kDirectory;
}

std::string SourceDirectory(const std::string& source) {
  absl::StatusOr<SourceUrl> url = ParseSourceUrl(source);
  std::error_code error;
  bool is_directory =
      url.ok() && url->kind == SourceUrl::Kind::kDirectory && stdfs::is_directory(url->path, error);
  return is_directory ? Canonical(url->path).string() : "";
}

absl::StatusOr<std::string> CheckOutput(const Settings& settings, const std::string& source) {
  std::error_code error;
  if (stdfs::is_symlink(stdfs::symlink_status(settings.output, error))) {
    return Refused(settings.output, "is a symbolic link: name the directory itself");
  }
  std::string output = Canonical(settings.output).string();
  RETURN_IF_ERROR(OutputKindOf(output) == OutputKind::kZip
                      ? CheckZip(output, settings.force)
                      : CheckDirectory(output, settings.force));
  RETURN_IF_ERROR(CheckApart(output, SourceDirectory(source), "source"));
  RETURN_IF_ERROR(CheckApart(output, Canonical(CacheDirOf(settings)).string(), "cache"));
  return output;
}

absl::StatusOr<PartialDirectory> PartialDirectory::Open(const std::string& output,
                                                        const std::string& what) {
  const std::string path = output + ".partial";
  const std::string state = JoinPath(path, kStateName);
  if (mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
    return ErrnoToStatus(errno, absl::StrCat("making ", path));
  const int fd = open(state.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (fd < 0) return ErrnoToStatus(errno, absl::StrCat("creating ", state));
  PartialDirectory partial(path, fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path,
                     ": another export is writing there: wait for it, or choose another "
                     "--output"));
  }
  std::string before(what.size() + 1, '\0');
  const ssize_t length = pread(fd, before.data(), before.size(), 0);
  if (length == ssize_t(what.size()) && before.substr(0, what.size()) == what) return partial;
  std::error_code error;
  for (const stdfs::directory_entry& entry : stdfs::directory_iterator(path, error)) {
    if (entry.path().filename() != kStateName) stdfs::remove_all(entry.path(), error);
    if (error) break;
  }
  if (error) return absl::InternalError(absl::StrCat("clearing ", path, ": ", error.message()));
  if (ftruncate(fd, 0) != 0 || pwrite(fd, what.data(), what.size(), 0) != ssize_t(what.size()))
    return ErrnoToStatus(errno, absl::StrCat("writing ", state));
  return partial;
}

PartialDirectory::PartialDirectory(PartialDirectory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

PartialDirectory::~PartialDirectory() {
  if (lock_ >= 0) close(lock_);
}

absl::Status PartialDirectory::Publish(const std::string& output) {
  const std::string state = JoinPath(path_, kStateName);
  if (unlink(state.c_str()) != 0) return ErrnoToStatus(errno, absl::StrCat("removing ", state));
  return PublishOutput(path_, output);
}

absl::Status PublishOutput(const std::string& partial, const std::string& output) {
  std::error_code error;
  std::string aside = absl::StrCat(output, ".old-", getpid());
  std::error_code absent;
  bool replaces = stdfs::exists(stdfs::symlink_status(output, absent));
  if (replaces) stdfs::rename(output, aside, error);
  if (!error) stdfs::rename(partial, output, error);
  if (error) {
    std::error_code back;
    if (replaces) stdfs::rename(aside, output, back);
    return absl::InternalError(absl::StrCat("putting ", output, " in place: ", error.message()));
  }
  if (replaces) stdfs::remove_all(aside, error);
  if (error)
    return absl::InternalError(
        absl::StrCat(output, " is written; what it replaces could not be deleted: ", aside, ": ",
                     error.message()));
  return absl::OkStatus();
}

}  // namespace annofs

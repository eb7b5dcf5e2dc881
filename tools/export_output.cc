#include "tools/export_output.h"

#include <fcntl.h>
#include <stdio.h>
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
  std::error_code error;
  if (LiesIn(stdfs::current_path(error).string(), output))
    return Refused(output, "you stand in it: name a directory in it, or go elsewhere first");
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

// The path of a local source; "" for a bucket.
stdfs::path LocalSource(const std::string& source) {
  absl::StatusOr<SourceUrl> url = ParseSourceUrl(source);
  const bool is_local = url.ok() && url->kind == SourceUrl::Kind::kDirectory;
  return is_local ? Canonical(url->path) : stdfs::path();
}

// New files beside an annotation file harm nothing: its directory may hold the output.
absl::Status CheckApartFromSource(const std::string& output, const std::string& source) {
  const stdfs::path local = LocalSource(source);
  std::error_code error;
  if (!stdfs::is_regular_file(local, error))
    return CheckApart(output, SourceDirectory(source), "source");
  if (!LiesIn(local.string(), output)) return absl::OkStatus();
  return Refused(output,
                 absl::StrCat("holds the source ", local.string(), ": choose another --output"));
}

constexpr absl::string_view kStateHead = "an unfinished annofs export\n";

absl::Status Occupied(const std::string& path) {
  return absl::AlreadyExistsError(
      absl::StrCat(path, ": no export has made it: move it away, or choose another --output"));
}

// Makes the directory, or finds that it is an export's, or empty.
absl::Status TakeDirectory(const std::string& path, const std::string& state) {
  if (mkdir(path.c_str(), 0777) == 0) return absl::OkStatus();
  if (errno == ENOENT)
    return absl::NotFoundError(absl::StrCat("making ", path, ": make the directory of it first"));
  if (errno != EEXIST) return ErrnoToStatus(errno, absl::StrCat("making ", path));
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) return ErrnoToStatus(errno, path);
  if (!S_ISDIR(info.st_mode)) return Occupied(path);
  if (lstat(state.c_str(), &info) == 0) {
    return S_ISREG(info.st_mode) ? absl::OkStatus() : Occupied(path);
  }
  std::error_code error;
  const bool is_empty = stdfs::is_empty(path, error);
  if (error) return absl::InternalError(absl::StrCat(path, ": ", error.message()));
  return is_empty ? absl::OkStatus() : Occupied(path);
}

// Only one has it: an earlier one may have renamed it since it was opened.
bool IsLocked(int fd, const std::string& state) {
  struct stat opened, named;
  return flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &opened) == 0 &&
         lstat(state.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

bool Says(int fd, absl::string_view text) {
  std::string before(text.size() + 1, '\0');
  const ssize_t length = pread(fd, before.data(), before.size(), 0);
  return length == ssize_t(text.size()) && before.substr(0, text.size()) == text;
}

absl::Status NotInPlace(const std::string& output, int why) {
  return ErrnoToStatus(why, absl::StrCat("putting ", output, " in place"));
}

// What stood at the output now stands at `old`.
absl::Status RemoveReplaced(const std::string& old, const std::string& output) {
  std::error_code error;
  stdfs::remove_all(old, error);
  if (!error) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(
      output, " is written; what it replaces could not be deleted: ", old, ": ", error.message()));
}

// Where the disk cannot exchange two names: both are renamed.
absl::Status SwapByHand(const std::string& partial, const std::string& output,
                        const std::string& aside) {
  if (rename(output.c_str(), aside.c_str()) != 0) return NotInPlace(output, errno);
  if (rename(partial.c_str(), output.c_str()) == 0) return absl::OkStatus();
  const int why = errno;
  (void)rename(aside.c_str(), output.c_str());
  return NotInPlace(output, why);
}

// The new directory at `output`, the one from there at `aside`.
absl::Status Swap(const std::string& partial, const std::string& output, const std::string& aside) {
  if (renameat2(AT_FDCWD, partial.c_str(), AT_FDCWD, output.c_str(), RENAME_EXCHANGE) == 0)
    return rename(partial.c_str(), aside.c_str()) == 0 ? absl::OkStatus()
                                                       : NotInPlace(aside, errno);
  if (errno == EINVAL || errno == ENOSYS) return SwapByHand(partial, output, aside);
  return NotInPlace(output, errno);
}

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
  const stdfs::path local = LocalSource(source);
  std::error_code error;
  if (stdfs::is_directory(local, error)) return local.string();
  return stdfs::is_regular_file(local, error) ? local.parent_path().string() : "";
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
  RETURN_IF_ERROR(CheckApartFromSource(output, source));
  RETURN_IF_ERROR(CheckApart(output, Canonical(CacheDirOf(settings)).string(), "cache"));
  return output;
}

absl::StatusOr<PartialDirectory> PartialDirectory::Open(const std::string& output,
                                                        absl::string_view what) {
  const std::string path = output + ".partial";
  const std::string state = JoinPath(path, kStateName);
  RETURN_IF_ERROR(TakeDirectory(path, state));
  const int fd = open(state.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (fd < 0) return ErrnoToStatus(errno, absl::StrCat("creating ", state));
  PartialDirectory partial(path, fd);
  if (!IsLocked(fd, state)) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": another export is writing there: wait for it, or choose another --output"));
  }
  const std::string text = absl::StrCat(kStateHead, what);
  partial.is_continued_ = !what.empty() && Says(fd, text);
  if (partial.is_continued_) return partial;
  RETURN_IF_ERROR(partial.Clear());
  errno = ENOSPC;  // of a write that is short
  if (ftruncate(fd, 0) == 0 && pwrite(fd, text.data(), text.size(), 0) == ssize_t(text.size()))
    return partial;
  const int why = errno;
  partial.Discard();  // nothing is in it
  return ErrnoToStatus(why, absl::StrCat("writing ", state));
}

absl::Status PartialDirectory::Clear() {
  std::error_code error;
  for (const stdfs::directory_entry& entry : stdfs::directory_iterator(path_, error)) {
    if (entry.path().filename() != kStateName) stdfs::remove_all(entry.path(), error);
    if (error) break;
  }
  if (!error) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("clearing ", path_, ": ", error.message()));
}

PartialDirectory::PartialDirectory(PartialDirectory&& other) noexcept
    : path_(std::move(other.path_)),
      lock_(std::exchange(other.lock_, -1)),
      is_continued_(other.is_continued_) {}

PartialDirectory::~PartialDirectory() {
  if (lock_ >= 0) close(lock_);
}

// The file that says what it is goes last: without it nobody would go on with the rest.
absl::Status PartialDirectory::PublishDirectory(const std::string& output, bool replace) {
  const std::string aside = absl::StrCat(output, ".old-", getpid());
  const bool is_put = rename(path_.c_str(), output.c_str()) == 0;
  const int why = errno;
  if (!is_put && why != ENOTEMPTY && why != EEXIST) return NotInPlace(output, why);
  if (!is_put && !replace) return Exists(output);
  if (!is_put) RETURN_IF_ERROR(Swap(path_, output, aside));
  const std::string state = JoinPath(output, kStateName);
  if (unlink(state.c_str()) != 0) return ErrnoToStatus(errno, absl::StrCat("removing ", state));
  return is_put ? absl::OkStatus() : RemoveReplaced(aside, output);
}

absl::Status PartialDirectory::PublishFile(absl::string_view name, const std::string& output,
                                           bool replace) {
  const std::string file = JoinPath(path_, name);
  bool is_put = !replace &&
                renameat2(AT_FDCWD, file.c_str(), AT_FDCWD, output.c_str(), RENAME_NOREPLACE) == 0;
  if (!is_put && !replace) {
    struct stat info;
    if (errno == EEXIST || lstat(output.c_str(), &info) == 0) return Exists(output);
  }
  is_put = is_put || rename(file.c_str(), output.c_str()) == 0;
  if (!is_put) return NotInPlace(output, errno);
  Discard();
  return absl::OkStatus();
}

void PartialDirectory::Discard() {
  std::error_code error;
  (void)Clear();
  stdfs::remove_all(path_, error);
}

}  // namespace annofs

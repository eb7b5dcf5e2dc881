#include "tools/export_output.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
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

// The source's own directory; empty for a bucket and for one annotation file.
std::string SourceDirectory(const std::string& source) {
  absl::StatusOr<SourceUrl> url = ParseSourceUrl(source);
  std::error_code error;
  bool is_directory =
      url.ok() && url->kind == SourceUrl::Kind::kDirectory && stdfs::is_directory(url->path, error);
  return is_directory ? url->path : "";
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

absl::Status CheckWhatIsThere(const std::string& output, bool force) {
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
  if (!force && !stdfs::is_empty(output, error)) {
    return absl::AlreadyExistsError(
        absl::StrCat(output, " exists: choose another --output, or replace it with --force"));
  }
  return absl::OkStatus();
}

}  // namespace

bool LiesIn(const std::string& path, const std::string& directory) {
  stdfs::path inner = Canonical(path), outer = Canonical(directory);
  auto [end, rest] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return end == outer.end();
}

absl::StatusOr<std::string> CheckOutput(const Settings& settings, const std::string& source) {
  std::error_code error;
  if (stdfs::is_symlink(stdfs::symlink_status(settings.output, error))) {
    return Refused(settings.output, "is a symbolic link: name the directory itself");
  }
  std::string output = Canonical(settings.output).string();
  RETURN_IF_ERROR(CheckWhatIsThere(output, settings.force));
  RETURN_IF_ERROR(CheckApart(output, SourceDirectory(source), "source"));
  RETURN_IF_ERROR(CheckApart(output, Canonical(CacheDirOf(settings)).string(), "cache"));
  return output;
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

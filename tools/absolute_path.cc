#include "tools/absolute_path.h"

#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/mount_table.h"

namespace annofs {
namespace {

constexpr int kMostLinks = 40;  // as the kernel follows

std::optional<std::string> CurrentDirectory() {
  char* here = getcwd(nullptr, 0);
  if (here == nullptr) return std::nullopt;
  std::string text = here;
  free(here);
  // "(unreachable)/a" of a directory that is in no mount of this process.
  return text[0] == '/' ? std::make_optional(std::move(text)) : std::nullopt;
}

std::optional<std::string> ReadLink(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t length = readlink(path.c_str(), target, sizeof(target));
  return length > 0 ? std::make_optional(std::string(target, size_t(length))) : std::nullopt;
}

class PathWalk {
 public:
  explicit PathWalk(const Mountpoints& mounts) : mounts_(mounts) {}

  std::string Walk(absl::string_view path) {
    Push(path);
    while (!ahead_.empty()) {
      const std::string name = std::move(ahead_.back());
      ahead_.pop_back();
      if (name == "..") {
        at_.erase(at_.rfind('/') == std::string::npos ? 0 : at_.rfind('/'));
      } else {
        Enter(absl::StrCat(at_, "/", name));
      }
    }
    return at_.empty() ? "/" : at_;
  }

 private:
  // What comes before the rest.
  void Push(absl::string_view path) {
    if (absl::StartsWith(path, "/")) at_.clear();
    const std::vector<std::string> names = absl::StrSplit(path, '/', absl::SkipEmpty());
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
      if (*name != ".") ahead_.push_back(*name);
    }
  }

  void Enter(const std::string& path) {
    const std::optional<std::string> link =
        IsLeftAlone(path) || links_ == kMostLinks ? std::nullopt : ReadLink(path);
    if (link) {
      ++links_;
      Push(*link);
    } else {
      at_ = path;
    }
  }

  bool IsLeftAlone(const std::string& path) const {
    if (ahead_.empty() && absl::c_linear_search(mounts_.all, path)) return true;
    return absl::c_any_of(mounts_.annofs, [&path](const std::string& mount) {
      return !mount.empty() && absl::StartsWith(path, mount) &&
             (path.size() == mount.size() || path[mount.size()] == '/');
    });
  }

  const Mountpoints& mounts_;
  std::string at_;                  // without a slash at its end
  std::vector<std::string> ahead_;  // names; the next is the last
  int links_ = 0;
};

Mountpoints MountpointsOfHost() {
  Mountpoints mounts;
  for (const MountRow& row : AllMounts()) mounts.all.push_back(row.mountpoint);
  for (const MountEntry& mount : AnnofsMounts()) {
    mounts.annofs.push_back(mount.mountpoint);
    mounts.annofs.push_back(mount.read_only);
  }
  return mounts;
}

}  // namespace

std::string AbsolutePath(absl::string_view path, const Mountpoints& mounts) {
  if (path.empty()) return "";
  if (path[0] == '/') return PathWalk(mounts).Walk(path);
  const std::optional<std::string> here = CurrentDirectory();
  if (!here) return std::string(path);
  return PathWalk(mounts).Walk(absl::StrCat(*here, "/", path));
}

std::string AbsolutePath(absl::string_view path) { return AbsolutePath(path, MountpointsOfHost()); }

}  // namespace annofs

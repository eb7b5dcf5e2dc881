#include "tools/mount_table.h"

#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace annofs {
namespace {

// mountinfo writes space, tab, newline and backslash as \ooo.
std::string Unescape(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      out.push_back(char((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0')));
      i += 3;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

dev_t ParseDevice(absl::string_view text) {
  std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  uint32_t major = 0, minor = 0;
  if (!absl::SimpleAtoi(parts.first, &major) || !absl::SimpleAtoi(parts.second, &minor)) return 0;
  return makedev(major, minor);
}

}  // namespace

std::vector<MountEntry> ParseMountInfo(absl::string_view mountinfo) {
  std::vector<MountEntry> mounts;
  for (absl::string_view line : absl::StrSplit(mountinfo, '\n', absl::SkipEmpty())) {
    // id parent major:minor root mountpoint options [optional fields] - type source options
    std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    auto dash = absl::c_find(words, "-");
    if (words.size() < 6 || words.end() - dash < 3 || *(dash + 1) != "fuse.annofs") continue;
    mounts.push_back({ParseDevice(words[2]), Unescape(words[4]), Unescape(*(dash + 2))});
  }
  return mounts;
}

std::vector<MountEntry> AnnofsMounts() {
  std::ifstream file("/proc/self/mountinfo");
  std::stringstream text;
  text << file.rdbuf();
  return ParseMountInfo(text.str());
}

std::optional<PlaceInMount> FindPlace(const std::vector<MountEntry>& mounts,
                                      absl::string_view absolute_path) {
  std::optional<PlaceInMount> place;
  for (const MountEntry& mount : mounts) {
    absl::string_view rest = absolute_path;
    if (!absl::ConsumePrefix(&rest, mount.mountpoint)) continue;
    if (!rest.empty() && !absl::ConsumePrefix(&rest, "/")) continue;
    // Of one place the last is what is seen.
    const bool is_inner = !place || mount.mountpoint.size() >= place->mount.mountpoint.size();
    if (is_inner) place = PlaceInMount{mount, std::string(rest)};
  }
  return place;
}

std::vector<std::string> SocketPaths(dev_t device) {
  std::vector<std::string> directories;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  std::string own = runtime != nullptr ? runtime : absl::StrCat("/run/user/", getuid());
  if (getuid() != 0) directories.push_back(own);
  directories.push_back("/run");
  std::vector<std::string> paths;
  for (const std::string& directory : directories) {
    paths.push_back(absl::StrCat(directory, "/annofs/", device, ".sock"));
  }
  return paths;
}

}  // namespace annofs

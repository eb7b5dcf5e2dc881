#include "tools/mount_table.h"

#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/scratch_place.h"

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

// "rw,user_id=1000,…"
std::optional<uid_t> ParseOwner(absl::string_view options) {
  for (absl::string_view option : absl::StrSplit(options, ',')) {
    uint32_t owner = 0;
    if (absl::ConsumePrefix(&option, "user_id=") && absl::SimpleAtoi(option, &owner)) return owner;
  }
  return std::nullopt;
}

std::string MountInfoText() {
  std::ifstream file("/proc/self/mountinfo");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The rest of a path below a directory, "" for the directory itself.
std::optional<absl::string_view> Below(absl::string_view path, absl::string_view directory) {
  if (directory.empty() || !absl::ConsumePrefix(&path, directory)) return std::nullopt;
  if (!path.empty() && !absl::ConsumePrefix(&path, "/")) return std::nullopt;
  return path;
}

}  // namespace

std::vector<MountRow> ParseMountRows(absl::string_view mountinfo) {
  std::vector<MountRow> rows;
  for (absl::string_view line : absl::StrSplit(mountinfo, '\n', absl::SkipEmpty())) {
    // id parent major:minor root mountpoint options [optional fields] - type source options
    std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    auto dash = absl::c_find(words, "-");
    if (words.size() < 6 || words.end() - dash < 3) continue;
    const absl::string_view options = words.end() - dash > 3 ? *(dash + 3) : "";
    rows.push_back({.device = ParseDevice(words[2]),
                    .mountpoint = Unescape(words[4]),
                    .type = std::string(*(dash + 1)),
                    .source = Unescape(*(dash + 2)),
                    .owner = ParseOwner(options),
                    .options = Unescape(options)});
  }
  return rows;
}

std::vector<MountRow> AllMounts() { return ParseMountRows(MountInfoText()); }

std::optional<MountRow> MountedAt(const std::vector<MountRow>& mounts,
                                  absl::string_view mountpoint) {
  auto last = std::find_if(mounts.rbegin(), mounts.rend(), [mountpoint](const MountRow& mount) {
    return mount.mountpoint == mountpoint;
  });
  return last == mounts.rend() ? std::nullopt : std::make_optional(*last);
}

std::vector<MountEntry> ParseMountInfo(absl::string_view mountinfo) {
  std::vector<MountEntry> mounts;
  for (const MountRow& row : ParseMountRows(mountinfo)) {
    if (row.type != "fuse.annofs") continue;
    mounts.push_back({.device = row.device,
                      .mountpoint = row.mountpoint,
                      .source = row.source,
                      .owner = row.owner});
  }
  return mounts;
}

std::vector<MountEntry> AnnofsMounts() {
  std::vector<MountEntry> mounts = ParseMountInfo(MountInfoText());
  const std::vector<ScratchPlace> places = ScratchPlaces();
  for (MountEntry& mount : mounts) {
    auto place = absl::c_find_if(
        places, [&mount](const ScratchPlace& one) { return one.Lower() == mount.mountpoint; });
    if (place == places.end()) continue;
    mount.read_only = std::exchange(mount.mountpoint, place->mountpoint);
    mount.scratch = place->scratch;
  }
  return mounts;
}

std::optional<PlaceInMount> FindPlace(const std::vector<MountEntry>& mounts,
                                      absl::string_view absolute_path) {
  std::optional<PlaceInMount> place;
  for (const MountEntry& mount : mounts) {
    for (const std::string& root : {mount.mountpoint, mount.read_only}) {
      const std::optional<absl::string_view> rest = Below(absolute_path, root);
      // Of one place the last is what is seen.
      if (!rest || (place && root.size() < place->mount.mountpoint.size())) continue;
      place = PlaceInMount{mount, std::string(*rest)};
      place->mount.mountpoint = root;
    }
  }
  return place;
}

std::vector<std::string> RuntimeDirectories() {
  std::vector<std::string> directories;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  std::string own = runtime != nullptr ? runtime : absl::StrCat("/run/user/", getuid());
  if (getuid() != 0) directories.push_back(own);
  directories.push_back("/run");
  for (std::string& directory : directories) directory += "/annofs";
  return directories;
}

std::vector<std::string> SocketPaths(dev_t device) {
  std::vector<std::string> paths;
  for (const std::string& directory : RuntimeDirectories()) {
    paths.push_back(absl::StrCat(directory, "/", device, ".sock"));
  }
  return paths;
}

}  // namespace annofs

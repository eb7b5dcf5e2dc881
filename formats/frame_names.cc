#include "formats/frame_names.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/digest.h"
#include "cache/base/names.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

// Names that a sidecar of another frame may have.
bool LooksLikeSidecar(absl::string_view path) {
  return absl::EndsWith(path, ".json") || absl::EndsWith(path, ".tsv");
}

// The longest base name that leaves room for ".json".
constexpr size_t kMaxBaseName = kMaxNameBytes - 5;
constexpr size_t kMaxExtension = 16;

// The same path with a base name of at most kMaxBaseName bytes: cut between characters, with a hash
// of the whole.
std::string Shortened(std::string path) {
  absl::string_view base = BaseName(path);
  if (base.size() <= kMaxBaseName) return path;
  absl::string_view extension = Extension(base);
  if (extension.size() > kMaxExtension) extension = "";
  size_t size = kMaxBaseName - 9 - extension.size();
  while (size > 0 && (static_cast<unsigned char>(base[size]) & 0xC0) == 0x80) --size;
  return JoinPath(DirName(path),
                  absl::StrCat(base.substr(0, size), "-", Hash8Hex(base), extension));
}

// What no path can hold becomes one name: the system takes paths of 4,096 bytes, and each directory
// of a path is remembered.
constexpr size_t kMaxPath = 2048;
constexpr size_t kMaxDepth = 64;

bool IsTooDeep(absl::string_view name) {
  return name.size() > kMaxPath || std::count(name.begin(), name.end(), '/') >= int(kMaxDepth);
}

// A frame's name as a safe path. A directory must not look like the sidecar of a frame beside it.
std::string TreePath(absl::string_view name) {
  if (IsTooDeep(name)) return Shortened(SafeName(name));
  std::string path;
  std::vector<std::string> parts = absl::StrSplit(SafePath(name), '/');
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    bool is_doubtful = LooksLikeSidecar(parts[i]);
    path = JoinPath(
        path, is_doubtful ? SafeName(absl::StrCat(parts[i], "-", Hash8Hex(parts[i]))) : parts[i]);
  }
  return Shortened(JoinPath(path, parts.back()));
}

// "a/b.jpg" -> "a/b-1a2b3c4d.jpg". `nth` tells equal names apart. What looks like a sidecar does so
// no more.
std::string WithHash(absl::string_view path, absl::string_view original, uint64_t nth) {
  absl::string_view extension = Extension(path);
  absl::string_view stem = path.substr(0, path.size() - extension.size());
  std::string hashed = absl::StrCat(stem, "-", Hash8Hex(absl::StrCat(original, "#", nth)),
                                    extension, LooksLikeSidecar(path) ? "_" : "");
  return Shortened(std::move(hashed));
}

absl::string_view WithoutExtension(absl::string_view path) {
  return path.substr(0, path.size() - Extension(path).size());
}

void AddParents(absl::string_view path, absl::flat_hash_set<std::string>& directories) {
  for (path = DirName(path); !path.empty(); path = DirName(path)) {
    if (!directories.insert(std::string(path)).second) return;
  }
}

// Safe, unique paths in the order of `names`.
std::vector<std::string> UniquePaths(const std::vector<std::string>& names) {
  std::vector<std::string> paths;
  paths.reserve(names.size());
  absl::flat_hash_set<std::string> directories;
  absl::flat_hash_map<std::string, uint32_t> uses;
  for (const std::string& name : names) {
    paths.push_back(TreePath(name));
    AddParents(paths.back(), directories);
    ++uses[paths.back()];
  }
  absl::flat_hash_set<std::string> taken;
  for (const auto& [path, count] : uses) {
    if (count == 1 && !directories.contains(path) && !LooksLikeSidecar(path)) taken.insert(path);
  }
  absl::flat_hash_map<absl::string_view, uint64_t>
      next;  // by name: a name may come a million times
  for (size_t i = 0; i < names.size(); ++i) {
    if (taken.contains(paths[i])) continue;
    std::string unique;
    uint64_t& nth = next[names[i]];
    while (unique.empty() || taken.contains(unique) || directories.contains(unique)) {
      unique = WithHash(paths[i], names[i], nth++);
    }
    taken.insert(unique);
    paths[i] = std::move(unique);
  }
  return paths;
}

// Flat stems, unique without regard to case; all that collide get a hash of their path.
void SetStems(std::vector<FrameNames>& names) {
  absl::flat_hash_map<std::string, uint32_t> uses;
  for (FrameNames& name : names) {
    name.stem = SafeStem(WithoutExtension(name.path));
    ++uses[absl::AsciiStrToLower(name.stem)];
  }
  absl::flat_hash_set<std::string> taken;
  for (FrameNames& name : names) {
    std::string lower = absl::AsciiStrToLower(name.stem);
    if (uses[lower] == 1 && taken.insert(lower).second) continue;
    for (uint64_t nth = 0;; ++nth) {
      std::string stem = absl::StrCat(
          name.stem, "-", Hash8Hex(nth == 0 ? name.path : absl::StrCat(name.path, "#", nth)));
      lower = absl::AsciiStrToLower(stem);
      if (uses.contains(lower) || !taken.insert(lower).second) continue;
      name.stem = std::move(stem);
      break;
    }
  }
}

// Sidecars are unique: a frame keeps its extension in them where another has the same stem ("a.jpg"
// and "a.png"), or where the stem is another's whole path ("a.jpg.png" beside those).
void SetSharedStems(std::vector<FrameNames>& names) {
  absl::flat_hash_map<std::string, uint32_t> uses;
  for (const FrameNames& name : names) ++uses[std::string(WithoutExtension(name.path))];
  absl::flat_hash_set<std::string> whole;
  auto keep_extension = [&whole](FrameNames& name) {
    name.shares_stem = true;
    whole.insert(name.path);
  };
  for (FrameNames& name : names) {
    if (uses[std::string(WithoutExtension(name.path))] > 1) keep_extension(name);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (FrameNames& name : names) {
      if (name.shares_stem || !whole.contains(std::string(WithoutExtension(name.path)))) continue;
      keep_extension(name);
      changed = true;
    }
  }
}

// Directories in byte order of path + "/", each with its range of ranks. Ranks are in byte order of
// paths, so one pass finds them.
std::vector<FrameDirectory> Directories(const std::vector<FrameNames>& names) {
  std::vector<FrameDirectory> directories = {{.path = "", .begin = 0, .end = Rank(names.size())}};
  std::vector<size_t> open = {0};
  for (Rank rank = 0; rank < names.size(); ++rank) {
    absl::string_view directory = DirName(names[rank].path);
    auto is_inside = [&directory](absl::string_view outer) {
      return outer.empty() || directory == outer ||
             (absl::StartsWith(directory, outer) && directory[outer.size()] == '/');
    };
    while (!is_inside(directories[open.back()].path)) {
      directories[open.back()].end = rank;
      open.pop_back();
    }
    while (directories[open.back()].path.size() < directory.size()) {
      size_t begin =
          directories[open.back()].path.empty() ? 0 : directories[open.back()].path.size() + 1;
      size_t end = std::min(directory.find('/', begin), directory.size());
      open.push_back(directories.size());
      directories.push_back(
          {.path = std::string(directory.substr(0, end)), .begin = rank, .end = rank});
    }
  }
  for (; open.size() > 1; open.pop_back()) directories[open.back()].end = Rank(names.size());
  return directories;
}

}  // namespace

FrameOrder OrderFrames(const std::vector<std::string>& frame_names) {
  std::vector<std::string> paths = UniquePaths(frame_names);
  FrameOrder order;
  order.frame_of_rank.resize(paths.size());
  std::iota(order.frame_of_rank.begin(), order.frame_of_rank.end(), 0);
  std::sort(order.frame_of_rank.begin(), order.frame_of_rank.end(),
            [&paths](uint32_t a, uint32_t b) { return paths[a] < paths[b]; });
  order.names.resize(paths.size());
  for (Rank rank = 0; rank < paths.size(); ++rank) {
    order.names[rank].path = std::move(paths[order.frame_of_rank[rank]]);
  }
  SetSharedStems(order.names);
  SetStems(order.names);
  order.directories = Directories(order.names);
  return order;
}

}  // namespace annofs

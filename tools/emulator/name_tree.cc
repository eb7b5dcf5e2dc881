#include "tools/emulator/name_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tools/emulator/unique_fd.h"

namespace annofs::emulator {
namespace {

// File times advance with the kernel's tick (at most 10 ms): a change right after a reading may
// leave the same time. A directory is trusted only if it was quiet for so long before it was read.
constexpr absl::Duration kQuiet = absl::Milliseconds(100);

struct Stamp {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t mtime_ns = 0;
  int64_t ctime_ns = 0;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

int64_t Nanos(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

std::optional<Stamp> StampOf(int root, const std::string& path) {
  struct stat info;
  const char* name = path.empty() ? "." : path.c_str();
  // A path of a directory ends with '/', which would follow a symlink in the last place.
  std::string bare = path.empty() ? name : path.substr(0, path.size() - 1);
  if (fstatat(root, bare.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(info.st_mode)) {
    return std::nullopt;
  }
  return Stamp{info.st_dev, info.st_ino, Nanos(info.st_mtim), Nanos(info.st_ctim)};
}

enum class EntryKind { kFile, kDirectory, kLink, kOther };

EntryKind KindOf(mode_t mode) {
  if (S_ISREG(mode)) return EntryKind::kFile;
  if (S_ISDIR(mode)) return EntryKind::kDirectory;
  return S_ISLNK(mode) ? EntryKind::kLink : EntryKind::kOther;
}

EntryKind KindOf(int directory, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return KindOf(DTTOIF(entry.d_type));
  struct stat info;
  if (fstatat(directory, entry.d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) return EntryKind::kOther;
  return KindOf(info.st_mode);
}

struct CloseStream {
  void operator()(DIR* stream) const { closedir(stream); }
};
using DirStream = std::unique_ptr<DIR, CloseStream>;

DirStream OpenStream(int root, const std::string& path) {
  UniqueFd fd(openat(root, path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  DirStream stream(fd.valid() ? fdopendir(fd.get()) : nullptr);
  if (stream != nullptr) fd.Release();  // the stream owns it now
  return stream;
}

}  // namespace

struct NameTree::Directory {
  // The key of a subdirectory ends with '/': sorted keys then give the byte order of whole names.
  struct Entry {
    std::string key;
    std::unique_ptr<Directory> child;
  };

  std::optional<Stamp> stamp;
  bool settled = false;  // an unchanged stamp means unchanged entries
  uint64_t checked = 0;  // the listing that looked last
  std::vector<Entry> entries;

  std::vector<Entry>::iterator LowerBound(absl::string_view key) {
    return std::lower_bound(entries.begin(), entries.end(), key,
                            [](const Entry& entry, absl::string_view k) { return entry.key < k; });
  }

  // The subdirectory that is known under `key`, taken out, or a new one.
  std::unique_ptr<Directory> TakeChild(absl::string_view key) {
    auto found = LowerBound(key);
    if (found == entries.end() || found->key != key || found->child == nullptr) {
      return std::make_unique<Directory>();
    }
    return std::move(found->child);
  }

  void Read(const ObjectDir& dir, const std::string& path);
  void AddEntry(EntryKind kind, absl::string_view name, std::vector<Entry>& found);
};

void NameTree::Directory::AddEntry(EntryKind kind, absl::string_view name,
                                   std::vector<Entry>& found) {
  if (kind == EntryKind::kFile) found.push_back({std::string(name), nullptr});
  if (kind != EntryKind::kDirectory) return;
  std::string key = absl::StrCat(name, "/");
  std::unique_ptr<Directory> child = TakeChild(key);
  found.push_back({std::move(key), std::move(child)});
}

void NameTree::Directory::Read(const ObjectDir& dir, const std::string& path) {
  std::vector<Entry> found;
  DirStream stream = OpenStream(dir.fd(), path);
  if (stream == nullptr) settled = false;
  while (const dirent* entry = stream == nullptr ? nullptr : readdir(stream.get())) {
    std::string name = absl::StrCat(path, entry->d_name);
    if (!IsObjectName(name)) continue;  // also "." and ".."
    EntryKind kind = KindOf(dirfd(stream.get()), *entry);
    if (kind == EntryKind::kLink) {
      settled = false;  // what a link leads to changes without a trace in this directory
      kind = dir.StampOf(name) ? EntryKind::kFile : EntryKind::kOther;
    }
    AddEntry(kind, entry->d_name, found);
  }
  std::sort(found.begin(), found.end(),
            [](const Entry& a, const Entry& b) { return a.key < b.key; });
  entries = std::move(found);
}

NameTree::NameTree(const ObjectDir& dir) : dir_(dir), top_(std::make_unique<Directory>()) {}
NameTree::~NameTree() = default;

void NameTree::Refresh(Directory& directory, const std::string& path) const {
  if (std::exchange(directory.checked, listing_) == listing_) return;
  std::optional<Stamp> stamp = StampOf(dir_.fd(), path);
  if (!stamp) {
    directory.entries.clear();
    directory.settled = false;
    return;
  }
  if (directory.settled && directory.stamp == stamp) return;
  directory.stamp = stamp;
  int64_t trusted = absl::ToUnixNanos(absl::Now() - kQuiet);
  directory.settled = std::max(stamp->mtime_ns, stamp->ctime_ns) < trusted;
  directory.Read(dir_, path);
}

std::optional<std::string> NameTree::FirstAtOrAfter(Directory& directory, const std::string& path,
                                                    absl::string_view start) const {
  Refresh(directory, path);
  auto entry = directory.LowerBound(start);
  if (entry != directory.entries.begin()) {
    // `start` may lie inside the subdirectory just before it in order.
    auto before = std::prev(entry);
    if (before->child != nullptr && absl::StartsWith(start, before->key)) entry = before;
  }
  for (; entry != directory.entries.end(); ++entry) {
    std::string name = absl::StrCat(path, entry->key);
    absl::string_view rest =
        absl::StartsWith(start, entry->key) ? start.substr(entry->key.size()) : "";
    if (entry->child != nullptr) {
      std::optional<std::string> found = FirstAtOrAfter(*entry->child, name, rest);
      if (found) return found;
    } else {
      return name;
    }
  }
  return std::nullopt;
}

// A lock that lives as long as an object: beyond what the thread annotations can say.
NameTree::Listing::Listing(const NameTree& tree) ABSL_NO_THREAD_SAFETY_ANALYSIS : tree_(tree) {
  tree_.mutex_.Lock();
  ++tree_.listing_;
}

NameTree::Listing::~Listing() ABSL_NO_THREAD_SAFETY_ANALYSIS { tree_.mutex_.Unlock(); }

std::optional<std::string> NameTree::Listing::NameAtOrAfter(absl::string_view start) {
  tree_.mutex_.AssertHeld();
  return tree_.FirstAtOrAfter(*tree_.top_, "", start);
}

}  // namespace annofs::emulator

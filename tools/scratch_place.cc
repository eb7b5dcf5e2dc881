#include "tools/scratch_place.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

namespace stdfs = std::filesystem;

constexpr absl::string_view kPrefix = "scratch-";
constexpr absl::string_view kMountpointLink = "/mountpoint";
constexpr absl::string_view kScratchLink = "/scratch";
constexpr absl::string_view kOverlayLink = "/overlay";  // its text is the device number

// None: it is being made, or removed.
std::optional<ScratchPlace> ReadPlace(const std::string& directory) {
  std::error_code error;
  const stdfs::path scratch = stdfs::read_symlink(absl::StrCat(directory, kScratchLink), error);
  if (error) return std::nullopt;
  const stdfs::path at = stdfs::read_symlink(absl::StrCat(directory, kMountpointLink), error);
  if (error) return std::nullopt;
  uint64_t overlay = 0;
  const stdfs::path number = stdfs::read_symlink(absl::StrCat(directory, kOverlayLink), error);
  if (error || !absl::SimpleAtoi(number.string(), &overlay)) overlay = 0;
  return ScratchPlace{directory, at.string(), scratch.string(), dev_t(overlay)};
}

// -1: cannot, or the daemon has it.
int Lock(const std::string& directory) {
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

// Nothing of it while something is mounted there.
void Remove(const std::string& directory) {
  if (rmdir(absl::StrCat(directory, "/lower").c_str()) != 0 && errno != ENOENT) return;
  for (absl::string_view link : {kMountpointLink, kScratchLink, kOverlayLink}) {
    unlink(absl::StrCat(directory, link).c_str());
  }
  rmdir(directory.c_str());
}

void RemoveLeftOnes() {
  const std::vector<MountRow> mounts = AllMounts();
  for (const ScratchPlace& place : ScratchPlaces()) {
    // The place is what `umount` knows such an overlay by.
    if (!HasOverlay(place, mounts)) RemoveIfLeft(place);
  }
}

absl::Status Fill(const ScratchPlace& place) {
  if (mkdir(place.Lower().c_str(), 0700) != 0) return ErrnoToStatus(errno, place.Lower());
  const std::pair<absl::string_view, const std::string&> links[] = {
      {kScratchLink, place.scratch}, {kMountpointLink, place.mountpoint}};
  for (const auto& [name, target] : links) {
    const std::string path = absl::StrCat(place.directory, name);
    if (symlink(target.c_str(), path.c_str()) != 0) return ErrnoToStatus(errno, path);
  }
  return absl::OkStatus();
}

// An option of an overlay says so; each ends at `end`.
bool IsOver(const std::string& lower, absl::string_view options, absl::string_view end) {
  return absl::StrContains(absl::StrCat(options, end), absl::StrCat("lowerdir=", lower, end));
}

// Device numbers are used again, but while such a process runs its mount has its own.
bool HasProgramOver(const std::string& lower) {
  std::error_code error;
  stdfs::directory_iterator entry("/proc", error);
  for (; !error && entry != stdfs::directory_iterator(); entry.increment(error)) {
    std::ifstream file(entry->path() / "cmdline");
    std::stringstream words;
    words << file.rdbuf();
    if (IsOver(lower, words.str(), ",")) return true;
  }
  return false;
}

}  // namespace

std::vector<ScratchPlace> ScratchPlaces() {
  std::vector<ScratchPlace> places;
  for (const std::string& runtime : RuntimeDirectories()) {
    std::error_code error;
    stdfs::directory_iterator entry(runtime, error);
    for (; !error && entry != stdfs::directory_iterator(); entry.increment(error)) {
      if (!absl::StartsWith(entry->path().filename().string(), kPrefix)) continue;
      std::optional<ScratchPlace> place = ReadPlace(entry->path().string());
      if (place) places.push_back(*std::move(place));
    }
  }
  return places;
}

bool HasOverlay(const ScratchPlace& place, const std::vector<MountRow>& mounts) {
  const std::optional<MountRow> row = MountedAt(mounts, place.mountpoint);
  if (!row) return false;
  if (row->type == "fuse.fuse-overlayfs") {
    return row->device == place.overlay && HasProgramOver(place.Lower());
  }
  return row->type == "overlay" && absl::StartsWith(row->source, kOverlaySource) &&
         IsOver(place.Lower(), row->options, ",");
}

bool HasDaemon(const ScratchPlace& place) {
  const int fd = open(place.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool has_lock = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(fd);
  return has_lock;
}

void RemoveIfLeft(const ScratchPlace& place) {
  const int lock = Lock(place.directory);
  if (lock < 0) return;
  Remove(place.directory);
  close(lock);
}

absl::StatusOr<OwnScratchPlace> OwnScratchPlace::Make(const std::string& mountpoint,
                                                      const std::string& scratch) {
  RemoveLeftOnes();
  const std::string runtime = RuntimeDirectories()[0];
  if (mkdir(runtime.c_str(), 0700) != 0 && errno != EEXIST) {
    return Annotate(ErrnoToStatus(errno, runtime),
                    "the read-only mount below --scratch needs the runtime directory");
  }
  std::string directory = absl::StrCat(runtime, "/", kPrefix, "XXXXXX");
  if (mkdtemp(directory.data()) == nullptr) return ErrnoToStatus(errno, directory);
  // Locked before others can find it by its links.
  OwnScratchPlace made({directory, mountpoint, scratch}, Lock(directory));
  RETURN_IF_ERROR(Fill(made.place_));
  return made;
}

OwnScratchPlace::OwnScratchPlace(OwnScratchPlace&& other) noexcept
    : place_(std::exchange(other.place_, {})), lock_(std::exchange(other.lock_, -1)) {}

absl::Status OwnScratchPlace::NoteOverlay(dev_t device) {
  const std::string path = absl::StrCat(place_.directory, kOverlayLink);
  if (symlink(absl::StrCat(device).c_str(), path.c_str()) != 0) return ErrnoToStatus(errno, path);
  place_.overlay = device;
  return absl::OkStatus();
}

OwnScratchPlace::~OwnScratchPlace() {
  if (!place_.directory.empty()) Remove(place_.directory);
  if (lock_ >= 0) close(lock_);
}

}  // namespace annofs

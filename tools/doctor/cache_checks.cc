#include "tools/doctor/cache_checks.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <filesystem>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "cache/base/text.h"
#include "cache/cache_dir.h"
#include "cache/files.h"
#include "formats/export_names.h"
#include "tools/doctor/disk_speed.h"
#include "tools/mount_table.h"

namespace annofs::doctor {
namespace {

constexpr absl::string_view kRemote[] = {"nfs",    "nfs4",  "cifs",   "smb3",    "smbfs",
                                         "9p",     "ceph",  "lustre", "afs",     "gpfs",
                                         "beegfs", "ocfs2", "gfs2",   "virtiofs"};
// Less than that and nothing is kept: the least --cache-size.
constexpr uint64_t kLeastFree = 16 << 20;
constexpr double kSlowWrite = 10e6, kSlowRead = 50e6;  // bytes per second
constexpr size_t kMostFiles = 100000;
constexpr absl::string_view kLocalDisk = "choose a directory on a local disk: --cache DIR";

double Rate(uint64_t bytes, absl::Duration took) {
  return double(bytes) / std::max(1e-6, absl::ToDoubleSeconds(took));
}

std::string RateText(uint64_t bytes, absl::Duration took) {
  return absl::StrFormat("%.0f MB/s", Rate(bytes, took) / 1e6);
}

void CheckFileSystem(const CacheFacts& facts, AreaReport& report) {
  const std::string& type = facts.file_system;
  const std::string evidence = absl::StrCat(facts.there, " is on ", type);
  if (type.empty()) {
    report.Unchecked("the file system", absl::StrCat("no mount holds ", facts.there));
  } else if (absl::c_linear_search(kRemote, type)) {
    report.Add(Severity::kError, "cache-on-network",
               absl::StrCat(evidence,
                            ": a network file system, on which several hosts would spoil "
                            "the catalog, and its locks are not to be relied on"),
               std::string(kLocalDisk));
  } else if (absl::StartsWith(type, "fuse")) {
    report.Add(Severity::kWarning, "cache-on-fuse",
               absl::StrCat(evidence, ": mapped files are slow there, or fail"),
               std::string(kLocalDisk));
  } else if (type == "tmpfs" || type == "ramfs") {
    report.Add(Severity::kWarning, "cache-in-memory",
               absl::StrCat(evidence, ": the cache takes memory, and is gone after a restart"),
               std::string(kLocalDisk));
  } else if (type == "overlay") {
    report.Add(Severity::kInfo, "cache-in-container",
               absl::StrCat(evidence, ": the cache goes with the container"),
               "keep it on a volume: docker run -v annofs-cache:/var/cache/annofs");
  } else {
    report.Fine(absl::StrCat(facts.path, " on ", type));
  }
}

void CheckRoom(const CacheFacts& facts, AreaReport& report) {
  if (!facts.unwritable.empty()) return;
  const std::string evidence =
      absl::StrCat(facts.there, ": ", HumanSize(facts.free), " free, ", HumanSize(facts.used),
                   " are cache already, --cache-size is ", HumanSize(facts.size_asked));
  if (facts.free + facts.used < kLeastFree) {
    report.Add(Severity::kError, "cache-disk-full", evidence,
               "make room, or --cache DIR on another disk");
  } else if (facts.free + facts.used < facts.size_asked) {
    report.Add(Severity::kWarning, "cache-disk-small", evidence,
               absl::StrCat("--cache-size ", (facts.free + facts.used) * 9 / 10 >> 20,
                            "M, or --cache DIR on another disk"));
  } else {
    report.Fine(absl::StrCat(HumanSize(facts.free), " free"));
  }
}

void CheckAccess(const CacheFacts& facts, AreaReport& report) {
  if (!facts.unwritable.empty()) {
    return report.Add(Severity::kError, "cache-not-writable", facts.unwritable, "");
  }
  if (facts.there != facts.path) return;  // it will be made, for its owner alone
  if (!facts.is_own && facts.uid != 0) {
    report.Add(Severity::kWarning, "cache-of-another", facts.path + " belongs to another user",
               "a directory for each user: --cache DIR");
  }
  if ((facts.mode & 077) != 0) {
    report.Add(Severity::kWarning, "cache-open-to-others",
               absl::StrFormat("%s has mode %04o: others may see names of the bucket, or put files "
                               "there",
                               facts.path, facts.mode & 07777),
               "chmod 700 " + ShellWord(facts.path));
  }
}

void CheckFormat(const CacheFacts& facts, AreaReport& report) {
  const bool is_new = facts.format.empty() && !facts.has_catalog;
  if (is_new) return report.Fine("no cache there yet");
  const absl::string_view found = absl::StripSuffix(facts.format, "\n");
  if (found == absl::StrCat(kCacheFormat)) return report.Fine(absl::StrCat("format ", found));
  report.Add(Severity::kError, "cache-other-format",
             absl::StrCat(facts.path, " has format ", found.empty() ? "unknown" : TsvEscape(found),
                          ", this program writes format ", kCacheFormat),
             absl::StrCat("--cache DIR with another directory, or rm -r ", ShellWord(facts.path)));
}

void CheckSpeed(const CacheFacts& facts, AreaReport& report) {
  if (!facts.speed) {
    if (facts.unwritable.empty()) report.Unchecked("its speed", facts.speed_error);
    return;
  }
  const DiskSpeed& speed = *facts.speed;
  const std::string figures = absl::StrCat(HumanSize(speed.bytes), " written and synced at ",
                                           RateText(speed.bytes, speed.write), ", read at ",
                                           RateText(speed.bytes, speed.read));
  const bool is_slow =
      Rate(speed.bytes, speed.write) < kSlowWrite || Rate(speed.bytes, speed.read) < kSlowRead;
  if (!is_slow) return report.Fine(figures);
  report.Add(Severity::kWarning, "cache-disk-slow",
             absl::StrCat(facts.there, ": ", figures,
                          "; what is cached may be slower than what is fetched"),
             "--cache DIR on a faster disk, such as a local SSD");
}

uint64_t BytesOfBlocks(const std::string& path) {
  uint64_t bytes = 0;
  size_t seen = 0;
  std::error_code error;
  for (const char* part : {"blocks", "pinned"}) {
    auto file = std::filesystem::directory_iterator(JoinPath(path, part), error);
    for (; !error && file != std::filesystem::directory_iterator(); file.increment(error)) {
      if (++seen > kMostFiles) return bytes;
      struct stat info;
      if (lstat(file->path().c_str(), &info) == 0) bytes += uint64_t(info.st_blocks) * 512;
    }
  }
  return bytes;
}

std::string NearestThere(const std::string& path) {
  std::string there = path;
  while (access(there.c_str(), F_OK) != 0 && !DirName(there).empty()) {
    there = std::string(DirName(there));
  }
  return access(there.c_str(), F_OK) == 0 ? there : "/";
}

}  // namespace

std::string FileSystemOf(absl::string_view path, absl::string_view mountinfo) {
  std::string type;
  size_t longest = 0;
  for (const MountRow& mount : ParseMountRows(mountinfo)) {
    absl::string_view rest = path;
    absl::string_view place = mount.mountpoint;
    if (place == "/") place = "";
    const bool is_below =
        absl::ConsumePrefix(&rest, place) && (rest.empty() || absl::StartsWith(rest, "/"));
    // Of one place the last is what is seen.
    if (!is_below || place.size() < longest) continue;
    longest = place.size();
    type = mount.type;
  }
  return type;
}

CacheFacts GatherCache(const std::string& path, absl::string_view mountinfo) {
  CacheFacts facts{.path = path, .there = NearestThere(path), .uid = geteuid()};
  char real[PATH_MAX];
  facts.file_system =
      FileSystemOf(realpath(facts.there.c_str(), real) == nullptr ? facts.there : real, mountinfo);
  const absl::Status writable = CheckCacheDirWritable(path);
  facts.unwritable = std::string(writable.message());
  facts.format = ReadSmallFile(JoinPath(path, "VERSION")).value_or("");
  facts.has_catalog = access(JoinPath(path, "catalog").c_str(), F_OK) == 0;
  struct stat info;
  if (stat(facts.there.c_str(), &info) == 0) {
    facts.mode = info.st_mode;
    facts.is_own = info.st_uid == geteuid();
  }
  struct statvfs disk;
  if (statvfs(facts.there.c_str(), &disk) == 0) {
    facts.free = uint64_t{disk.f_bavail} * disk.f_frsize;
  }
  facts.used = BytesOfBlocks(path);
  absl::StatusOr<DiskSpeed> speed = MeasureDisk(facts.there);
  if (speed.ok()) facts.speed = *speed;
  facts.speed_error = std::string(speed.status().message());
  return facts;
}

AreaReport CheckCache(const CacheFacts& facts) {
  AreaReport report{.area = "cache"};
  CheckFileSystem(facts, report);
  CheckAccess(facts, report);
  CheckFormat(facts, report);
  CheckRoom(facts, report);
  CheckSpeed(facts, report);
  return report;
}

}  // namespace annofs::doctor

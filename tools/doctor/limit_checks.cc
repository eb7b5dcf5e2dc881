#include "tools/doctor/limit_checks.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/text.h"
#include "tools/people.h"

namespace annofs::doctor {
namespace {

// Threads that serve slow operations, and a few others (design: two lanes).
constexpr uint64_t kThreads = 1024 + 64;
// Beside the connections: /dev/fuse, files of the cache, control clients, the log.
constexpr uint64_t kOtherFiles = 128;
// Beside --memory: for the page cache, from which what was read is read again.
constexpr uint64_t kPageCache = uint64_t{64} << 20;
// Address space of the catalog's map where it is not what it is meant to be, so that a large
// catalog still fits.
constexpr uint64_t kLeastAddressSpace = uint64_t{64} << 30;
constexpr uint64_t kLargestRingFile = uint64_t{4} << 30;
constexpr uint64_t kRingFiles = 16;
constexpr absl::string_view kGroups = "/sys/fs/cgroup";
// Version 1 says "none" with a number near to 2^63.
constexpr uint64_t kAsGoodAsNone = uint64_t{1} << 60;

uint64_t SoftLimit(int resource) {
  rlimit limit{};
  if (getrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) return kNoLimit;
  return limit.rlim_cur == RLIM_INFINITY ? kNoLimit : limit.rlim_cur;
}

struct GroupFiles {
  absl::string_view most, used;
};

GroupFiles FilesOf(absl::string_view controller, bool is_v2) {
  if (controller == "pids") return {"pids.max", "pids.current"};
  if (is_v2) return {"memory.max", "memory.current"};
  return {"memory.limit_in_bytes", "memory.usage_in_bytes"};
}

std::optional<GroupLimit> LimitOfGroups(const HostFiles& host, absl::string_view controller) {
  const GroupPlace place = PlaceOfGroup(host.Read("/proc/self/cgroup").value_or(""), controller);
  if (place.directory.empty()) return std::nullopt;
  const GroupFiles files = FilesOf(controller, place.is_v2);
  GroupLimit least;
  for (absl::string_view directory = place.directory; absl::StartsWith(directory, kGroups);
       directory = DirName(directory)) {
    const std::string file = JoinPath(directory, files.most);
    const std::optional<uint64_t> most = host.ReadNumber(file);
    if (!most || *most >= std::min(least.most, kAsGoodAsNone)) continue;
    least = {file, *most, host.ReadNumber(JoinPath(directory, files.used)).value_or(0)};
  }
  return least;
}

void CheckFiles(const LimitFacts& facts, AreaReport& report) {
  const uint64_t needed = uint64_t(facts.connections) * 5 / 4 + kOtherFiles;
  if (facts.files >= needed) {
    return report.Fine(
        absl::StrCat("open files: ", facts.files == kNoLimit ? "no limit" : Grouped(facts.files)));
  }
  report.Add(Severity::kWarning, "few-open-files",
             absl::StrCat("at most ", Grouped(facts.files), " open files; a mount with ",
                          facts.connections, " connections uses up to ", Grouped(needed)),
             absl::StrCat("ulimit -n 4096 (systemd: LimitNOFILE=4096), or fewer --connections"));
}

void CheckThreads(const LimitFacts& facts, AreaReport& report) {
  const size_t before = report.findings.size();
  if (facts.is_bound_by_processes && facts.processes < kThreads) {
    report.Add(Severity::kWarning, "few-processes",
               absl::StrCat("at most ", Grouped(facts.processes),
                            " processes and threads of this user; a mount whose reads wait uses up "
                            "to ",
                            Grouped(kThreads), " threads"),
               "ulimit -u 4096 (systemd: LimitNPROC=4096)");
  }
  if (facts.tasks) {
    const uint64_t left = facts.tasks->most - std::min(facts.tasks->used, facts.tasks->most);
    if (left < kThreads) {
      report.Add(Severity::kWarning, "few-tasks-in-group",
                 absl::StrCat(facts.tasks->file, ": ", Grouped(left), " more threads of ",
                              Grouped(facts.tasks->most), "; a mount whose reads wait uses up to ",
                              Grouped(kThreads)),
                 "raise the bound: systemd TasksMax=4096, Docker --pids-limit 4096");
    }
  }
  if (report.findings.size() == before) report.Fine("enough threads");
}

void CheckSizes(const LimitFacts& facts, AreaReport& report) {
  if (facts.address_space < kLeastAddressSpace + facts.cache_size) {
    report.Add(Severity::kWarning, "little-address-space",
               absl::StrCat("at most ", HumanSize(facts.address_space),
                            " of address space: cache and catalog are mapped files, and a large "
                            "catalog would not fit"),
               "ulimit -v unlimited (systemd: LimitAS=infinity)");
  }
  const uint64_t ring = std::min(facts.cache_size / kRingFiles, kLargestRingFile);
  if (facts.file_size < std::max<uint64_t>(ring, uint64_t{1} << 30)) {
    report.Add(Severity::kWarning, "small-files-only",
               absl::StrCat("files of at most ", HumanSize(facts.file_size),
                            ": cache and catalog cannot grow as large as they are to be"),
               "ulimit -f unlimited (systemd: LimitFSIZE=infinity)");
  }
}

void CheckMemory(const LimitFacts& facts, AreaReport& report) {
  if (!facts.memory) return report.Unchecked("the memory bound", "no control group is seen");
  const GroupLimit& bound = *facts.memory;
  if (bound.most == kNoLimit) return report.Fine("memory: no bound");
  const std::string evidence = absl::StrCat(
      bound.file, ": ", HumanSize(bound.most), "; --memory is ", HumanSize(facts.memory_asked),
      ", and what is left holds the page cache of the files that are read");
  const std::string remedy = absl::StrCat(
      "raise the bound (systemd: MemoryMax=, Docker: --memory), or a smaller --memory "
      "(at least 128M)");
  if (bound.most < facts.memory_asked) {
    report.Add(Severity::kError, "memory-bound-too-low", evidence, remedy);
  } else if (bound.most < facts.memory_asked + kPageCache) {
    report.Add(Severity::kWarning, "memory-bound-low", evidence, remedy);
  } else {
    report.Fine(absl::StrCat("memory: ", HumanSize(bound.most), " in this control group"));
  }
}

}  // namespace

GroupPlace PlaceOfGroup(absl::string_view groups, absl::string_view controller) {
  GroupPlace place;
  for (absl::string_view line : absl::StrSplit(groups, '\n', absl::SkipEmpty())) {
    const std::vector<absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() != 3) continue;
    const absl::string_view path = parts[2] == "/" ? "" : parts[2];
    if (parts[1].empty()) {
      if (place.directory.empty()) place = {absl::StrCat(kGroups, path), true};
    } else if (absl::c_linear_search(absl::StrSplit(parts[1], ','), controller)) {
      place = {absl::StrCat(kGroups, "/", parts[1], path), false};
    }
  }
  return place;
}

LimitFacts GatherLimits(const HostFiles& host) {
  return {.files = SoftLimit(RLIMIT_NOFILE),
          .processes = SoftLimit(RLIMIT_NPROC),
          .address_space = SoftLimit(RLIMIT_AS),
          .file_size = SoftLimit(RLIMIT_FSIZE),
          .is_bound_by_processes = geteuid() != 0,
          .memory = LimitOfGroups(host, "memory"),
          .tasks = LimitOfGroups(host, "pids")};
}

AreaReport CheckLimits(const LimitFacts& facts) {
  AreaReport report{.area = "limits"};
  CheckFiles(facts, report);
  CheckThreads(facts, report);
  CheckSizes(facts, report);
  CheckMemory(facts, report);
  return report;
}

}  // namespace annofs::doctor

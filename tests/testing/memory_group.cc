#include "tests/testing/memory_group.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"

namespace annofs::testing {
namespace {

constexpr char kController[] = "/sys/fs/cgroup/memory";

}  // namespace

absl::StatusOr<std::unique_ptr<MemoryGroup>> MemoryGroup::Make(uint64_t limit_bytes) {
  static int made = 0;
  const std::string path = absl::StrCat(kController, "/annofs-test-", getpid(), "-", ++made);
  if (mkdir(path.c_str(), 0755) != 0) {
    return absl::UnavailableError(
        absl::StrCat("no memory group can be made: ", ErrnoToStatus(errno, path).message()));
  }
  auto group = std::unique_ptr<MemoryGroup>(new MemoryGroup(path));
  std::ofstream limit(path + "/memory.limit_in_bytes");
  if (!(limit << limit_bytes << std::flush))
    return absl::UnavailableError(absl::StrCat(path, " takes no limit"));
  return group;
}

MemoryGroup::~MemoryGroup() { rmdir(path_.c_str()); }

std::vector<std::string> MemoryGroup::Inside(const std::vector<std::string>& argv) const {
  std::vector<std::string> all = {"/bin/sh", "-c", "echo $$ >\"$0\" && exec \"$@\"",
                                  path_ + "/cgroup.procs"};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

int64_t MemoryGroup::killed() const {
  for (absl::string_view line : absl::StrSplit(Text("memory.oom_control"), '\n')) {
    int64_t number = 0;
    if (absl::ConsumePrefix(&line, "oom_kill ") && absl::SimpleAtoi(line, &number)) return number;
  }
  return -1;
}

uint64_t MemoryGroup::peak_bytes() const {
  uint64_t bytes = 0;
  return absl::SimpleAtoi(Text("memory.max_usage_in_bytes"), &bytes) ? bytes : 0;
}

std::string MemoryGroup::Text(absl::string_view file) const {
  std::ifstream stream(absl::StrCat(path_, "/", file));
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace annofs::testing

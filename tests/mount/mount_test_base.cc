#include "tests/mount/mount_test_base.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "tests/testing/files.h"

namespace annofs::testing {

bool IsMounted(const std::string& mountpoint) {
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    if (absl::StrContains(line, absl::StrCat(" ", mountpoint, " "))) return true;
  }
  return false;
}

void MountTest::SetUp() {
  if (access("/dev/fuse", R_OK | W_OK) != 0)
    GTEST_SKIP() << "no usable /dev/fuse: kernel tests are left out";
}

void MountTest::TearDown() {
  if (emulator_) (void)emulator_->ClearFaults();
  for (const std::string& mountpoint : mounted_) {
    if (IsMounted(mountpoint)) umount2(mountpoint.c_str(), MNT_DETACH);
  }
}

void MountTest::Serve(const std::string& directory, const std::vector<std::string>& arguments) {
  absl::StatusOr<std::unique_ptr<EmulatorProcess>> started =
      EmulatorProcess::Start({{"b", Path(directory)}}, arguments);
  ASSERT_TRUE(started.ok()) << started.status();
  emulator_ = *std::move(started);
}

int64_t MountTest::Requests(const std::string& operation) { return Count("requests", operation); }

int64_t MountTest::Bytes(const std::string& operation) { return Count("bytes", operation); }

int64_t MountTest::Count(const std::string& what, const std::string& operation) {
  absl::StatusOr<std::string> text = emulator_->Counters();
  EXPECT_TRUE(text.ok()) << text.status();
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(text.ok() ? *text : "{}");
  return json.ok() ? json->root()[what].IntOr(operation, 0) : -1;
}

void MountTest::ResetCounters() {
  Sh(absl::StrCat("curl -sf -X POST ", emulator_->url(), "/__emu/reset"));
}

std::vector<std::pair<std::string, std::string>> MountTest::Environment() const {
  if (!emulator_) return {};
  return {{"B2_APPLICATION_KEY_ID", emulator_->key_id()}, {"B2_APPLICATION_KEY", emulator_->key()}};
}

ProcessResult MountTest::Annofs(std::vector<std::string> arguments) {
  std::vector<std::string> argv = {AnnofsProgram()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  bool takes_cache = arguments[0] == "mount" || arguments[0] == "ls" || arguments[0] == "cat" ||
                     arguments[0] == "export" || arguments[0] == "index" ||
                     arguments[0] == "warm" || arguments[0] == "cache";
  takes_cache &= !absl::c_linear_search(arguments, "--cache");
  if (takes_cache) argv.insert(argv.begin() + 2, {"--cache", Path("cache")});
  absl::StatusOr<ProcessResult> result =
      RunProcess({.argv = argv, .env = Environment()}, absl::Seconds(90));
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : ProcessResult{};
}

std::unique_ptr<Process> MountTest::StartAnnofs(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), AnnofsProgram());
  absl::StatusOr<std::unique_ptr<Process>> process =
      Process::Start({.argv = std::move(arguments), .env = Environment()});
  EXPECT_TRUE(process.ok()) << process.status();
  return process.ok() ? *std::move(process) : nullptr;
}

std::string MountTest::Mount(const std::string& source, const std::string& name,
                             std::vector<std::string> arguments) {
  std::string mountpoint = Path(name);
  mkdir(mountpoint.c_str(), 0755);
  arguments.insert(arguments.begin(), {"mount", source, mountpoint});
  mounted_.push_back(mountpoint);
  ProcessResult result = Annofs(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(IsMounted(mountpoint));
  return mountpoint;
}

std::string MountTest::MountBucket(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--endpoint", emulator_->url()});
  return Mount("b2://b", "mnt", std::move(arguments));
}

std::unique_ptr<Process> MountTest::MountInForeground(const std::string& mountpoint,
                                                      std::vector<std::string> arguments,
                                                      const MemoryGroup* group) {
  mkdir(mountpoint.c_str(), 0755);
  mounted_.push_back(mountpoint);
  std::vector<std::string> argv = {AnnofsProgram(), "mount",       "-f",
                                   "--cache",       Path("cache"), "b2://b",
                                   mountpoint,      "--endpoint",  emulator_->url()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  if (group != nullptr) argv = group->Inside(argv);
  absl::StatusOr<std::unique_ptr<Process>> process =
      Process::Start({.argv = argv, .env = Environment()});
  EXPECT_TRUE(process.ok()) << process.status();
  for (int i = 0; i < 200 && !IsMounted(mountpoint); ++i) absl::SleepFor(absl::Milliseconds(50));
  EXPECT_TRUE(IsMounted(mountpoint));
  return process.ok() ? *std::move(process) : nullptr;
}

void MountTest::Unmount(const std::string& mountpoint) {
  ProcessResult result = Annofs({"umount", mountpoint});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_FALSE(IsMounted(mountpoint));
}

bool MountTest::OverlayIsPermitted() {
  return TrySh(
             "mkdir -p try/lower try/upper try/work try/at && mount -t overlay annofs-try -o "
             "lowerdir=try/lower,upperdir=try/upper,workdir=try/work try/at && umount try/at")
             .exit_code == 0;
}

ProcessResult MountTest::TrySh(const std::string& command) {
  absl::StatusOr<ProcessResult> result = RunProcess(
      {.argv = {"/bin/bash", "-c", command}, .directory = dir_.path()}, absl::Seconds(90));
  EXPECT_TRUE(result.ok()) << command << ": " << result.status();
  return result.ok() ? *result : ProcessResult{};
}

std::string MountTest::Sh(const std::string& command) {
  ProcessResult result = TrySh(command);
  EXPECT_EQ(result.exit_code, 0) << command << "\n" << result.err;
  return result.out;
}

std::string MountTest::Read(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  EXPECT_TRUE(text.ok()) << path << ": " << text.status();
  return text.ok() ? *text : "";
}

void MountTest::Write(const std::string& name, absl::string_view content) {
  absl::Status status = WriteFile(Path(name), content);
  ASSERT_TRUE(status.ok()) << status;
}

void MountTest::MakeLightweightBucket() {
  Sh(absl::StrCat("cp -r '", Fixture("backups_derived/bucket_media_for_lightweight"),
                  "' bucket && cp '", Fixture("backups_derived/task_images_lightweight.zip"),
                  "' bucket/"));
}

}  // namespace annofs::testing

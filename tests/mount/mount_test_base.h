// What tests on a real mount share: buckets served by the emulator, mounts by the program itself,
// shell commands on them. Everything is unmounted and ended when a test ends, also when it fails.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/testing/emulator_process.h"
#include "tests/testing/files.h"
#include "tests/testing/memory_group.h"
#include "tests/testing/process.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {

class MountTest : public ::testing::Test {
 protected:
  void SetUp() override;     // skips, with the reason, where /dev/fuse is absent
  void TearDown() override;  // unmounts

  // A path below the test's directory.
  std::string Path(const std::string& name) const { return dir_ / name; }

  // Serves Path(directory) as bucket "b".
  void Serve(const std::string& directory, const std::vector<std::string>& arguments = {});
  // The emulator's count of an operation since the last ResetCounters(); "total" for all.
  int64_t Requests(const std::string& operation);
  // Bytes of the bodies that it was answered with.
  int64_t Bytes(const std::string& operation);
  void ResetCounters();

  // `annofs ARGUMENTS…` with the emulator's keys in its environment and the test's cache directory
  // where it takes one.
  ProcessResult Annofs(std::vector<std::string> arguments);
  // The same as a process that runs, without a cache directory but the one that is given.
  std::unique_ptr<Process> StartAnnofs(std::vector<std::string> arguments);
  // Mounts at Path(name) and expects it to work. `arguments`: further options.
  std::string Mount(const std::string& source, const std::string& name = "mnt",
                    std::vector<std::string> arguments = {});
  // The bucket "b" of the emulator.
  std::string MountBucket(std::vector<std::string> arguments = {});
  // The same in the foreground, as a process that can be killed; in a memory group, if one is
  // given.
  std::unique_ptr<Process> MountInForeground(const std::string& mountpoint,
                                             std::vector<std::string> arguments = {},
                                             const MemoryGroup* group = nullptr);
  void Unmount(const std::string& mountpoint);

  // Whether --scratch works here, by the kernel's overlayfs: it needs root.
  bool OverlayIsPermitted();

  // A shell command; expects it to succeed and answers what it printed.
  std::string Sh(const std::string& command);
  // Its exit code and streams, whatever it did.
  ProcessResult TrySh(const std::string& command);

  std::string Read(const std::string& path);
  void Write(const std::string& name, absl::string_view content);
  // The lightweight backup beside its media, in Path("bucket").
  void MakeLightweightBucket();

  std::unique_ptr<EmulatorProcess> emulator_;

 private:
  std::vector<std::pair<std::string, std::string>> Environment() const;
  int64_t Count(const std::string& what, const std::string& operation);
  TempDir dir_;
  std::vector<std::string> mounted_;
};

bool IsMounted(const std::string& mountpoint);

}  // namespace annofs::testing

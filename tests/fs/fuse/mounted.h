// A session on a directory of its own, unmounted at the end of the test whatever happens.
#pragma once

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "cache/base/counters.h"
#include "fs/fuse/session.h"
#include "tests/fs/fuse/fake_tree.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {

// Polls until `done` or the time is up; true if done.
template <typename Done>
bool WaitUntil(Done done, absl::Duration timeout = absl::Seconds(10)) {
  for (absl::Time end = absl::Now() + timeout; absl::Now() < end;
       absl::SleepFor(absl::Milliseconds(5)))
    if (done()) return true;
  return done();
}

class Mounted {
 public:
  explicit Mounted(FakeTree& tree, SessionOptions options = {}) {
    options.mountpoint = directory_.path();
    if (options.source_name.empty()) options.source_name = "b2://bucket";
    absl::StatusOr<std::unique_ptr<Session>> session = MountSession(tree, counters_, options);
    if (!session.ok()) {
      ADD_FAILURE() << session.status();
      return;
    }
    session_ = *std::move(session);
    thread_ = std::thread([this] { result_ = session_->Run(); });
  }
  ~Mounted() {
    Stop();
    umount2(path().c_str(), MNT_DETACH);
  }

  const std::string& path() const { return directory_.path(); }
  std::string operator/(absl::string_view name) const { return directory_ / name; }
  uint64_t Count(absl::string_view op) { return counters_.Get(absl::StrCat("fuse.", op)).value(); }
  Session& session() { return *session_; }

  // Waits for Run() to end by itself.
  absl::Status Join() {
    if (thread_.joinable()) thread_.join();
    return result_;
  }
  void Stop() {
    if (session_ != nullptr) session_->Stop();
    Join().IgnoreError();
    session_.reset();
  }

 private:
  TempDir directory_;
  Counters counters_;
  std::unique_ptr<Session> session_;
  absl::Status result_;
  std::thread thread_;
};

class MountTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (access("/dev/fuse", R_OK | W_OK) != 0) GTEST_SKIP() << "/dev/fuse cannot be opened here";
    if (geteuid() != 0) GTEST_SKIP() << "these mounts are made as root";
  }
};

}  // namespace annofs::testing

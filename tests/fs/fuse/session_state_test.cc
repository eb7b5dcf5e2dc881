// What a session says of itself while it serves, and when it is stuck.
#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <vector>

#include "absl/strings/match.h"
#include "absl/synchronization/notification.h"
#include "tests/fs/fuse/mounted.h"

namespace annofs {
namespace {

using testing::FakeTree;
using testing::Mounted;
using testing::WaitUntil;

class SessionStateTest : public testing::MountTest {};

// A bug: a lookup of "hang" holds the worker.
class HangingTree : public FakeTree {
 public:
  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context) override {
    if (absl::StartsWith(name, "hang")) {
      ++hanging;
      go_on.WaitForNotification();
      --hanging;
    }
    return FakeTree::Lookup(directory, name, context);
  }
  std::atomic<int> hanging{0};
  absl::Notification go_on;
};

void Stat(const std::string& path) {
  struct stat info {};
  EXPECT_TRUE(stat(path.c_str(), &info) == 0 || errno != 0);
}

TEST_F(SessionStateTest, AnIdleMountAnswers) {
  FakeTree tree;
  Mounted mount(tree, {.workers = 3});
  EXPECT_TRUE(WaitUntil([&] { return mount.session().State().workers == 3; }));
  EXPECT_TRUE(mount.session().Answers());
  EXPECT_EQ(mount.session().State().waiting, 0u);
}

TEST_F(SessionStateTest, AMountWhoseWorkersHangDoesNotAnswerUntilTheyGoOn) {
  HangingTree tree;
  Mounted mount(tree, {.workers = 2, .stuck = absl::Milliseconds(100)});
  std::vector<std::thread> callers;
  callers.emplace_back([&] { Stat(mount / "hang1"); });
  EXPECT_TRUE(WaitUntil([&] { return tree.hanging == 1; }));
  absl::SleepFor(absl::Milliseconds(150));
  EXPECT_TRUE(mount.session().Answers()) << "one worker is free";
  EXPECT_EQ(mount.session().State().busy_workers, 1);
  EXPECT_GE(mount.session().State().longest_busy, absl::Milliseconds(100));
  callers.emplace_back([&] { Stat(mount / "hang2"); });
  EXPECT_TRUE(WaitUntil([&] { return tree.hanging == 2; }));
  EXPECT_TRUE(WaitUntil([&] { return !mount.session().Answers(); }));
  tree.go_on.Notify();
  for (std::thread& caller : callers) caller.join();
  EXPECT_TRUE(WaitUntil([&] { return mount.session().Answers(); }));
}

TEST_F(SessionStateTest, AMountWhoseStoreIsSlowAnswersAndSaysWhatWaits) {
  FakeTree tree;
  tree.AddFile("slow", {.text = "text", .read_delay = absl::Seconds(20)});
  Mounted mount(tree, {.timeout = absl::Seconds(30), .stuck = absl::Milliseconds(100)});
  std::thread reader([&] {
    char byte = 0;
    const int file = open((mount / "slow").c_str(), O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(read(file, &byte, 1), -1);
    close(file);
  });
  EXPECT_TRUE(WaitUntil([&] { return tree.waiting == 1; }));
  absl::SleepFor(absl::Milliseconds(150));
  EXPECT_TRUE(mount.session().Answers());
  const SessionState state = mount.session().State();
  EXPECT_EQ(state.waiting, 1u);
  ASSERT_EQ(state.oldest.size(), 1u);
  EXPECT_EQ(state.oldest[0].name, "read");
  EXPECT_GE(state.oldest[0].age, absl::Milliseconds(150));
  EXPECT_GT(state.oldest[0].left, absl::Seconds(20));
  EXPECT_GE(state.slow_threads, 1u);
  mount.session().Stop();
  reader.join();
  EXPECT_TRUE(WaitUntil([&] { return !mount.session().Answers(); })) << "it has been stopped";
}

}  // namespace
}  // namespace annofs

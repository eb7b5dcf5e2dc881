// Answers, interrupts, deadlines and Stop() all at once. What it promises is that nothing hangs;
// the sanitizers see the rest.
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include <cerrno>

#include "tests/fs/fuse/mounted.h"

namespace annofs {
namespace {

using testing::FakeTree;
using testing::Mounted;
class StressTest : public testing::MountTest {};

constexpr int kCallers = 8;

// Callers that look slow names up, each a new one, until told to end or refused; an interrupted one
// goes on.
class Callers {
 public:
  explicit Callers(const Mounted& mount) {
    for (int t = 0; t < kCallers; ++t) {
      threads_.emplace_back([this, &mount, t] {
        struct stat info;
        for (int i = 0; !end_; ++i, ++calls_)
          stat((mount / absl::StrCat(i % 5 == 0 ? "slower" : "slow", t, "-", i)).c_str(), &info);
      });
    }
  }
  ~Callers() {
    end_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  void Signal() {
    for (std::thread& thread : threads_) pthread_kill(thread.native_handle(), SIGUSR1);
  }
  int calls() const { return calls_; }

 private:
  std::atomic<bool> end_{false};
  std::atomic<int> calls_{0};
  std::vector<std::thread> threads_;
};

// Every name has a delay: most of a millisecond or so, some longer than the deadline.
class SlowTree : public FakeTree {
 public:
  absl::StatusOr<NodeAttr> Lookup(NodeId, absl::string_view name,
                                  const CallContext& context) override {
    if (context.lane == Lane::kFast) return WouldBlock();
    bool slower = name.find("slower") == 0;
    absl::SleepFor(slower ? absl::Milliseconds(30) : absl::Microseconds(500));
    RETURN_IF_ERROR(context.Check());
    return NodeAttr{.id = NodeId::Bucket(2 + std::hash<std::string>()(std::string(name)) % 1000000),
                    .size = name.size()};
  }
};

TEST_F(StressTest, StopAmidTrafficAndInterruptsEndsPromptly) {
  struct sigaction old, handler{};
  handler.sa_handler = [](int) {};
  sigaction(SIGUSR1, &handler, &old);
  for (int round = 0; round < 10; ++round) {
    SlowTree tree;
    Mounted mount(tree, {.timeout = absl::Milliseconds(20)});
    Callers callers(mount);
    for (int i = 0; i < 20; ++i) {
      callers.Signal();
      absl::SleepFor(absl::Milliseconds(2));
    }
    EXPECT_GT(callers.calls(), 0);
    absl::Time start = absl::Now();
    std::thread also([&] { mount.session().Stop(); });
    mount.session().Stop();
    EXPECT_TRUE(mount.Join().ok());
    also.join();
    EXPECT_LT(absl::Now() - start, absl::Seconds(10));
  }
  sigaction(SIGUSR1, &old, nullptr);
}

}  // namespace
}  // namespace annofs

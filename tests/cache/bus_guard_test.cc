#include "cache/bus_guard.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "gtest/gtest.h"
#include "tests/cache/forked_child.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::ForkedChild;
using testing::TempDir;
using testing::WriteFile;

// A page that its file has not.
class CutFile {
 public:
  CutFile() {
    EXPECT_TRUE(WriteFile(dir_ / "file", std::string(4096, 'x')).ok());
    const int fd = open((dir_ / "file").c_str(), O_RDWR | O_CLOEXEC);
    map_ = static_cast<volatile char*>(mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd, 0));
    EXPECT_EQ(ftruncate(fd, 0), 0);
    close(fd);
  }
  ~CutFile() { munmap(const_cast<char*>(map_), 4096); }
  char Read() const { return *map_; }

 private:
  TempDir dir_;
  volatile char* map_;
};

TEST(BusGuardTest, WhatDoesNotFaultIsRunToItsEnd) {
  int runs = 0;
  EXPECT_TRUE(RunGuarded(MapFaults::kCut, [&] { ++runs; }));
  EXPECT_EQ(runs, 1);
}

TEST(BusGuardTest, APageThatIsNotThereEndsTheReadAndNotTheProcess) {
  const CutFile file;
  for (MapFaults faults : {MapFaults::kCut, MapFaults::kGarbage}) {
    for (int again = 0; again < 3; ++again) {
      bool passed = false;
      EXPECT_FALSE(RunGuarded(faults, [&] {
        file.Read();
        passed = true;
      }));
      EXPECT_FALSE(passed);
    }
  }
}

TEST(BusGuardTest, TheInnerGuardIsLeftAndTheOuterGoesOn) {
  const CutFile file;
  bool inner = true;
  bool passed = false;
  EXPECT_TRUE(RunGuarded(MapFaults::kCut, [&] {
    inner = RunGuarded(MapFaults::kCut, [&] { file.Read(); });
    passed = true;
  }));
  EXPECT_FALSE(inner);
  EXPECT_TRUE(passed);
  EXPECT_FALSE(RunGuarded(MapFaults::kCut, [&] {
    RunGuarded(MapFaults::kCut, [] {});
    file.Read();
  })) << "the outer one is guarded again after the inner one has ended";
}

TEST(BusGuardTest, AnImpossiblePointerIsLeftOnlyWhereItIsExpected) {
  volatile char* nowhere = reinterpret_cast<volatile char*>(8);
  EXPECT_FALSE(RunGuarded(MapFaults::kGarbage, [&] { *nowhere; }));
  ForkedChild child([&](ForkedChild&) {
    signal(SIGSEGV, SIG_DFL);
    RunGuarded(MapFaults::kCut, [] {});
    RunGuarded(MapFaults::kCut, [&] { *nowhere; });
    return 0;
  });
  EXPECT_NE(child.Wait(), 0);
}

TEST(BusGuardTest, ALibraryCanLeaveItsGuard) {
  bool passed = false;
  EXPECT_FALSE(RunGuarded(MapFaults::kGarbage, [&] {
    LeaveGuard();
    passed = true;
  }));
  EXPECT_FALSE(passed);
  LeaveGuard();
  EXPECT_TRUE(RunGuarded(MapFaults::kCut, [] { LeaveGuard(); }));
}

TEST(BusGuardTest, AFaultOutsideOfAGuardEndsTheProcessAsBefore) {
  const CutFile file;
  ForkedChild child([&](ForkedChild&) {
    RunGuarded(MapFaults::kCut, [&] { file.Read(); });
    file.Read();
    return 0;
  });
  EXPECT_NE(child.Wait(), 0);
}

TEST(BusGuardTest, ASignalThatAnotherProcessSentIsNoFault) {
  ForkedChild child([&](ForkedChild&) {
    RunGuarded(MapFaults::kCut, [] { raise(SIGBUS); });
    return 0;
  });
  EXPECT_NE(child.Wait(), 0);
}

}  // namespace
}  // namespace annofs

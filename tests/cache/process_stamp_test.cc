#include "cache/process_stamp.h"

#include "gtest/gtest.h"
#include "tests/cache/forked_child.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

TEST(ProcessStamp, ThisProcessIsAliveAlsoAfterEncoding) {
  const ProcessStamp stamp = ThisProcess();
  EXPECT_TRUE(IsAlive(stamp));
  EXPECT_EQ(DecodeStamp(EncodeStamp(stamp)), stamp);
}

TEST(ProcessStamp, AChildIsAliveUntilItEnds) {
  testing::TempDir dir;
  testing::ForkedChild child([&](testing::ForkedChild& self) {
    if (!testing::WriteFile(dir / "stamp", EncodeStamp(ThisProcess())).ok()) return 1;
    self.Say();
    self.AwaitWord();
    return 0;
  });
  ASSERT_TRUE(child.Hear());
  const auto stamp = DecodeStamp(testing::ReadFile(dir / "stamp").value());
  ASSERT_TRUE(stamp.has_value());
  EXPECT_TRUE(IsAlive(*stamp));
  child.Kill();
  EXPECT_FALSE(IsAlive(*stamp));
}

TEST(ProcessStamp, AnotherProcessWithThePidIsNot) {
  ProcessStamp stamp = ThisProcess();
  ++stamp.start;
  EXPECT_FALSE(IsAlive(stamp));
}

TEST(ProcessStamp, NoneLivesOnAfterAReboot) {
  ProcessStamp stamp = ThisProcess();
  ++stamp.boot;
  EXPECT_FALSE(IsAlive(stamp));
}

TEST(ProcessStamp, AProcessThatCannotBeJudgedCountsAsAlive) {
  ProcessStamp stamp = ThisProcess();
  ++stamp.space;
  ++stamp.start;
  EXPECT_TRUE(IsAlive(stamp));
}

TEST(ProcessStamp, OtherTextIsNoStamp) { EXPECT_EQ(DecodeStamp("abc"), std::nullopt); }

}  // namespace
}  // namespace annofs

// Outputs that grow, what others do to their names meanwhile, and names of formats.
#include "tools/export_output.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/testing/files.h"
#include "tests/testing/small_disk.h"
#include "tests/testing/temp_dir.h"
#include "tools/export_format.h"
#include "tools/export_sink.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::ReadFile;
using testing::SmallDisk;
using testing::TempDir;
using testing::WriteFile;

class ExportOutputTest : public ::testing::Test {
 protected:
  // With one file in it.
  PartialDirectory Grown(const std::string& what = "view") {
    absl::StatusOr<PartialDirectory> partial = PartialDirectory::Open(output_, what);
    EXPECT_TRUE(partial.ok()) << partial.status();
    EXPECT_TRUE(WriteFile(partial->path() + "/file", "new").ok());
    return *std::move(partial);
  }
  size_t Names() {
    std::filesystem::directory_iterator all(dir_.path());
    return size_t(std::distance(begin(all), end(all)));
  }

  TempDir dir_;
  const std::string output_ = dir_ / "out";
};

TEST_F(ExportOutputTest, WhatHasComeMeanwhileIsNotReplaced) {
  PartialDirectory directory = Grown();
  ASSERT_TRUE(WriteFile(output_ + "/theirs", "theirs").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(directory.PublishDirectory(output_, false)));
  EXPECT_EQ(*ReadFile(output_ + "/theirs"), "theirs");
  const std::string zip = dir_ / "out.zip";
  ASSERT_TRUE(WriteFile(zip, "theirs").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(directory.PublishFile("file", zip, false)));
  EXPECT_EQ(*ReadFile(zip), "theirs");
  EXPECT_EQ(*ReadFile(directory.path() + "/file"), "new");
}

TEST_F(ExportOutputTest, WhatIsReplacedIsGone) {
  ASSERT_TRUE(WriteFile(output_ + "/theirs", "theirs").ok());
  EXPECT_TRUE(Grown().PublishDirectory(output_, true).ok());
  EXPECT_EQ(*ReadFile(output_ + "/file"), "new");
  EXPECT_FALSE(std::filesystem::exists(output_ + "/theirs"));
  EXPECT_FALSE(std::filesystem::exists(output_ + "/" + kStateName));
  EXPECT_EQ(Names(), 1u);
  const std::string zip = dir_ / "out.zip";
  ASSERT_TRUE(WriteFile(zip, "theirs").ok());
  EXPECT_TRUE(Grown().PublishFile("file", zip, true).ok());
  EXPECT_EQ(*ReadFile(zip), "new");
  EXPECT_EQ(Names(), 2u);
}

TEST_F(ExportOutputTest, OnlyTheSameIsGoneOnWith) {
  { EXPECT_FALSE(Grown("one").is_continued()); }
  { EXPECT_TRUE(Grown("one").is_continued()); }
  absl::StatusOr<PartialDirectory> other = PartialDirectory::Open(output_, "one and more");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_FALSE(other->is_continued());
  EXPECT_FALSE(std::filesystem::exists(other->path() + "/file"));
}

TEST_F(ExportOutputTest, OneIsNotOpenedTwice) {
  PartialDirectory first = Grown();
  EXPECT_TRUE(absl::IsFailedPrecondition(PartialDirectory::Open(output_, "view").status()));
  EXPECT_EQ(*ReadFile(first.path() + "/file"), "new");
}

TEST_F(ExportOutputTest, OfOneThatCannotBeginNothingIsLeft) {
  SmallDisk disk(1 << 20);
  if (!disk.mounted()) GTEST_SKIP() << "no right to mount a tmpfs";
  disk.Fill(0);
  absl::StatusOr<PartialDirectory> full = PartialDirectory::Open(disk.path() + "/out", "view");
  EXPECT_TRUE(absl::IsResourceExhausted(full.status())) << full.status();
  EXPECT_FALSE(std::filesystem::exists(disk.path() + "/out.partial"));
  absl::StatusOr<PartialDirectory> nowhere = PartialDirectory::Open(dir_ / "no/out", "view");
  EXPECT_THAT(nowhere.status().message(), HasSubstr("make the directory of it first"));
}

TEST(ExportReaderTest, WhatTakesLongerThanOneCallMayIsWaitedFor) {
  const Settings settings{.timeout = absl::Milliseconds(10)};
  Cancellation interrupt;
  int calls = 0;
  auto third = [&calls](const CallContext& context) {
    if (++calls == 3) return absl::OkStatus();
    while (context.Remaining() > absl::ZeroDuration()) absl::SleepFor(absl::Milliseconds(1));
    return context.Check();
  };
  EXPECT_TRUE(Patiently(settings, interrupt, third).ok());
  EXPECT_EQ(calls, 3);
}

TEST(ExportReaderTest, WhatHasADeadlineOfItsOwnOrIsInterruptedIsNotTriedAgain) {
  const Settings settings{.timeout = absl::Seconds(60)};
  Cancellation interrupt;
  int calls = 0;
  auto own = [&calls](const CallContext&) {
    ++calls;
    return absl::DeadlineExceededError("the store does not answer");
  };
  EXPECT_TRUE(absl::IsDeadlineExceeded(Patiently(settings, interrupt, own)));
  EXPECT_EQ(calls, 1);
  auto interrupted = [&interrupt](const CallContext& context) {
    interrupt.Cancel();
    return context.Check();
  };
  EXPECT_TRUE(absl::IsCancelled(Patiently(settings, interrupt, interrupted)));
}

TEST(ExportFormatTest, NamesThatAreNearAreTold) {
  EXPECT_EQ(WrongFormat("COCO 1.0"), "");
  EXPECT_THAT(WrongFormat("coco 1.0"), HasSubstr("near to it: \"COCO 1.0\" ("));
  EXPECT_THAT(WrongFormat("yolo"), Not(HasSubstr("COCO")));
  EXPECT_THAT(WrongFormat("TFRecord 1.0"), HasSubstr("\"COCO 1.0\", \"COCO Keypoints 1.0\""));
  EXPECT_THAT(WrongFormat(""), HasSubstr("`annofs formats`"));
}

}  // namespace
}  // namespace annofs

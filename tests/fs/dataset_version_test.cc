// What those who wait for a dataset's index learn of it.
#include "fs/dataset_version.h"

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

using Phase = BuildProgress::Phase;

// Reads 50 bytes, pushes two frames and three shapes, and then waits until it may go on.
class WaitingReader : public Reader {
 public:
  ReaderInfo Info() const override { return {.name = "waiting"}; }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source&) const override { return std::nullopt; }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    EXPECT_TRUE(source.Read(0, 50).ok());
    sink.AddLabel({.name = "car"});
    const uint32_t frame = sink.AddFrame({.name = "a.jpg"}).value();
    sink.AddFrame({.name = "b.jpg"}).value();
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(sink.AddShape(frame, {.points = {1, 1, 2, 2}}).ok());
    }
    waits.Notify();
    may_go_on.WaitForNotification();
    return absl::OkStatus();
  }
  mutable absl::Notification waits, may_go_on;
};

class DatasetVersionTest : public ::testing::Test {
 protected:
  ~DatasetVersionTest() override {
    if (!reader_.may_go_on.HasBeenNotified()) reader_.may_go_on.Notify();
  }
  absl::Status OpenFor(absl::Duration time) {
    return version_->Open({.deadline = absl::Now() + time}).status();
  }

  MemoryStore store_;
  const FoundSource source_{.object = store_.Put("a.xml", std::string(200, 'x')),
                            .reader = &reader_};
  TempDir directory_;
  CacheDir cache_ =
      OpenCacheDir({.path = directory_ / "cache", .block_bytes = uint64_t{16} << 20}).value();
  Counters counters_;
  const std::unique_ptr<Catalog> catalog_ = OpenCatalog(*cache_.catalog, store_, {}).value();
  const std::unique_ptr<ObjectReader> objects_ =
      NewObjectReader(store_, *cache_.blocks, counters_, {.source = "memory://test"});
  const Cancellation ending_{};
  const std::atomic<uint64_t> generation_{0};
  WaitingReader reader_;
  const DatasetGround ground_{.lmdb = *cache_.catalog,
                              .catalog = *catalog_,
                              .reader = *objects_,
                              .pool = pool_,
                              .ending = ending_,
                              .build_timeout = absl::Minutes(1),
                              .generation = generation_};
  BuildPool pool_;  // ends before what builds use
  const std::shared_ptr<DatasetVersion> version_ = std::make_shared<DatasetVersion>(
      ground_, DatasetEntry{.name = "street", .version = std::string(16, 'v')},
      std::make_shared<const DatasetPlan>(DatasetPlan{.sources = {{std::string(16, 'v'), source_}},
                                                      .index = std::string(16, 'v'),
                                                      .told = {.name = "street"}}));
};

TEST(DescribeProgress, TellsThePhaseAndHowMuchThereIs) {
  EXPECT_EQ(DescribeProgress({.frames = 3}), "waiting for its turn");
  EXPECT_EQ(DescribeProgress({.phase = Phase::kReading,
                              .source_bytes = 129,
                              .source_size = 1000,
                              .frames = 340,
                              .shapes = 5000}),
            "reading, 12 %: 340 frames, 5000 annotations");
  EXPECT_EQ(DescribeProgress({.phase = Phase::kReading}), "reading: 0 frames, 0 annotations");
  EXPECT_EQ(DescribeProgress({.phase = Phase::kWriting, .source_bytes = 1, .source_size = 1}),
            "writing: 0 frames, 0 annotations");
  EXPECT_EQ(DescribeProgress({.phase = Phase::kMatching, .frames = 1, .shapes = 2}),
            "matching images: 1 frames, 2 annotations");
}

TEST_F(DatasetVersionTest, IsWaitingBeforeItIsAskedFor) {
  EXPECT_EQ(version_->Progress().phase, Phase::kWaiting);
  EXPECT_EQ(version_->Progress().source_size, 200u);
}

TEST_F(DatasetVersionTest, TellsHowFarItIsWhileItIsRead) {
  ASSERT_FALSE(OpenFor(absl::Milliseconds(1)).ok());
  reader_.waits.WaitForNotification();
  const BuildProgress progress = version_->Progress();
  EXPECT_EQ(progress.phase, Phase::kReading);
  EXPECT_EQ(progress.source_bytes, 50u);
  EXPECT_EQ(progress.source_size, 200u);
  EXPECT_EQ(progress.frames, 2u);
  EXPECT_EQ(progress.shapes, 3u);
}

TEST_F(DatasetVersionTest, WhoWaitedTooLongLearnsHowFarItIsAndTheBuildGoesOn) {
  ASSERT_FALSE(OpenFor(absl::Milliseconds(1)).ok());
  reader_.waits.WaitForNotification();
  const absl::Status status = OpenFor(absl::Milliseconds(1));
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("dataset 'street' is still being indexed (reading, 25 "
                                          "%: 2 frames, 3 annotations), which goes on"));
  EXPECT_FALSE(version_->is_open());
  reader_.may_go_on.Notify();
  const auto dataset = version_->Open(Soon());
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ((*dataset)->frame_count(), 2u);
  EXPECT_EQ(version_->Progress().phase, Phase::kMatching);
}

}  // namespace
}  // namespace annofs::testing

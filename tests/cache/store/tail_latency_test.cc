// A service that never answers one of a hundred downloads: readers hardly notice.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/store/hedge.h"
#include "cache/store/stores.h"
#include "gtest/gtest.h"
#include "tests/cache/store/emulated_service.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

constexpr int kReaders = 16;
constexpr int kDownloads = 3000;
constexpr size_t kSize = 20'000;

class TailLatencyTest : public ::testing::TestWithParam<EmulatedService> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(WriteFile(directory_ / "image.jpg", std::string(kSize, 'x')).ok());
    auto emulator = EmulatorProcess::Start({{.name = "bucket", .directory = directory_.path()}},
                                           {"--latency", "10"});
    ASSERT_TRUE(emulator.ok()) << emulator.status();
    emulator_ = *std::move(emulator);
    auto store =
        OpenStore(SourceOf(GetParam(), "bucket"), OptionsOf(GetParam(), *emulator_), counters_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    const auto page = store_->List({}, CallContext());
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->objects.size(), 1u);
    image_ = page->objects[0];
  }

  // How long each of the downloads took.
  std::vector<absl::Duration> DownloadAll() {
    std::vector<absl::Duration> times(kDownloads);
    std::atomic<int> next{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < kReaders; ++i) {
      readers.emplace_back([&] {
        for (int download; (download = next++) < kDownloads;) times[download] = Download();
      });
    }
    for (std::thread& reader : readers) reader.join();
    return times;
  }

  absl::Duration Download() {
    size_t bytes = 0;
    const auto count = [&](absl::string_view data) {
      bytes += data.size();
      return absl::OkStatus();
    };
    const absl::Time begun = absl::Now();
    EXPECT_EQ(store_->Get(image_, {0, kSize}, count, CallContext()), absl::OkStatus());
    EXPECT_EQ(bytes, kSize);
    return absl::Now() - begun;
  }

  uint64_t Count(absl::string_view counter) { return counters_.Get(counter).value(); }

  TempDir directory_;
  std::unique_ptr<EmulatorProcess> emulator_;
  Counters counters_;
  std::unique_ptr<ObjectStore> store_;
  ObjectVersion image_;
};

TEST_P(TailLatencyTest, AStallInAHundredCostsNobodySecondsAndTwoPercentOfRequestsAtMost) {
  const std::string stall = R"({"op":"$GET","stall":true,"probability":0.01,"count":-1,"seed":7})";
  ASSERT_EQ(emulator_->AddFault(FaultOf(GetParam(), stall)), absl::OkStatus());
  const uint64_t before = Count("store.transactions.b");
  std::vector<absl::Duration> times = DownloadAll();
  std::sort(times.begin(), times.end());
  EXPECT_LE(times.back(), absl::Seconds(5));

  const uint64_t extra = Count("store.requests.hedge");
  EXPECT_GE(extra, kDownloads / 200u);
  EXPECT_LE(extra, 1 + kHedgeShare * kDownloads);
  EXPECT_EQ(Count("store.transactions.b") - before, kDownloads + extra);
  // One that was overtaken on its way to the service may never have come there.
  EXPECT_LE(emulator_->Requests(GetParam().get), static_cast<int64_t>(kDownloads + extra));
  std::printf("%s: p50 %s, p99 %s, longest %s; %d extra requests of %d\n", GetParam().name,
              absl::FormatDuration(times[kDownloads / 2]).c_str(),
              absl::FormatDuration(times[kDownloads * 99 / 100]).c_str(),
              absl::FormatDuration(times.back()).c_str(), static_cast<int>(extra), kDownloads);
}

INSTANTIATE_TEST_SUITE_P(Services, TailLatencyTest, ::testing::Values(kEmulatedB2, kEmulatedS3),
                         [](const auto& service) { return std::string(service.param.name); });

}  // namespace
}  // namespace annofs::testing

// Bytes and sizes of the files that views make: what is rendered for them, and how often.
#include "fs/view_files.h"

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "fs/view_groups.h"
#include "gmock/gmock.h"
#include "tests/cache/ring_testing.h"
#include "tests/formats/sample_data.h"
#include "tests/fs/fs_testing.h"
#include "tests/fs/written_index.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

constexpr uint32_t kFrames = 3000;
constexpr uint32_t kManyFamilies = 50;  // of one directory
constexpr uint32_t kFirstOfMany = 2;

// How often each kind was rendered.
struct Renders {
  std::atomic<int> segments{0}, files{0}, pixels{0}, names{0};
  std::atomic<int> pixel_size{700'000};
  std::atomic<int> slow_segments{0};  // so many of the first take a millisecond
  std::atomic<int> drawing_millis{0};
  std::atomic<int> drawing{0}, most_drawing{0};  // at once
};

std::string SegmentText(Rank rank, uint64_t id) {
  return absl::StrCat("{\"id\":", id, ",\"rank\":", rank, ",\"more\":\"",
                      std::string(rank % 900, char('a' + rank % 26)), "\"}");
}

class Kinds : public Writer {
 public:
  explicit Kinds(Renders& renders) : renders_(renders) {}
  WriterInfo Info() const override { return {.name = "cvat/Kinds 1.0"}; }
  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    Renders& renders = renders_;
    Section section{.before = "[", .frames = data.All()};
    section.segment = [&renders](const Dataset&, const SegmentAt& at, Running& running,
                                 std::string& out) {
      ++renders.segments;
      if (int(at.rank) < renders.slow_segments) absl::SleepFor(absl::Milliseconds(1));
      if (running.n[0] > 0) out += ",";
      out += SegmentText(at.rank, ++running.n[0]);
      return absl::OkStatus();
    };
    tree.Segmented("big.json", {.sections = {section}, .tail = "]\n"});
    tree.File("small.txt", [&renders](const Dataset&) {
      ++renders.files;
      return std::string("counted with care\n");
    });
    tree.Pixels(
        "masks/{stem}.png", data.All(),
        [&renders](const Dataset&, Rank rank) -> absl::StatusOr<std::string> {
          ++renders.pixels;
          const int drawing = ++renders.drawing;
          int most = renders.most_drawing;
          while (most < drawing && !renders.most_drawing.compare_exchange_weak(most, drawing)) {
          }
          absl::SleepFor(absl::Milliseconds(renders.drawing_millis.load()));
          --renders.drawing;
          return ContentOf(rank, uint64_t(renders.pixel_size));
        });
    tree.Named(
        "named", data.All(), FamilyKind::kText,
        [&renders](const Dataset&, Rank rank) -> absl::StatusOr<std::string> {
          ++renders.names;
          return absl::StrCat(rank / 2, ".txt");
        },
        [](const Dataset&, Rank rank) -> absl::StatusOr<std::string> {
          return absl::StrCat("rank ", rank);
        });
    for (uint32_t nth = 0; nth < kManyFamilies; ++nth) {
      tree.Named(
          "many", RankSet::Range(nth, nth + 20), FamilyKind::kText,
          [&renders, nth](const Dataset&, Rank rank) -> absl::StatusOr<std::string> {
            ++renders.names;
            return absl::StrCat(rank / 2, ".", nth);
          },
          [](const Dataset&, Rank) -> absl::StatusOr<std::string> { return ""; });
    }
    return absl::OkStatus();
  }
  std::vector<absl::string_view> WhyDropped(const Dataset&, const Frame&,
                                            const FrameShapes&) const override {
    return {};
  }

 private:
  Renders& renders_;
};

// Counts what is written, or refuses it as a full disk does.
class WatchedLmdb : public Lmdb {
 public:
  explicit WatchedLmdb(Lmdb& lmdb) : lmdb_(lmdb) {}
  const std::string& path() const override { return lmdb_.path(); }
  absl::Status View(absl::FunctionRef<absl::Status(const LmdbReader&)> fn) override {
    return lmdb_.View(fn);
  }
  absl::Status Update(absl::FunctionRef<absl::Status(LmdbWriter&)> fn) override {
    ++updates;
    return is_full ? absl::InternalError("the disk is full") : lmdb_.Update(fn);
  }
  std::atomic<int> updates{0};
  std::atomic<bool> is_full{false};

 private:
  Lmdb& lmdb_;
};

class ViewFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<std::string> names;
    for (uint32_t i = 0; i < kFrames; ++i) names.push_back(absl::StrCat(100000 + i, ".jpg"));
    const IndexVersion annotations(16, 'v');
    ASSERT_TRUE(WriteAnnotationIndex(*cache_.catalog, annotations, *FramesNamed(names)).ok());
    auto none = [](const Frame&) -> absl::StatusOr<std::optional<MatchedMedia>> {
      return std::optional<MatchedMedia>();
    };
    std::vector<std::unique_ptr<Writer>> writers;
    writers.push_back(std::make_unique<Kinds>(renders_));
    view_ =
        MakeView(*cache_.catalog, writers, OpenDataset(*cache_.catalog, annotations, none).value(),
                 "cvat/Kinds 1.0", absl::FromUnixSeconds(1600000000))
            .value();
    expected_ = "[";
    for (Rank rank = 0; rank < kFrames; ++rank) {
      begins_.push_back(expected_.size());
      absl::StrAppend(&expected_, rank == 0 ? "" : ",", SegmentText(rank, rank + 1));
    }
    expected_ += "]\n";
    Again();
  }
  // As another mount of the same cache directory begins.
  void Again() { files_ = std::make_unique<ViewFiles>(*cache_.catalog, cache_.blocks.get()); }

  uint32_t FileNamed(absl::string_view path) { return view_->layout.FindFile(path).value(); }
  std::string Read(absl::string_view path, uint64_t offset, uint64_t length) {
    std::string bytes;
    absl::Status status = files_->ReadFile(
        view_, FileNamed(path), {offset, length}, [&](Pieces data) { bytes = Join(data); }, Soon());
    EXPECT_TRUE(status.ok()) << status;
    return bytes;
  }
  absl::StatusOr<std::string> ReadPixels(Rank rank, uint64_t offset, uint64_t length,
                                         Lane lane = Lane::kSlow) {
    std::string bytes;
    absl::Status status = files_->ReadFrame(
        *view_, 0, rank, {offset, length}, [&](Pieces data) { bytes = Join(data); }, Soon(lane));
    if (!status.ok()) return status;
    return bytes;
  }

  TempDir directory_;
  CacheDir cache_ =
      OpenCacheDir({.path = directory_ / "c", .block_bytes = uint64_t{64} << 20}).value();
  Renders renders_;
  std::shared_ptr<const View> view_;
  std::string expected_;
  std::vector<uint64_t> begins_;  // of the segments
  std::unique_ptr<ViewFiles> files_;
};

TEST_F(ViewFilesTest, ASegmentedFileIsSizedByOnePassAndThenNeverAgain) {
  EXPECT_TRUE(
      IsWouldBlock(files_->FileSize(*view_, FileNamed("big.json"), Soon(Lane::kFast)).status()));
  EXPECT_EQ(files_->FileSize(*view_, FileNamed("big.json"), Soon()).value(), expected_.size());
  EXPECT_EQ(renders_.segments, int(kFrames));
  Again();
  EXPECT_EQ(files_->FileSize(*view_, FileNamed("big.json"), Soon(Lane::kFast)).value(),
            expected_.size());
  EXPECT_EQ(renders_.segments, int(kFrames));
}

TEST_F(ViewFilesTest, SizingThatTakesLongerThanItsCallersWaitIsFoundDoneLater) {
  renders_.slow_segments = 300;
  const uint32_t file = FileNamed("big.json");
  Cancellation interrupt;
  interrupt.Cancel();
  const CallContext interrupted{.cancellation = &interrupt};
  EXPECT_TRUE(absl::IsCancelled(files_->FileSize(*view_, file, interrupted).status()));
  const CallContext late{.deadline = absl::Now() + absl::Milliseconds(20)};
  EXPECT_TRUE(absl::IsDeadlineExceeded(files_->FileSize(*view_, file, late).status()));
  EXPECT_EQ(files_->FileSize(*view_, file, Soon()).value(), expected_.size());
  EXPECT_EQ(renders_.segments, int(kFrames));
}

TEST_F(ViewFilesTest, SizingEndsWithTheMountAtItsNextPiece) {
  renders_.slow_segments = int(kFrames);
  const CallContext late{.deadline = absl::Now() + absl::Milliseconds(20)};
  EXPECT_FALSE(files_->FileSize(*view_, FileNamed("big.json"), late).ok());
  files_.reset();
  EXPECT_LT(renders_.segments, int(kFrames));
}

TEST_F(ViewFilesTest, ReadForwardEachSegmentIsRenderedOnce) {
  EXPECT_EQ(Read("big.json", 0, 0), "");  // sizes it
  renders_.segments = 0;
  std::string text;
  for (uint64_t offset = 0; offset < expected_.size(); offset += 10'000) {
    text += Read("big.json", offset, 10'000);
  }
  EXPECT_EQ(text, expected_);
  EXPECT_EQ(renders_.segments, int(kFrames));
}

// Each begins with the cursor of its own last read.
TEST_F(ViewFilesTest, SeveralReadersAtOnceRenderEachSegmentOnceEach) {
  EXPECT_EQ(Read("big.json", 0, 0), "");
  renders_.segments = 0;
  const uint64_t half = expected_.size() / 2;
  std::string first, second;
  for (uint64_t offset = 0; offset < half; offset += 10'000) {
    first += Read("big.json", offset, std::min<uint64_t>(10'000, half - offset));
    second += Read("big.json", half + offset, 10'000);
  }
  EXPECT_EQ(first + second.substr(0, expected_.size() - half), expected_);
  // The second begins at a checkpoint, the file's middle is rendered by both.
  EXPECT_LE(renders_.segments, int(kFrames) + 100);
}

TEST_F(ViewFilesTest, AnyRangeIsThatOfTheWholeAndRendersLittleMore) {
  EXPECT_EQ(Read("big.json", 0, 0), "");
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    const uint64_t offset = random() % (expected_.size() + 100);
    const uint64_t length = random() % 70'000;
    if (i % 10 == 0) Again();
    renders_.segments = 0;
    const std::string expected =
        offset < expected_.size() ? expected_.substr(offset, length) : std::string();
    ASSERT_EQ(Read("big.json", offset, length), expected) << offset << "+" << length;
    // A checkpoint is at most 16 KiB and a segment, of less than 1,000 bytes, before the range.
    const auto near = std::count_if(begins_.begin(), begins_.end(), [&](uint64_t begin) {
      return begin + 16'384 + 2000 > offset && begin < offset + length;
    });
    ASSERT_LE(renders_.segments, near) << offset << "+" << length;
  }
  EXPECT_EQ(Read("big.json", 0, UINT32_MAX), expected_);
}

TEST_F(ViewFilesTest, ASmallFileIsRenderedOnceForAllMounts) {
  EXPECT_EQ(Read("small.txt", 0, 100), "counted with care\n");
  EXPECT_EQ(Read("small.txt", 8, 4), "with");
  EXPECT_EQ(files_->FileSize(*view_, FileNamed("small.txt"), Soon()).value(), 18u);
  Again();
  EXPECT_EQ(Read("small.txt", 0, 100), "counted with care\n");
  EXPECT_EQ(renders_.files, 1);
}

TEST_F(ViewFilesTest, PixelsAreMadeOnceForTheirSizeAndTheirBytes) {
  EXPECT_TRUE(IsWouldBlock(files_->FrameSize(*view_, 0, 5, Soon(Lane::kFast)).status()));
  EXPECT_EQ(renders_.pixels, 0);
  EXPECT_EQ(files_->FrameSize(*view_, 0, 5, Soon()).value(), 700'000u);
  const std::string expected = ContentOf(5, 700'000);
  for (uint64_t offset = 0; offset < 700'000; offset += 131'072) {
    EXPECT_EQ(ReadPixels(5, offset, 131'072).value(), expected.substr(offset, 131'072));
  }
  EXPECT_EQ(renders_.pixels, 1);
}

TEST_F(ViewFilesTest, PixelsStayInTheBlockCache) {
  EXPECT_EQ(files_->FrameSize(*view_, 0, 5, Soon()).value(), 700'000u);
  cache_.blocks->Flush();
  Again();
  EXPECT_EQ(files_->FrameSize(*view_, 0, 5, Soon()).value(), 700'000u);
  const std::string expected = ContentOf(5, 700'000);
  for (auto [offset, length] : {std::pair<uint64_t, uint64_t>{0, 1 << 20},
                                {262'130, 20},
                                {262'136, 262'144},
                                {699'999, 5},
                                {700'000, 5},
                                {900'000, 5}}) {
    EXPECT_EQ(ReadPixels(5, offset, length).value(),
              offset < expected.size() ? expected.substr(offset, length) : "")
        << offset;
  }
  EXPECT_EQ(renders_.pixels, 1);
  EXPECT_EQ(ReadPixels(6, 0, 1 << 20).value(), ContentOf(6, 700'000));
  EXPECT_EQ(renders_.pixels, 2);
}

TEST_F(ViewFilesTest, PixelsThatHaveGoneFromTheCacheAreMadeAgain) {
  files_ = std::make_unique<ViewFiles>(*cache_.catalog, nullptr);
  for (Rank rank = 0; rank < 40; ++rank) {
    EXPECT_EQ(ReadPixels(rank, 0, 1 << 20).value(), ContentOf(rank, 700'000));
  }
  EXPECT_EQ(ReadPixels(0, 0, 1 << 20).value(), ContentOf(0, 700'000));
  EXPECT_EQ(renders_.pixels, 41);
}

// A frame of 100 x 50 takes 25,000 bytes.
TEST_F(ViewFilesTest, WhatIsDrawnAtOnceIsBoundedByMemoryButForOneFile) {
  renders_.drawing_millis = 10;
  for (auto [memory, most] : {std::pair<uint64_t, int>{60'000, 2}, {0, 1}}) {
    files_ = std::make_unique<ViewFiles>(*cache_.catalog, nullptr, memory);
    renders_.most_drawing = 0;
    std::vector<std::thread> threads;
    for (Rank rank = 0; rank < 8; ++rank) {
      threads.emplace_back(
          [&, rank] { EXPECT_EQ(files_->FrameSize(*view_, 0, rank, Soon()).value(), 700'000u); });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_LE(renders_.most_drawing, most);
  }
}

TEST_F(ViewFilesTest, PixelsOfAnotherSizeThanWasToldAreABug) {
  files_ = std::make_unique<ViewFiles>(*cache_.catalog, nullptr);
  for (Rank rank = 0; rank < 40; ++rank) {
    EXPECT_EQ(files_->FrameSize(*view_, 0, rank, Soon()).value(), 700'000u);
  }
  renders_.pixel_size = 5;
  EXPECT_EQ(ReadPixels(0, 0, 10).status().code(), absl::StatusCode::kInternal);
}

TEST_F(ViewFilesTest, OwnNamesAreDividedOnceForAllMounts) {
  ViewOwnNames fast(files_->own_names(), *view_, Soon(Lane::kFast));
  EXPECT_TRUE(IsWouldBlock(fast.Renamed(1).status()));
  EXPECT_EQ(renders_.names, 0);
  for (int mount = 0; mount < 2; ++mount) {
    const CallContext context = Soon();
    ViewOwnNames names(files_->own_names(), *view_, context);
    for (Rank rank : {0u, 1u, 2u, 1499u, 2998u, 2999u}) {
      const std::string name =
          rank % 2 == 0 ? absl::StrCat(rank / 2, ".txt")
                        : absl::StrCat(rank / 2, "-", absl::Hex(rank, absl::kZeroPad8), ".txt");
      EXPECT_EQ(OwnNameOf(view_->layout, *view_->dataset, names, 1, rank).value(), name);
      EXPECT_EQ(FindOwnName(view_->layout, *view_->dataset, names, 1, name).value(),
                std::optional<Rank>(rank));
    }
    EXPECT_EQ(FindOwnName(view_->layout, *view_->dataset, names, 1, "1500.txt").value(),
              std::nullopt);
    Again();
    // The pass over all frames, then a few for each question.
    EXPECT_LT(renders_.names, int(kFrames) + 200);
  }
}

TEST_F(ViewFilesTest, TheFamiliesOfADirectoryAreDividedInOnePassAndOneTransaction) {
  WatchedLmdb lmdb(*cache_.catalog);
  files_ = std::make_unique<ViewFiles>(lmdb, nullptr);
  const CallContext context = Soon();
  ViewOwnNames names(files_->own_names(), *view_, context);
  for (uint32_t nth = 0; nth < kManyFamilies; ++nth) {
    // Of frames 2n and 2n + 1 of the family the latter is renamed.
    EXPECT_EQ(names.Renamed(kFirstOfMany + nth).value().size(), nth % 2 == 0 ? 10u : 9u) << nth;
  }
  EXPECT_EQ(lmdb.updates, 1);
  EXPECT_EQ(renders_.names, int(20 * kManyFamilies));
  for (uint32_t nth : {0u, 1u, 49u}) {
    for (Rank rank = nth; rank < nth + 20; ++rank) {
      const std::string name =
          OwnNameOf(view_->layout, *view_->dataset, names, kFirstOfMany + nth, rank).value();
      EXPECT_EQ(
          FindOwnName(view_->layout, *view_->dataset, names, kFirstOfMany + nth, name).value(),
          std::optional<Rank>(rank))
          << name;
    }
  }
}

TEST_F(ViewFilesTest, OnAFullDiskAFileIsSizedOnceForTheMount) {
  WatchedLmdb lmdb(*cache_.catalog);
  lmdb.is_full = true;
  files_ = std::make_unique<ViewFiles>(lmdb, nullptr);
  const uint32_t file = FileNamed("big.json");
  EXPECT_EQ(files_->FileSize(*view_, file, Soon()).value(), expected_.size());
  EXPECT_EQ(files_->FileSize(*view_, file, Soon(Lane::kFast)).value(), expected_.size());
  EXPECT_EQ(renders_.segments, int(kFrames));
}

TEST_F(ViewFilesTest, AFullDiskHidesNoNames) {
  WatchedLmdb lmdb(*cache_.catalog);
  lmdb.is_full = true;
  files_ = std::make_unique<ViewFiles>(lmdb, nullptr);
  for (Lane lane : {Lane::kSlow, Lane::kFast}) {
    const CallContext context = Soon(lane);
    ViewOwnNames names(files_->own_names(), *view_, context);
    EXPECT_EQ(names.Renamed(1).value().size(), kFrames / 2);
    EXPECT_EQ(OwnNameOf(view_->layout, *view_->dataset, names, 1, 3).value(), "1-00000003.txt");
    EXPECT_EQ(FindOwnName(view_->layout, *view_->dataset, names, 1, "1.txt").value(),
              std::optional<Rank>(2));
  }
  EXPECT_EQ(lmdb.updates, 1);
}

// A directory of views as names with a slash have it.
class NamedWriter : public Writer {
 public:
  explicit NamedWriter(WriterInfo info) : info_(info) {}
  WriterInfo Info() const override { return info_; }
  absl::Status Describe(const Dataset&, Layout&) const override { return absl::OkStatus(); }
  std::vector<absl::string_view> WhyDropped(const Dataset&, const Frame&,
                                            const FrameShapes&) const override {
    return {};
  }

 private:
  const WriterInfo info_;
};

std::vector<std::string> NamesOf(const std::vector<ViewGroups::Entry>& entries) {
  std::vector<std::string> names;
  for (const ViewGroups::Entry& entry : entries) names.push_back(entry.name);
  return names;
}

TEST(ViewGroups, ViewsWithASlashStandInADirectoryWhereTheyFitTheDataset) {
  std::vector<std::unique_ptr<Writer>> writers;
  writers.push_back(std::make_unique<NamedWriter>(WriterInfo{.name = "zoo"}));
  writers.push_back(std::make_unique<NamedWriter>(WriterInfo{.name = "cvat/Kitti", .is_3d = true}));
  writers.push_back(std::make_unique<NamedWriter>(WriterInfo{.name = "cvat/COCO 1.0"}));
  writers.push_back(std::make_unique<NamedWriter>(WriterInfo{.name = "by-x"}));
  const std::vector<std::string> names = ViewNames(writers);
  const ViewGroups groups(names, writers);
  EXPECT_THAT(NamesOf(groups.Top({})), ElementsAre("by-x", "cvat", "reports", "zoo"));
  const uint32_t cvat = groups.Top({})[1].group;
  const Task flat{.name = "a"}, deep{.name = "b", .is_3d = true};
  EXPECT_THAT(NamesOf(groups.Of(cvat, {.tasks = {flat}})), ElementsAre("COCO 1.0"));
  EXPECT_THAT(NamesOf(groups.Of(cvat, {.tasks = {deep}})), ElementsAre("Kitti"));
  EXPECT_THAT(NamesOf(groups.Of(cvat, {.tasks = {flat, deep}})), ElementsAre("COCO 1.0", "Kitti"));
  EXPECT_EQ(names[groups.Of(cvat, {.tasks = {flat}})[0].view], "cvat/COCO 1.0");
  EXPECT_THAT(NamesOf(groups.Of(cvat + 1, {.tasks = {flat}})), ElementsAre());
}

TEST(ViewGroups, AViewThatTheConfigurationDoesNotNameStandsNowhere) {
  std::vector<std::unique_ptr<Writer>> writers;
  for (const char* name : {"cvat/COCO 1.0", "cvat/YOLO 1.1", "by-x", "yolo"})
    writers.push_back(std::make_unique<NamedWriter>(WriterInfo{.name = name}));
  const std::vector<std::string> names = ViewNames(writers);
  const ViewGroups groups(names, writers);
  EXPECT_THAT(NamesOf(groups.Top({"yolo"})), ElementsAre("reports", "yolo"));
  EXPECT_THAT(NamesOf(groups.Top({"no such"})), ElementsAre("reports"));
  const std::vector<std::string> globs = {"by-*", "cvat/C*"};
  EXPECT_THAT(NamesOf(groups.Top(globs)), ElementsAre("by-x", "cvat", "reports"));
  const uint32_t cvat = groups.Top(globs)[1].group;
  EXPECT_THAT(NamesOf(groups.Of(cvat, {.options = {.views = globs}})), ElementsAre("COCO 1.0"));
}

}  // namespace
}  // namespace annofs::testing

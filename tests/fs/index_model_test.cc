// The index in LMDB and the dataset in memory, made from the same random data, answer everything
// alike. The builder's bounds are so small that everything spills.
#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "cache/cache_dir.h"
#include "formats/dataset_copy.h"
#include "formats/memory_dataset.h"
#include "fs/dataset_index.h"
#include "fs/index_builder.h"
#include "gtest/gtest.h"
#include "tests/formats/same_dataset.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

// Pushes the same into two.
class Tee : public DatasetSink {
 public:
  Tee(DatasetSink& a, DatasetSink& b) : a_(a), b_(b) {}
  uint32_t AddTask(Task task) override {
    a_.AddTask(task);
    return b_.AddTask(std::move(task));
  }
  uint32_t AddLabel(Label label) override {
    a_.AddLabel(label);
    return b_.AddLabel(std::move(label));
  }
  void SpecifyAttributes(uint32_t label, std::vector<AttributeSpec> attributes) override {
    a_.SpecifyAttributes(label, attributes);
    b_.SpecifyAttributes(label, std::move(attributes));
  }
  uint32_t AddJob(Job job) override {
    a_.AddJob(job);
    return b_.AddJob(std::move(job));
  }
  absl::StatusOr<uint32_t> AddFrame(Frame frame) override {
    EXPECT_TRUE(a_.AddFrame(frame).ok());
    return b_.AddFrame(std::move(frame));
  }
  absl::Status AddToJob(uint32_t job, uint32_t frame) override {
    EXPECT_TRUE(a_.AddToJob(job, frame).ok());
    return b_.AddToJob(job, frame);
  }
  absl::Status AddToPart(absl::string_view part, uint32_t frame) override {
    EXPECT_TRUE(a_.AddToPart(part, frame).ok());
    return b_.AddToPart(part, frame);
  }
  absl::Status AddShape(uint32_t frame, Shape shape) override {
    EXPECT_TRUE(a_.AddShape(frame, shape).ok());
    return b_.AddShape(frame, std::move(shape));
  }
  void AddProblem(Problem problem) override {
    a_.AddProblem(problem);
    b_.AddProblem(std::move(problem));
  }

 private:
  DatasetSink& a_;
  DatasetSink& b_;
};

// Random data; the same for the same seed.
class Model {
 public:
  explicit Model(uint32_t seed) : random_(seed) {}

  void Push(DatasetSink& sink) {
    tasks_ = Upto(3);
    for (uint32_t i = 0; i < tasks_; ++i) {
      sink.AddTask({.id = int64_t(i) - 1, .name = Text(), .subset = Text(), .is_video = Coin()});
    }
    labels_ = 1 + Upto(5);
    for (uint32_t i = 0; i < labels_; ++i) sink.AddLabel({.name = Text()});
    const uint32_t jobs = Upto(4);
    for (uint32_t i = 0; i < jobs; ++i) {
      sink.AddJob({.id = int64_t(i),
                   .task = Upto(2),
                   .kind = Job::Kind(Upto(2)),
                   .stage = Text(),
                   .assignee = Text()});
    }
    const uint32_t style = Upto(3);
    const uint32_t wanted = Upto(seldom() ? 2000 : 150);
    for (uint32_t rounds = 1 + Upto(3); rounds > 0; --rounds) {
      for (uint32_t i = 0; i < wanted / 2; ++i) {
        ASSERT_TRUE(sink.AddFrame(MakeFrame(style)).ok());
        ++frames_;
      }
      for (uint32_t i = 0; i < wanted * 3 && frames_ > 0; ++i) {
        ASSERT_TRUE(sink.AddShape(NextFrame(i), MakeShape(0)).ok());
        if (jobs > 0 && seldom()) {
          ASSERT_TRUE(sink.AddToJob(Upto(jobs - 1), Upto(frames_ - 1)).ok());
        }
        if (seldom()) {
          ASSERT_TRUE(sink.AddToPart(Coin() ? "train" : "val", Upto(frames_ - 1)).ok());
        }
        if (seldom()) sink.AddProblem({.source = Text(), .frame = Text(), .reason = Text()});
      }
    }
  }

 private:
  uint32_t Upto(uint32_t most) { return uint32_t(random_() % (most + 1)); }
  bool Coin() { return random_() % 2 == 0; }
  bool seldom() { return random_() % 10 == 0; }

  std::string Text() {
    static const std::vector<std::string> kPieces = {"a",
                                                     "b",
                                                     "A",
                                                     "/",
                                                     "/",
                                                     ".",
                                                     "..",
                                                     " ",
                                                     ".jpg",
                                                     ".png",
                                                     "ü",
                                                     "\n",
                                                     std::string(1, '\0'),
                                                     "\xff",
                                                     ".json",
                                                     ".tsv",
                                                     "-",
                                                     "_",
                                                     ".jpg.png",
                                                     "//",
                                                     "$(x)",
                                                     std::string(300, 'x')};
    std::string text;
    for (uint32_t pieces = Upto(5); pieces > 0; --pieces) {
      text += kPieces[Upto(uint32_t(kPieces.size()) - 1)];
    }
    return text;
  }

  std::string Name(uint32_t style) {
    switch (style) {
      case 0:  // in order
        return absl::StrCat("images/", absl::Dec(frames_, absl::kZeroPad8), ".jpg");
      case 1:  // directories and extensions of many kinds
        return absl::StrCat("d", Upto(3), "/e", Upto(30), "/", Upto(100000), ".", Upto(20));
      case 2:  // long ones that begin alike
        return absl::StrCat(std::string(150, 'p'), "/", std::string(150, 'q'), "/",
                            std::string(150, 'r'), "/", std::string(Upto(240), 's'), Upto(9999));
      default:
        return Text();
    }
  }

  Frame MakeFrame(uint32_t style) {
    Frame frame{.name = Name(style),
                .number = Coin() ? frames_ : Upto(UINT32_MAX - 1),
                .task = tasks_ == 0 ? 0 : Upto(tasks_ - 1),
                .width = seldom() ? Upto(5000) : 1920,
                .height = seldom() ? Upto(5000) : 1080,
                .subset = seldom() ? Text() : "Train"};
    if (seldom()) frame.related = {Text(), Text(), frame.name};
    if (!frame.related.empty() && Coin()) {
      frame.related_inner = {std::nullopt, InnerMedia{.header_offset = 9, .size = random_()}, {}};
    }
    if (seldom()) frame.inner = InnerMedia{.header_offset = random_(), .size = 5, .crc32 = 77};
    return frame;
  }

  // In order, or any.
  uint32_t NextFrame(uint32_t i) {
    return seldom() ? Upto(frames_ - 1) : uint32_t(uint64_t{i} * 7 / 20 % frames_);
  }

  double Coordinate() {
    switch (Upto(3)) {
      case 0:
        return Upto(2000);
      case 1:
        return Upto(200000) / 100.0;
      case 2:
        return -double(Upto(1000)) / 7;
      default:
        return Upto(1) == 0 ? -0.0 : 1e308;
    }
  }

  Shape MakeShape(int depth) {
    Shape shape{.type = ShapeType(Upto(kShapeTypeCount - 1)),
                .label = Upto(labels_ - 1),
                .z_order = seldom() ? int32_t(Upto(4)) - 2 : 0,
                .group = seldom() ? int32_t(Upto(4)) : 0,
                .track = Coin() ? int32_t(Upto(20)) : -1,
                .occluded = Coin(),
                .outside = seldom(),
                .keyframe = Coin(),
                .rotation = seldom() ? Coordinate() : 0,
                .score = seldom() ? 0.25 : 1,
                .source = seldom() ? Text() : "manual"};
    for (uint32_t i = Upto(8); i > 0; --i) shape.points.push_back(Coordinate());
    for (uint32_t i = seldom() ? Upto(3) : 0; i > 0; --i) {
      shape.attributes.push_back({Text(), Coin() ? Text() : absl::StrCat(Upto(300))});
    }
    for (uint32_t i = depth == 0 && seldom() ? Upto(3) : 0; i > 0; --i) {
      shape.elements.push_back(MakeShape(depth + 1));
    }
    return shape;
  }

  std::mt19937_64 random_;
  uint32_t tasks_ = 0, labels_ = 0, frames_ = 0;
};

// Some have none, keys and digests are of every kind, rows go up and down.
std::optional<Media> MediaOf(const Frame& frame) {
  switch (frame.name.size() % 5) {
    case 0:
      return std::nullopt;
    case 1:
      return Media{.key = frame.name, .size = frame.width};
    case 2:
      return Media{.key = "elsewhere.jpg",
                   .size = uint64_t{1} << 40,
                   .digest = "md5:0123456789abcdef0123456789abcdef"};
    case 3:
      return Media{.key = absl::StrCat("bucket/", frame.name), .digest = "crc:1"};
    default:
      return Media{.key = absl::StrCat("bucket/", frame.name),
                   .digest = "sha1:0123456789abcdef0123456789abcdef01234567"};
  }
}

// The same of context images.
std::optional<Media> RelatedMediaOf(const std::string& name) {
  if (name.size() % 3 == 0) return std::nullopt;
  return MediaOf({.name = name});
}

class IndexModel : public ::testing::TestWithParam<uint32_t> {};

TEST_P(IndexModel, TheIndexAnswersAsTheDatasetInMemory) {
  TempDir directory;
  std::unique_ptr<Lmdb> lmdb =
      OpenCacheDir({.path = directory / "cache", .block_bytes = uint64_t{16} << 20})
          .value()
          .catalog;
  IndexBuilderOptions options;
  if (GetParam() % 4 != 0) {
    options = {.sorter = {.buffer_bytes = 4096, .merge_bytes = 1}, .posting_bytes = 20000};
  }
  options.stems = GetParam() % 3 == 0 ? StemStyle::kOriginal : StemStyle::kSafe;
  DatasetBuilder memory(options.stems);
  IndexBuilder index(*lmdb, nullptr, options);
  Tee tee(memory, index);
  Model(GetParam()).Push(tee);
  memory.SetInfo({.name = "model"});
  const IndexVersion version(16, 'v');
  ASSERT_TRUE(index.Finish(version, {.name = "model"}).ok());
  // Frames without images are problems, which the two say in their own words.
  auto match = [](const Frame& frame) -> absl::StatusOr<std::optional<MatchedMedia>> {
    std::optional<Media> media = MediaOf(frame);
    if (!media) return std::optional<MatchedMedia>(MatchedMedia{.row = 1, .media = {.key = "?"}});
    return std::optional<MatchedMedia>(
        MatchedMedia{.row = frame.number, .version = "v", .media = *media});
  };
  std::unique_ptr<Dataset> expected =
      memory
          .Finish(
              [&](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
                return std::optional<Media>(match(frame).value()->media);
              },
              [](const Frame& frame,
                 const std::string& name) -> absl::StatusOr<std::optional<Media>> {
                const size_t number =
                    size_t(std::find(frame.related.begin(), frame.related.end(), name) -
                           frame.related.begin());
                const bool is_inner =
                    number < frame.related_inner.size() && frame.related_inner[number];
                if (!is_inner) return RelatedMediaOf(name);
                return std::optional<Media>(Media{.key = absl::StrCat("!", name),
                                                  .size = frame.related_inner[number]->size});
              })
          .value();
  MediaMatchHooks hooks;
  hooks.related = [](const Frame&,
                     const std::string& name) -> absl::StatusOr<std::optional<MatchedMedia>> {
    std::optional<Media> media = RelatedMediaOf(name);
    if (!media) return std::optional<MatchedMedia>();
    return std::optional<MatchedMedia>(MatchedMedia{.row = name.size(), .media = *media});
  };
  std::shared_ptr<const IndexedDataset> opened = OpenDataset(*lmdb, version, match, hooks).value();
  ExpectSame(*opened, *expected);
  for (Rank rank = 0; rank < opened->frame_count(); ++rank) {
    EXPECT_EQ(opened->MediaRow(rank).value(),
              std::optional<RowId>(match(opened->GetFrame(rank).value()).value()->row));
    const std::vector<RelatedFile> files = opened->RelatedFiles(rank).value();
    for (const RelatedFile& file : files) {
      EXPECT_NE(file.row.has_value(), file.inner.has_value());
      if (file.row) {
        EXPECT_EQ(*file.row, file.related.name.size());
      }
    }
  }
}

TEST_P(IndexModel, FramesAreTheSameInWhateverOrderTheyAreAskedFor) {
  TempDir directory;
  std::unique_ptr<Lmdb> lmdb =
      OpenCacheDir({.path = directory / "cache", .block_bytes = uint64_t{16} << 20})
          .value()
          .catalog;
  DatasetBuilder memory;
  IndexBuilder index(*lmdb, nullptr, {});
  Tee tee(memory, index);
  Model(GetParam()).Push(tee);
  const IndexVersion version(16, 'v');
  ASSERT_TRUE(index.Finish(version, {.name = "model"}).ok());
  const std::unique_ptr<Dataset> expected = memory.Finish().value();
  const MediaMatch match = [](const Frame& frame) {
    std::optional<MatchedMedia> matched;
    if (frame.name.size() % 3 == 0) return matched;
    matched.emplace(MatchedMedia{.row = frame.name.size()});
    matched->media.key = absl::StrCat("images/", frame.name);
    return matched;
  };
  const std::shared_ptr<const IndexedDataset> opened = OpenDataset(*lmdb, version, match).value();
  const uint32_t count = expected->frame_count();
  std::mt19937_64 random(GetParam());
  Rank rank = 0;
  for (int i = 0; i < 3000 && count > 0; ++i) {
    // Mostly a few on or back, now and then anywhere.
    const uint64_t step = random() % 16;
    rank = Rank(step == 0 ? random() % count : (rank + count + step % 12 - 3) % count);
    const Frame frame = expected->GetFrame(rank).value();
    EXPECT_EQ(opened->GetFrame(rank).value().name, frame.name);
    if (const std::optional<MatchedMedia> image = match(frame).value()) {
      EXPECT_EQ(opened->MediaRow(rank).value(), std::optional<RowId>(image->row));
      EXPECT_EQ(opened->GetMedia(rank).value().value().key, image->media.key);
    } else {
      EXPECT_FALSE(opened->MediaRow(rank).value().has_value());
    }
    if (step % 2 == 0) {
      EXPECT_EQ(opened->Names(rank).value().path, expected->Names(rank).value().path);
    }
    ASSERT_EQ(EncodeShapes(opened->Shapes(rank).value()),
              EncodeShapes(expected->Shapes(rank).value()))
        << rank;
  }
}

// Frames of one name are numbered in CVAT's order by every copy, by the model as they come: so a
// copy is compared with a copy of it.
TEST_P(IndexModel, ACopyOfAnIndexIsTheSame) {
  TempDir directory;
  const IndexVersion version(16, 'v');
  std::vector<std::unique_ptr<Lmdb>> lmdbs;
  auto build = [&](absl::FunctionRef<void(DatasetSink&)> push) {
    const std::string path = directory / absl::StrCat("cache", lmdbs.size());
    lmdbs.push_back(
        OpenCacheDir({.path = path, .block_bytes = uint64_t{16} << 20}).value().catalog);
    IndexBuilder index(
        *lmdbs.back(), nullptr,
        {.sorter = {.buffer_bytes = 4096, .merge_bytes = 1}, .posting_bytes = 20000});
    push(index);
    EXPECT_TRUE(index.Finish(version, {.name = "model"}).ok());
    // Every frame has an image: those without are problems.
    return OpenDataset(
               *lmdbs.back(), version,
               [](const Frame&) {
                 return std::optional<MatchedMedia>(MatchedMedia{.row = 1, .media = {.key = "?"}});
               })
        .value();
  };
  auto copy = [](const Dataset& data) {
    return [&data](DatasetSink& sink) {
      CopyCounts left_out;
      EXPECT_TRUE(CopyDatasets({&data}, {}, {}, sink, left_out).ok());
      EXPECT_EQ(left_out.shapes, 0u);
    };
  };
  const auto model = build([](DatasetSink& sink) { Model(GetParam()).Push(sink); });
  const auto first = build(copy(*model)), second = build(copy(*first));
  EXPECT_EQ(first->frame_count(), model->frame_count());
  ExpectSame(*first, *second);
}

INSTANTIATE_TEST_SUITE_P(Seeds, IndexModel, ::testing::Range(0u, 24u));

}  // namespace
}  // namespace annofs::testing

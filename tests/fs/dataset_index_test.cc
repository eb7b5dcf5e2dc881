// The index in LMDB is the dataset it was written from.
#include "fs/dataset_index.h"

#include <sys/wait.h>
#include <unistd.h>

#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "formats/shape_codec.h"
#include "gmock/gmock.h"
#include "tests/formats/sample_data.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

const IndexVersion kVersion(16, 'v');

std::unique_ptr<Lmdb> OpenIn(const TempDir& directory) {
  return OpenCacheDir({.path = directory / "cache", .block_bytes = uint64_t{16} << 20})
      .value()
      .catalog;
}

absl::StatusOr<std::optional<MatchedMedia>> MatchEvery(const Frame& frame) {
  return std::optional<MatchedMedia>(
      MatchedMedia{.row = 100 + frame.number,
                   .version = "v1",
                   .media = {.key = absl::StrCat("bucket/", frame.name), .size = 7}});
}

absl::StatusOr<std::optional<MatchedMedia>> MatchNone(const Frame&) {
  return std::optional<MatchedMedia>();
}

std::vector<Rank> Members(const absl::StatusOr<RankSet>& ranks) {
  EXPECT_TRUE(ranks.ok()) << ranks.status();
  std::vector<Rank> members;
  for (size_t i = 0; ranks.ok() && i < ranks->size(); ++i) members.push_back((*ranks)[i]);
  return members;
}

void ExpectSameFrame(const Dataset& a, const Dataset& b, Rank rank) {
  Frame f = a.GetFrame(rank).value(), g = b.GetFrame(rank).value();
  EXPECT_EQ(f.name, g.name);
  EXPECT_EQ(f.number, g.number);
  EXPECT_EQ(f.task, g.task);
  EXPECT_EQ(f.width, g.width);
  EXPECT_EQ(f.height, g.height);
  EXPECT_EQ(f.subset, g.subset);
  FrameNames m = a.Names(rank).value(), n = b.Names(rank).value();
  EXPECT_EQ(m.path, n.path);
  EXPECT_EQ(m.stem, n.stem);
  EXPECT_EQ(m.shares_stem, n.shares_stem);
  EXPECT_EQ(EncodeShapes(a.Shapes(rank).value()), EncodeShapes(b.Shapes(rank).value()));
  std::optional<Media> x = a.GetMedia(rank).value(), y = b.GetMedia(rank).value();
  ASSERT_EQ(x.has_value(), y.has_value());
  if (x) {
    EXPECT_EQ(x->key, y->key);
    EXPECT_EQ(x->size, y->size);
    EXPECT_EQ(x->digest, y->digest);
  }
  for (const Dataset* data : {&a, &b}) {
    EXPECT_EQ(data->FindPath(m.path).value(), std::optional<Rank>(rank));
    EXPECT_EQ(data->FindSidecar(m.sidecar()).value(), std::optional<Rank>(rank));
    EXPECT_EQ(data->FindStem(m.stem).value(), std::optional<Rank>(rank));
  }
}

std::vector<FrameTerm> TermsOf(const Dataset& data, FrameTerm::Kind kind) {
  std::vector<FrameTerm> terms;
  absl::Status status = data.Terms(FrameTerm::FirstOf(kind), [&](const FrameTerm& term) {
    terms.push_back(term);
    return true;
  });
  EXPECT_TRUE(status.ok()) << status;
  return terms;
}

void ExpectSameSets(const Dataset& a, const Dataset& b) {
  for (int kind = 0; kind <= int(FrameTerm::Kind::kAttribute); ++kind) {
    std::vector<FrameTerm> terms = TermsOf(a, FrameTerm::Kind(kind));
    ASSERT_EQ(terms, TermsOf(b, FrameTerm::Kind(kind))) << kind;
    for (const FrameTerm& term : terms) {
      EXPECT_EQ(Members(a.With(term)), Members(b.With(term))) << kind << " " << term.number;
    }
  }
  EXPECT_EQ(Members(a.WithMedia()), Members(b.WithMedia()));
  EXPECT_EQ(Members(a.InSubset("no such")), Members(b.InSubset("no such")));
}

void ExpectSame(const Dataset& a, const Dataset& b) {
  DatasetInfo info = b.info();
  info.id = a.info().id;  // of the index: a hash that its media are part of
  EXPECT_EQ(EncodeInfo(a.info()), EncodeInfo(info));
  ASSERT_EQ(a.frame_count(), b.frame_count());
  for (Rank rank = 0; rank < a.frame_count(); ++rank) ExpectSameFrame(a, b, rank);
  ASSERT_EQ(a.directory_count(), b.directory_count());
  for (uint32_t number = 0; number < a.directory_count(); ++number) {
    FrameDirectory c = a.Directory(number).value(), d = b.Directory(number).value();
    EXPECT_EQ(c.path, d.path);
    EXPECT_EQ(c.begin, d.begin);
    EXPECT_EQ(c.end, d.end);
    EXPECT_EQ(a.FindDirectory(c.path).value(), std::optional<uint32_t>(number));
    EXPECT_EQ(b.FindDirectory(c.path).value(), std::optional<uint32_t>(number));
  }
  for (const Dataset* data : {&a, &b}) {
    EXPECT_EQ(data->FindPath("no such").value(), std::nullopt);
    EXPECT_EQ(data->FindSidecar("no such").value(), std::nullopt);
    EXPECT_EQ(data->FindStem("no such").value(), std::nullopt);
    EXPECT_EQ(data->FindDirectory("no such").value(), std::nullopt);
  }
  ExpectSameSets(a, b);
  std::vector<Problem> p = a.Problems().value(), q = b.Problems().value();
  ASSERT_EQ(p.size(), q.size());
  for (size_t i = 0; i < p.size(); ++i) {
    EXPECT_EQ(p[i].severity, q[i].severity);
    EXPECT_EQ(p[i].source, q[i].source);
    EXPECT_EQ(p[i].position, q[i].position);
    EXPECT_EQ(p[i].frame, q[i].frame);
    EXPECT_EQ(p[i].reason, q[i].reason);
  }
}

// Frames in directories, subsets and tasks, more than one transaction holds.
std::unique_ptr<Dataset> Large() {
  DatasetBuilder builder;
  builder.SetInfo({.name = "large",
                   .sources = {{"a.zip", "v1", "cvat_backup"}},
                   .other_sources = {{"b.xml", "v2", "cvat_images_xml"}}});
  builder.AddTask({.name = "one", .subset = "train"});
  builder.AddTask({.name = "two", .is_3d = true});
  uint32_t car = builder.AddLabel(
      {.name = "car", .attributes = {{"color", true, "select", "red", {"red", "blue"}}}});
  builder.AddLabel({.name = "never"});
  for (uint32_t i = 0; i < 5000; ++i) {
    Frame frame{.name = absl::StrCat("d", i % 7, "/e", i % 3, "/", i, ".jpg"),
                .number = i,
                .task = i % 2,
                .subset = i % 2 == 0 ? "train" : ""};
    uint32_t index = builder.AddFrame(std::move(frame)).value();
    if (i % 5 == 0) {
      EXPECT_TRUE(builder.AddShape(index, {.label = car, .points = {1, 2, 3, 4}}).ok());
    }
  }
  builder.AddProblem({.severity = Problem::Severity::kError,
                      .source = "a.zip!x",
                      .position = "line 3",
                      .frame = "f",
                      .reason = "bad\tthing"});
  builder.AddProblem({.reason = "doubtful"});
  return Finished(builder);
}

class DatasetIndexTest : public ::testing::Test {
 protected:
  std::shared_ptr<const IndexedDataset> Written(const Dataset& data) {
    EXPECT_TRUE(WriteAnnotationIndex(*lmdb_, kVersion, data).ok());
    return OpenDataset(*lmdb_, kVersion, MatchEvery).value();
  }
  TempDir directory_;
  std::unique_ptr<Lmdb> lmdb_ = OpenIn(directory_);
};

TEST_F(DatasetIndexTest, EveryShapeIsKept) {
  std::unique_ptr<Dataset> data = EveryShape();
  ExpectSame(*Written(*data), *data);
}

TEST_F(DatasetIndexTest, ManyFramesAreKept) {
  std::unique_ptr<Dataset> data = Large();
  ExpectSame(*Written(*data), *data);
}

TEST_F(DatasetIndexTest, AnEmptyDatasetIsKept) {
  DatasetBuilder builder;
  builder.SetInfo({.name = "empty"});
  std::unique_ptr<Dataset> data = Finished(builder);
  ExpectSame(*Written(*data), *data);
}

TEST_F(DatasetIndexTest, HostileNamesAreKept) {
  std::unique_ptr<Dataset> data = FramesNamed(
      {"../a.jpg", "a.jpg", "A.JPG", "a.png", "b\n.jpg", std::string(400, 'x') + ".jpg", "", "/"});
  ExpectSame(*Written(*data), *data);
}

TEST_F(DatasetIndexTest, TheRowBehindAnImageIsKept) {
  std::unique_ptr<Dataset> data = FramesNamed({"a.jpg"});
  EXPECT_EQ(Written(*data)->MediaRow(0).value(), std::optional<RowId>(100));
}

TEST_F(DatasetIndexTest, WritingAgainIsHarmless) {
  std::unique_ptr<Dataset> data = Large();
  std::shared_ptr<const IndexedDataset> first = Written(*data);
  std::shared_ptr<const IndexedDataset> second = Written(*data);
  ExpectSame(*first, *second);
  EXPECT_EQ(first->info().id, second->info().id);
}

TEST_F(DatasetIndexTest, TheIdIsThatOfItsSourcesAndMedia) {
  std::unique_ptr<Dataset> data = FramesNamed({"a.jpg", "b.jpg"});
  std::string id = Written(*data)->info().id;
  auto other_version = [](const Frame& frame) {
    absl::StatusOr<std::optional<MatchedMedia>> matched = MatchEvery(frame);
    (*matched)->version = "v2";
    return matched;
  };
  EXPECT_NE(OpenDataset(*lmdb_, kVersion, other_version).value()->info().id, id);
  EXPECT_NE(OpenDataset(*lmdb_, kVersion, MatchNone).value()->info().id, id);
  // Row numbers are a host's own.
  auto other_row = [](const Frame& frame) {
    absl::StatusOr<std::optional<MatchedMedia>> matched = MatchEvery(frame);
    (*matched)->row += 50;
    return matched;
  };
  std::shared_ptr<const IndexedDataset> moved = OpenDataset(*lmdb_, kVersion, other_row).value();
  EXPECT_EQ(moved->info().id, id);
  EXPECT_EQ(moved->MediaRow(0).value(), std::optional<RowId>(150));
}

TEST_F(DatasetIndexTest, AFrameWithoutImageIsAProblem) {
  std::unique_ptr<Dataset> data = FramesNamed({"a.jpg", "b.jpg"});
  ASSERT_TRUE(WriteAnnotationIndex(*lmdb_, kVersion, *data).ok());
  auto matched = OpenDataset(*lmdb_, kVersion, MatchNone).value();
  EXPECT_EQ(matched->Problems().value().size(), 2u);
  EXPECT_TRUE(matched->WithMedia().value().empty());
  EXPECT_EQ(matched->GetMedia(0).value().has_value(), false);
}

TEST_F(DatasetIndexTest, AVideoWithoutImagesIsOneProblem) {
  DatasetBuilder builder;
  builder.AddTask({.name = "film", .is_video = true});
  for (uint32_t i = 0; i < 50; ++i) {
    builder.AddFrame({.name = absl::StrCat("frame_", i), .number = i}).value();
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  ASSERT_TRUE(WriteAnnotationIndex(*lmdb_, kVersion, *data).ok());
  EXPECT_EQ(OpenDataset(*lmdb_, kVersion, MatchNone).value()->Problems().value().size(), 1u);
}

TEST_F(DatasetIndexTest, AMatcherThatFailsLeavesNothingOpened) {
  std::unique_ptr<Dataset> data = FramesNamed({"a.jpg", "b.jpg"});
  ASSERT_TRUE(WriteAnnotationIndex(*lmdb_, kVersion, *data).ok());
  auto fails = [](const Frame& frame) -> absl::StatusOr<std::optional<MatchedMedia>> {
    if (frame.name == "b.jpg") return absl::UnavailableError("no network");
    return MatchEvery(frame);
  };
  EXPECT_TRUE(absl::IsUnavailable(OpenDataset(*lmdb_, kVersion, fails).status()));
  EXPECT_TRUE(OpenDataset(*lmdb_, kVersion, MatchEvery).ok());
}

// Another dataset, whose shapes come to a bad end at rank 4500: in the second transaction.
class Breaking : public Dataset {
 public:
  enum class End { kError, kKilled };
  Breaking(const Dataset& data, End end) : data_(data), end_(end) {}
  absl::StatusOr<FrameShapes> Shapes(Rank rank) const override {
    if (rank < 4500) return data_.Shapes(rank);
    if (end_ == End::kKilled) _exit(7);
    return absl::DataLossError("broken");
  }
  const DatasetInfo& info() const override { return data_.info(); }
  uint32_t frame_count() const override { return data_.frame_count(); }
  absl::StatusOr<Frame> GetFrame(Rank rank) const override { return data_.GetFrame(rank); }
  absl::StatusOr<FrameNames> Names(Rank rank) const override { return data_.Names(rank); }
  absl::StatusOr<std::optional<Media>> GetMedia(Rank rank) const override {
    return data_.GetMedia(rank);
  }
  absl::StatusOr<std::optional<Rank>> FindPath(absl::string_view path) const override {
    return data_.FindPath(path);
  }
  absl::StatusOr<std::optional<Rank>> FindSidecar(absl::string_view path) const override {
    return data_.FindSidecar(path);
  }
  absl::StatusOr<std::optional<Rank>> FindStem(absl::string_view stem) const override {
    return data_.FindStem(stem);
  }
  uint32_t directory_count() const override { return data_.directory_count(); }
  absl::StatusOr<FrameDirectory> Directory(uint32_t number) const override {
    return data_.Directory(number);
  }
  absl::StatusOr<std::optional<uint32_t>> FindDirectory(absl::string_view path) const override {
    return data_.FindDirectory(path);
  }
  absl::StatusOr<RankSet> With(const FrameTerm& term) const override { return data_.With(term); }
  absl::StatusOr<RankSet> WithMedia() const override { return data_.WithMedia(); }
  absl::Status Terms(const FrameTerm& from,
                     absl::FunctionRef<bool(const FrameTerm&)> fn) const override {
    return data_.Terms(from, fn);
  }
  absl::StatusOr<std::vector<Problem>> Problems() const override { return data_.Problems(); }

 private:
  const Dataset& data_;
  const End end_;
};

TEST_F(DatasetIndexTest, AnAbortedWriteIsNotVisibleAndCanBeRepeated) {
  std::unique_ptr<Dataset> data = Large();
  EXPECT_TRUE(absl::IsDataLoss(
      WriteAnnotationIndex(*lmdb_, kVersion, Breaking(*data, Breaking::End::kError))));
  EXPECT_FALSE(HasAnnotationIndex(*lmdb_, kVersion).value());
  EXPECT_FALSE(OpenDataset(*lmdb_, kVersion, MatchEvery).ok());
  ExpectSame(*Written(*data), *data);
}

TEST(DatasetIndex, AWriterThatIsKilledLeavesNothingVisible) {
  TempDir directory;
  std::unique_ptr<Dataset> data = Large();
  pid_t child = fork();
  if (child == 0) {
    std::unique_ptr<Lmdb> lmdb = OpenIn(directory);
    (void)WriteAnnotationIndex(*lmdb, kVersion, Breaking(*data, Breaking::End::kKilled));
    _exit(1);
  }
  int state = 0;
  ASSERT_EQ(waitpid(child, &state, 0), child);
  ASSERT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 7);
  std::unique_ptr<Lmdb> lmdb = OpenIn(directory);
  EXPECT_FALSE(HasAnnotationIndex(*lmdb, kVersion).value());
  ASSERT_TRUE(WriteAnnotationIndex(*lmdb, kVersion, *data).ok());
  ExpectSame(*OpenDataset(*lmdb, kVersion, MatchEvery).value(), *data);
}

}  // namespace
}  // namespace annofs::testing

// Which object of the bucket is a frame's image: where it is looked for, and that nothing is
// guessed.
#include "fs/media_matcher.h"

#include "absl/strings/str_format.h"
#include "cache/indexer.h"
#include "formats/memory_dataset.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MediaMatcherTest : public ::testing::Test {
 protected:
  MediaMatcherTest() {
    cache_ =
        OpenCacheDir({.path = directory_ / "cache", .block_bytes = uint64_t{16} << 20}).value();
  }

  void PutAll(const std::vector<std::string>& keys) {
    for (const std::string& key : keys) store_.Put(key, key);
  }
  // `annofs index` of what is there.
  void Index() {
    ASSERT_TRUE(BuildIndex(
                    *cache_.catalog, store_, {}, [](const IndexProgress&) {}, Soon())
                    .ok());
  }
  void Open(const std::string& annotation_key = "annotations.xml") {
    catalog_ = OpenCatalog(*cache_.catalog, store_, {}).value();
    matcher_.emplace(*catalog_, annotation_key, Soon());
  }
  // The keys of the frames' images, "" for none.
  std::vector<std::string> Match(const std::vector<Frame>& frames, bool is_video = false,
                                 const std::string& source = "annotations.xml") {
    DatasetBuilder builder;
    builder.AddTask({.name = "film", .is_video = is_video});
    for (const Frame& frame : frames) EXPECT_TRUE(builder.AddFrame(frame).ok());
    builder.SetInfo({.sources = {{.key = source}}});
    data_ = builder.Finish().value();
    if (!matcher_) Open();
    EXPECT_TRUE(matcher_->Begin(*data_).ok());
    std::vector<std::string> keys;
    for (const Frame& frame : frames) {
      absl::StatusOr<std::optional<MatchedMedia>> found = matcher_->Find(frame);
      EXPECT_TRUE(found.ok()) << found.status();
      keys.push_back(found.ok() && *found ? (*found)->media.key : "");
      for (const std::string& name : frame.related) {
        absl::StatusOr<std::optional<MatchedMedia>> related = matcher_->FindRelated(frame, name);
        EXPECT_TRUE(related.ok()) << related.status();
        related_.push_back(related.ok() && *related ? (*related)->media.key : "");
      }
    }
    problems_ = matcher_->TakeProblems();
    return keys;
  }
  std::string KeyOf(const Frame& frame) { return Match({frame})[0]; }

  MemoryStore store_;
  TempDir directory_;
  CacheDir cache_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<Dataset> data_;
  std::optional<MediaMatcher> matcher_;
  std::vector<Problem> problems_;
  std::vector<std::string> related_;  // keys of all context images, "" for none
};

TEST_F(MediaMatcherTest, TheFirstPlaceThatHasAnImageWins) {
  PutAll({"sub/images/a.jpg", "a.jpg", "images/a.jpg", "images/b.jpg", "sub/Train/c.jpg",
          "images/Train/c.jpg"});
  Open("sub/annotations.xml");
  EXPECT_THAT(Match({{.name = "a.jpg"}, {.name = "b.jpg"}, {.name = "c.jpg", .subset = "Train"}}),
              ElementsAre("sub/images/a.jpg", "images/b.jpg", "sub/Train/c.jpg"));
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(MediaMatcherTest, WhatIsFoundIsTheObjectsOwnVersion) {
  const ObjectVersion put = store_.Put("a.jpg", "12345");
  Open();
  MatchedMedia found = **matcher_->Find({.name = "a.jpg"});
  EXPECT_EQ(found.version, put.version);
  EXPECT_EQ(found.media.size, 5u);
  EXPECT_EQ(found.media.digest, "sha1:" + put.digest.Hex());
  EXPECT_EQ(catalog_->Version(found.row)->version, put.version);
}

TEST_F(MediaMatcherTest, ManyFramesInAndOutOfOrderAreEachFound) {
  std::vector<Frame> frames;
  std::vector<std::string> expected;
  for (int i = 0; i < 3000; ++i) {
    std::string name = absl::StrFormat("d%d/%05d.jpg", i % 3, i * 7 % 3000);
    // Every fifth is not there.
    if (i % 5 != 0) store_.Put("images/" + name, "x");
    expected.push_back(i % 5 != 0 ? "images/" + name : "");
    frames.push_back({.name = name});
  }
  EXPECT_EQ(Match(frames), expected);
  EXPECT_THAT(problems_, SizeIs(600));
  std::vector<std::pair<std::string, std::string>> sorted;
  for (size_t i = 0; i < frames.size(); ++i) sorted.emplace_back(frames[i].name, expected[i]);
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < frames.size(); ++i) {
    frames[i].name = sorted[i].first;
    expected[i] = sorted[i].second;
  }
  matcher_.reset();
  EXPECT_EQ(Match(frames), expected);
}

TEST_F(MediaMatcherTest, ADirectoryOfAFramesNameIsNoImage) {
  PutAll({"a.jpg/inside.txt", "images/a.jpg"});
  EXPECT_EQ(KeyOf({.name = "a.jpg"}), "images/a.jpg");
}

TEST_F(MediaMatcherTest, AnObjectShownUnderAnotherNameIsFoundByThatName) {
  PutAll({"a.jpg", "a.jpg/inside.txt"});
  EXPECT_THAT(Match({{.name = "a.jpg"}, {.name = "a.jpg.object"}}), ElementsAre("", "a.jpg"));
}

TEST_F(MediaMatcherTest, NamesThatNoDirectoryHoldsMatchNothing) {
  PutAll({"a.jpg"});
  std::vector<Frame> frames;
  for (std::string name :
       {std::string("../a.jpg"), std::string("/a.jpg"), std::string("./a.jpg"), std::string(""),
        std::string("a.jpg/"), std::string(5000, 'n'), std::string("a\0.jpg", 6)}) {
    frames.push_back({.name = name});
  }
  EXPECT_THAT(Match(frames), ::testing::Each(""));
}

TEST_F(MediaMatcherTest, ANameOfAMillionDirectoriesMatchesNothing) {
  PutAll({"a/a/a.jpg", "a.jpg"});
  std::string deep = "a";
  while (deep.size() < (size_t{1} << 20)) deep += "/a";
  EXPECT_THAT(Match({{.name = deep, .related = {deep}},
                     {.name = "a.jpg", .subset = deep, .related = {deep}},
                     {.name = "a/a/a.jpg"}}),
              ElementsAre("", "a.jpg", "a/a/a.jpg"));
  size_t bytes = 0;
  for (const Problem& problem : problems_) bytes += problem.frame.size() + problem.reason.size();
  EXPECT_THAT(problems_, SizeIs(3));  // one image, two context images
  EXPECT_LT(bytes, 10000u);
}

TEST_F(MediaMatcherTest, ManyDeepNamesAreEachFound) {
  std::vector<Frame> frames;
  std::vector<std::string> expected;
  for (int i = 0; i < 8; ++i) {
    std::string name = absl::StrCat(i);
    while (name.size() < 120) name += absl::StrCat("/", name.size() % 7);
    frames.push_back({.name = name + "/a.jpg"});
    frames.push_back({.name = name + "/absent/deeper/a.jpg"});
    store_.Put("images/" + name + "/a.jpg", "x");
    expected.push_back("images/" + name + "/a.jpg");
    expected.push_back("");
  }
  EXPECT_EQ(Match(frames), expected);
}

TEST_F(MediaMatcherTest, ImagesBesideTheDirectoryOfTheAnnotationsAreTheirs) {
  PutAll({"exp1/images/default/a.jpg", "exp2/images/default/a.jpg", "exp1/images/val/b.jpg",
          "exp2/images/val/b.jpg", "exp1/images/c.jpg", "exp2/images/c.jpg", "exp1/d.jpg",
          "exp2/d.jpg", "a.jpg", "images/c.jpg"});
  Index();
  for (const std::string experiment : {"exp1", "exp2"}) {
    Open(experiment + "/annotations/instances_default.json");
    EXPECT_THAT(Match({{.name = "a.jpg"},
                       {.name = "b.jpg", .subset = "val"},
                       {.name = "c.jpg"},
                       {.name = "d.jpg"}}),
                ElementsAre(experiment + "/images/default/a.jpg", experiment + "/images/val/b.jpg",
                            experiment + "/images/c.jpg", experiment + "/d.jpg"));
    EXPECT_THAT(problems_, IsEmpty());
  }
}

TEST_F(MediaMatcherTest, AFrameWithoutExtensionIsTheOnlyImageOfThatStem) {
  PutAll({"train/one.jpg", "train/one.txt", "train/two.v2.PNG", "train/two.v3.png"});
  EXPECT_THAT(Match({{.name = "train/one"}, {.name = "train/two.v2"}, {.name = "train/thre"}}),
              ElementsAre("train/one.jpg", "train/two.v2.PNG", ""));
}

TEST_F(MediaMatcherTest, OfTwoImagesOfOneStemNoneIsGuessed) {
  PutAll({"one.jpg", "one.png"});
  EXPECT_EQ(KeyOf({.name = "one"}), "");
  ASSERT_THAT(problems_, SizeIs(1));
  EXPECT_EQ(problems_[0].frame, "one");
  EXPECT_EQ(problems_[0].source, "annotations.xml");
  EXPECT_THAT(problems_[0].reason, HasSubstr("'one.jpg' and 'one.png'"));
}

TEST_F(MediaMatcherTest, AnExactNameWinsOverAStem) {
  PutAll({"one", "images/one.jpg"});
  EXPECT_EQ(KeyOf({.name = "one"}), "one");
}

TEST_F(MediaMatcherTest, FramesOfAVideoAreImagesOfTheirNumberInAnyFormat) {
  PutAll({"frame_000000.PNG", "images/frame_000001.jpg"});
  EXPECT_THAT(Match({{.name = "frame_000000"},
                     {.name = "frame_000001"},
                     {.name = "frame_000001.PNG"},
                     {.name = "frame_000002"},
                     {.name = "frame_000003"}},
                    true),
              ElementsAre("frame_000000.PNG", "images/frame_000001.jpg", "images/frame_000001.jpg",
                          "", ""));
  ASSERT_THAT(problems_, SizeIs(1));
  EXPECT_THAT(problems_[0].reason, HasSubstr("2 of its frames"));
}

TEST_F(MediaMatcherTest, CaseAndNormalisationAreNeverGuessed) {
  PutAll({"A.jpg", "u\xCC\x88.jpg"});
  Index();
  EXPECT_THAT(Match({{.name = "a.jpg"}, {.name = "\xC3\xBC.jpg"}}), ElementsAre("", ""));
}

TEST_F(MediaMatcherTest, InAnIndexedBucketTheOnlyObjectThatEndsWithTheNameIsTaken) {
  PutAll({"raw/2024/cam/a.jpg", "raw/2024/xcam/a.jpg", "else/b.jpg", "deep/er/c.jpg"});
  Index();
  EXPECT_THAT(Match({{.name = "cam/a.jpg"}, {.name = "b.jpg"}, {.name = "er/c"}}),
              ElementsAre("raw/2024/cam/a.jpg", "else/b.jpg", "deep/er/c.jpg"));
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(MediaMatcherTest, OfTwoObjectsThatEndWithTheNameNoneIsGuessed) {
  PutAll({"x/a.jpg", "y/a.jpg"});
  Index();
  EXPECT_EQ(KeyOf({.name = "a.jpg"}), "");
  ASSERT_THAT(problems_, SizeIs(1));
  EXPECT_THAT(problems_[0].reason, HasSubstr("'x/a.jpg' and 'y/a.jpg'"));
}

TEST_F(MediaMatcherTest, ABucketThatIsNotIndexedIsNotSearched) {
  PutAll({"raw/cam/a.jpg"});
  Open();
  store_.ResetCounts();
  EXPECT_EQ(KeyOf({.name = "cam/a.jpg"}), "");
  EXPECT_EQ(store_.lists(), 1);  // the root
}

TEST_F(MediaMatcherTest, FramesInTheirSourceAreNoProblemAndTheBucketsImageWins) {
  PutAll({"b.jpg", "far/away/c.jpg"});
  Index();
  const InnerMedia inner{.header_offset = 1, .size = 2};
  EXPECT_THAT(Match({{.name = "a.jpg", .inner = inner},
                     {.name = "b.jpg", .inner = inner},
                     {.name = "c.jpg", .inner = inner}}),
              ElementsAre("", "b.jpg", ""));
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(MediaMatcherTest, ContextImagesThatAreNotThereAreReported) {
  PutAll({"a.jpg", "related_images/a_jpg/x.png", "cloud.pcd"});
  EXPECT_THAT(Match({{.name = "a.jpg",
                      .related = {"related_images/a_jpg/x.png", "related_images/a_jpg/y.png"}},
                     {.name = "cloud.pcd"}}),
              ElementsAre("a.jpg", "cloud.pcd"));
  ASSERT_THAT(problems_, SizeIs(1));
  EXPECT_EQ(problems_[0].frame, "a.jpg");
  EXPECT_THAT(problems_[0].reason, HasSubstr("'related_images/a_jpg/y.png'"));
  EXPECT_THAT(related_, ElementsAre("related_images/a_jpg/x.png", ""));
}

// CVAT's uploads: reference/cvat.md §7.
TEST_F(MediaMatcherTest, ContextImagesAreFoundWhereTheirCloudsAre) {
  PutAll({"set/pointcloud/1.pcd", "set/related_images/1_pcd/x.png", "set/image_00/data/2.png",
          "set/velodyne_points/data/2.bin", "set/3/3.pcd", "set/3/y.png", "set/4.pcd",
          "set/4.png"});
  Open("set/export/annotations.json");
  EXPECT_THAT(Match({{.name = "pointcloud/1.pcd", .related = {"related_images/1_pcd/x.png"}},
                     {.name = "velodyne_points/data/2.bin", .related = {"image_00/data/2.png"}},
                     {.name = "3/3.pcd", .related = {"3/y.png"}},
                     {.name = "4.pcd", .related = {"4.png"}}}),
              ElementsAre("set/pointcloud/1.pcd", "set/velodyne_points/data/2.bin", "set/3/3.pcd",
                          "set/4.pcd"));
  EXPECT_THAT(related_, ElementsAre("set/related_images/1_pcd/x.png", "set/image_00/data/2.png",
                                    "set/3/y.png", "set/4.png"));
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(MediaMatcherTest, AContextImageThatCouldBeTwoObjectsIsNone) {
  PutAll({"a.pcd", "p/r/x.png", "q/r/x.png"});
  Index();
  EXPECT_THAT(Match({{.name = "a.pcd", .related = {"r/x.png"}}}), ElementsAre("a.pcd"));
  EXPECT_THAT(related_, ElementsAre(""));
  ASSERT_THAT(problems_, SizeIs(1));
  EXPECT_THAT(problems_[0].reason, HasSubstr("more than one object"));
}

TEST_F(MediaMatcherTest, WhatIsNoImageIsNoContextImage) {
  PutAll({"a.pcd", "notes.txt"});
  EXPECT_THAT(Match({{.name = "a.pcd", .related = {"notes.txt"}}}), ElementsAre("a.pcd"));
  EXPECT_THAT(related_, ElementsAre(""));
  EXPECT_THAT(problems_, SizeIs(1));
}

TEST_F(MediaMatcherTest, AFrameOfAZipIsSaidToLieThereCompressedOrNotAtAll) {
  (void)Match({{.name = "a.jpg"}}, false, "backup.ZIP");
  ASSERT_THAT(problems_, SizeIs(1));
  EXPECT_THAT(problems_[0].reason, HasSubstr("nor uncompressed in the zip"));
  (void)Match({{.name = "a.jpg"}});
  EXPECT_THAT(problems_[0].reason, ::testing::Not(HasSubstr("zip")));
}

TEST_F(MediaMatcherTest, LinesAreBoundedAndTheRestIsCounted) {
  std::vector<Frame> frames;
  for (int i = 0; i < 2500; ++i) frames.push_back({.name = absl::StrCat(i, ".jpg")});
  (void)Match(frames);
  ASSERT_THAT(problems_, SizeIs(kMostMediaProblems + 1));
  EXPECT_THAT(problems_.back().reason, HasSubstr("in all 2500 frames"));
}

TEST_F(MediaMatcherTest, AFailureOfTheStoreIsAnError) {
  PutAll({"a.jpg"});
  Open();
  store_.Fail(MemoryStore::Call::kList, absl::UnavailableError("down"));
  EXPECT_TRUE(absl::IsUnavailable(matcher_->Find({.name = "a.jpg"}).status()));
  EXPECT_EQ((**matcher_->Find({.name = "a.jpg"})).media.key, "a.jpg");
}

}  // namespace
}  // namespace annofs::testing

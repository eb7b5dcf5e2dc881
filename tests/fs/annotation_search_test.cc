// Which objects are probed for annotations: by names, places, and how many.
#include "fs/annotation_search.h"

#include "absl/strings/str_format.h"
#include "cache/indexer.h"
#include "fs/annotation_names.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(AnnotationNames, OfWhatCvatAndOthersWriteAreLikely) {
  for (absl::string_view name :
       {"a.zip", "A.ZIP", "annotations.xml", "annotations.json", "annotations.merged.rest.json",
        "instances_default.json", "person_keypoints_val.json", "my_labels.json", "cvat1.xml",
        "manifest.jsonl", "Manifest.jsonl"}) {
    EXPECT_EQ(AnnotationLikeness(name, false), Likelihood::kLikely) << name;
  }
}

TEST(AnnotationNames, OfTheSameKindsMayBe) {
  for (absl::string_view name : {"0001.xml", "rows.jsonl"}) {
    EXPECT_EQ(AnnotationLikeness(name, false), Likelihood::kMaybe) << name;
  }
  EXPECT_EQ(AnnotationLikeness("default.json", false), Likelihood::kNone);
  EXPECT_EQ(AnnotationLikeness("default.json", true), Likelihood::kMaybe);
}

TEST(AnnotationNames, OfOtherKindsAreNot) {
  for (absl::string_view name :
       {"annotations.jpg", "labels.txt", "zip", "annotations", "a.json.gz", ".json", ""}) {
    EXPECT_EQ(AnnotationLikeness(name, true), Likelihood::kNone) << name;
  }
}

TEST(AnnotationNames, ThatCvatMadeUpSayItsNumber) {
  EXPECT_EQ(NumberInName("task_12_annotations_2024_06_20_10_11_12_cvat for images 1.1.zip"),
            "task 12");
  EXPECT_EQ(NumberInName("project_3_dataset_2024_06_20_10_11_12_coco 1.0.zip"), "project 3");
  EXPECT_EQ(NumberInName("job-7-dataset-instance1718871072.5-coco_10.zip"), "job 7");
  for (absl::string_view name :
       {"task_12_backup_2024_06_20_10_11_12.zip", "task_x_annotations_a.zip", "task_12.zip",
        "task_12_annotations", "mytask_12_annotations_1.zip", "task_-1_annotations_1.zip"}) {
    EXPECT_EQ(NumberInName(name), "") << name;
  }
}

class AnnotationSearchTest : public ::testing::Test {
 protected:
  void PutAll(const std::vector<std::string>& keys) {
    for (const std::string& key : keys) store_.Put(key, key);
  }
  void Index() {
    ASSERT_TRUE(BuildIndex(
                    *cache_.catalog, store_, {}, [](const IndexProgress&) {}, Soon())
                    .ok());
  }
  // The keys of the candidates.
  std::vector<std::string> Search() {
    std::unique_ptr<Catalog> catalog = OpenCatalog(*cache_.catalog, store_, {}).value();
    absl::StatusOr<Candidates> found = SearchCandidates(*catalog, Soon());
    EXPECT_TRUE(found.ok()) << found.status();
    std::vector<std::string> keys;
    for (RowId row : found->rows) keys.push_back(catalog->Key(row).value());
    std::sort(keys.begin(), keys.end());
    notes_ = found->notes;
    return keys;
  }

  MemoryStore store_;
  TempDir directory_;
  CacheDir cache_ =
      OpenCacheDir({.path = directory_ / "c", .block_bytes = uint64_t{16} << 20}).value();
  std::vector<std::string> notes_;
};

TEST_F(AnnotationSearchTest, JsonOfAnyNameIsLookedIntoBelowATellingDirectory) {
  PutAll({"config.json", "annotations.json", "exports/default.json", "exports/INPUT/x.json",
          "photos/instances_val.json"});
  EXPECT_THAT(Search(),
              ElementsAre("annotations.json", "exports/INPUT/x.json", "exports/default.json"));
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(AnnotationSearchTest, AnIndexedBucketIsLookedIntoEverywhere) {
  PutAll({"photos/2024/deep/er/backup.zip", "photos/2024/config.json",
          "photos/x/instances_val.json", "a/INPUT/any.json", "a/b.xml"});
  for (int i = 0; i < 50; ++i) PutAll({absl::StrCat("labels", 10 + i, "/a.xml")});
  Index();
  store_.ResetCounts();
  std::vector<std::string> found = Search();
  EXPECT_THAT(found, SizeIs(54));
  EXPECT_THAT(found, Contains("photos/2024/deep/er/backup.zip"));
  EXPECT_THAT(found, Contains("photos/x/instances_val.json"));
  EXPECT_THAT(found, Contains("a/INPUT/any.json"));
  EXPECT_THAT(found, Not(Contains("photos/2024/config.json")));
  EXPECT_THAT(notes_, IsEmpty());
  EXPECT_EQ(store_.lists(), 0);
}

TEST_F(AnnotationSearchTest, ManyFilesThatOnlyMightBeHideNoneThatIsCalledSo) {
  for (int i = 0; i < 3000; ++i) PutAll({absl::StrFormat("a/%04d.xml", i)});
  PutAll({"z/annotations.xml"});
  Index();
  std::vector<std::string> found = Search();
  EXPECT_THAT(found, SizeIs(kMaybesOfDirectory + 1));
  EXPECT_THAT(found, Contains("z/annotations.xml"));
  ASSERT_THAT(notes_, SizeIs(1));
  EXPECT_THAT(notes_[0], HasSubstr("2900 objects"));
  EXPECT_THAT(notes_[0], HasSubstr("'/a/0100.xml'"));
}

TEST_F(AnnotationSearchTest, ProbesAreBoundedAndWhatIsLeftOutIsSaid) {
  for (int i = 0; i < 1200; ++i) PutAll({absl::StrFormat("%04d.zip", i)});
  EXPECT_THAT(Search(), SizeIs(kDiscoveryProbes));
  ASSERT_THAT(notes_, SizeIs(1));
  EXPECT_THAT(notes_[0], HasSubstr("200 objects"));
  EXPECT_THAT(notes_[0], HasSubstr("'/1000.zip'"));
}

TEST_F(AnnotationSearchTest, WhereItStoppedItNamesTheIndex) {
  for (int i = 0; i < 40; ++i) PutAll({absl::StrCat("labels", 10 + i, "/a.xml")});
  (void)Search();
  ASSERT_THAT(notes_, SizeIs(1));
  EXPECT_THAT(notes_[0], HasSubstr("annofs index"));
}

}  // namespace
}  // namespace annofs::testing

// annofs.json (design/product.md §4): what is read of it, and what its errors say.
#include "formats/dataset_config.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

// The example of design/product.md §4, its alternatives resolved.
constexpr char kExample[] = R"json({"datasets": [{
  "name": "street",
  "sources": ["cvat/task_12_backup.zip", "exports/*.zip"],
  "media": "images/",
  "labels": {"keep": ["car", "bus"], "rename": {"bus": "vehicle"}, "order": ["vehicle", "car"]},
  "where": {"type": ["rectangle"], "occluded": false, "min_area": 64, "source": ["manual"],
            "attribute": {"color": ["red"]}, "job_state": ["completed"], "job_stage": ["acceptance"]},
  "frames": "annotated",
  "split": {"by": "group", "train": 0.8, "val": 0.1, "test": 0.1, "seed": 1},
  "names": "original",
  "views": ["by-class", "yolo", "coco", "cvat/*"]
}]}
)json";

std::string ErrorOf(absl::string_view text) {
  const absl::StatusOr<Configuration> parsed = ParseConfiguration(text, "annofs.json");
  EXPECT_TRUE(parsed.ok() || absl::IsInvalidArgument(parsed.status())) << parsed.status();
  return parsed.ok() ? "" : std::string(parsed.status().message());
}

// A file of one dataset with these members beside its name, each on the second line or behind it.
std::string Street(absl::string_view members) {
  return absl::StrCat("{\"datasets\": [{\"name\": \"street\",\n", members, "}]}");
}
// Without the start that all of them have.
std::string StreetError(absl::string_view members) {
  const std::string error = ErrorOf(Street(members));
  constexpr absl::string_view kPlace = "annofs.json:2: datasets[0].";
  EXPECT_EQ(error.substr(0, kPlace.size()), kPlace) << members;
  return error.substr(std::min(error.size(), kPlace.size()));
}
DatasetConfig StreetOf(absl::string_view members) {
  const absl::StatusOr<Configuration> parsed = ParseConfiguration(Street(members), "annofs.json");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  if (!parsed.ok() || parsed->datasets.size() != 1) return DatasetConfig();
  return parsed->datasets[0];
}
DatasetConfig StreetOnly() {
  return ParseConfiguration(R"({"datasets": [{"name": "street"}]})", "annofs.json")->datasets.at(0);
}
SplitOptions SplitOf(absl::string_view members) {
  return StreetOf(absl::StrCat("\"split\": {", members, "}")).options.split;
}
std::string Shown(absl::string_view members) { return StreetOf(members).options.configuration; }

TEST(DatasetConfigTest, TakesTheExample) {
  const absl::StatusOr<Configuration> parsed = ParseConfiguration(kExample, "annofs.json");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_EQ(parsed->datasets.size(), 1u);
  const DatasetConfig& street = parsed->datasets[0];
  EXPECT_EQ(street.name, "street");
  EXPECT_THAT(street.sources, ElementsAre("cvat/task_12_backup.zip", "exports/*.zip"));
  EXPECT_EQ(street.media, "images");
  EXPECT_THAT(street.labels.keep, ElementsAre("car", "bus"));
  EXPECT_THAT(street.labels.rename, ElementsAre(Pair("bus", "vehicle")));
  EXPECT_THAT(street.labels.order, ElementsAre("vehicle", "car"));
  EXPECT_THAT(street.where.types, ElementsAre(ShapeType::kRectangle));
  EXPECT_EQ(street.where.occluded, std::optional<bool>(false));
  EXPECT_EQ(street.where.min_area, 64);
  EXPECT_THAT(street.where.sources, ElementsAre("manual"));
  EXPECT_THAT(street.where.attributes, ElementsAre(Pair("color", ElementsAre("red"))));
  EXPECT_THAT(street.where.job_states, ElementsAre("completed"));
  EXPECT_THAT(street.where.job_stages, ElementsAre("acceptance"));
  EXPECT_EQ(street.frames, FramesKept::kAnnotated);
  EXPECT_THAT(street.lists, IsEmpty());
  EXPECT_TRUE(street.keeps_names);
  EXPECT_EQ(street.options.split,
            (SplitOptions{
                .by = SplitOptions::By::kGroup, .train = 0.8, .val = 0.1, .test = 0.1, .seed = 1}));
  EXPECT_THAT(street.options.views, ElementsAre("by-class", "yolo", "coco", "cvat/*"));
}

TEST(DatasetConfigTest, ANameIsEnough) {
  const DatasetConfig street = StreetOnly();
  DatasetConfig expected;
  expected.name = "street";
  expected.options.configuration = R"({"name":"street"})";
  EXPECT_EQ(street, expected);
  EXPECT_FALSE(street.changes_dataset());
}

TEST(DatasetConfigTest, NoDatasetsAreAConfiguration) {
  const auto parsed = ParseConfiguration(R"({"datasets": []})", "annofs.json");
  ASSERT_TRUE(parsed.ok());
  EXPECT_THAT(parsed->datasets, IsEmpty());
}

TEST(DatasetConfigTest, EveryWordIsTaken) {
  EXPECT_THAT(StreetOf(R"("where": {"type": ["tag", "rectangle", "polygon", "polyline", "points",
                                              "ellipse", "cuboid", "mask", "skeleton"]})")
                  .where.types,
              ElementsAre(ShapeType::kTag, ShapeType::kRectangle, ShapeType::kPolygon,
                          ShapeType::kPolyline, ShapeType::kPoints, ShapeType::kEllipse,
                          ShapeType::kCuboid, ShapeType::kMask, ShapeType::kSkeleton));
  EXPECT_EQ(StreetOf(R"("frames": "all")").frames, FramesKept::kAll);
  EXPECT_EQ(StreetOf(R"("frames": "annotated")").frames, FramesKept::kAnnotated);
  EXPECT_EQ(StreetOf(R"("frames": "labelled")").frames, FramesKept::kLabelled);
  EXPECT_EQ(SplitOf(R"("by": "subset")").by, SplitOptions::By::kSubset);
  EXPECT_EQ(SplitOf(R"("by": "group")").by, SplitOptions::By::kGroup);
  EXPECT_EQ(SplitOf(R"("by": "hash")").by, SplitOptions::By::kHash);
  EXPECT_FALSE(StreetOf(R"("names": "safe")").keeps_names);
  EXPECT_TRUE(StreetOf(R"("names": "original")").keeps_names);
  EXPECT_EQ(StreetOf(R"("masks": "auto")").options.coco_masks, CocoMasks::kAuto);
  EXPECT_EQ(StreetOf(R"("masks": "polygon")").options.coco_masks, CocoMasks::kPolygon);
  EXPECT_EQ(StreetOf(R"("masks": "rle")").options.coco_masks, CocoMasks::kRle);
  const Where jobs = StreetOf(R"("where": {"job_state": ["new", "in progress", "completed",
      "rejected"], "job_stage": ["annotation", "validation", "acceptance"]})")
                         .where;
  EXPECT_THAT(jobs.job_states, ElementsAre("new", "in progress", "completed", "rejected"));
  EXPECT_THAT(jobs.job_stages, ElementsAre("annotation", "validation", "acceptance"));
}

TEST(DatasetConfigTest, AnUnknownWordNamesThoseThatAre) {
  EXPECT_EQ(StreetError(R"("split": {"by": "x"})"), "split.by: 'x' is none of subset, group, hash");
  EXPECT_EQ(StreetError(R"("frames": "")"), "frames: '' is none of all, annotated, labelled");
  EXPECT_EQ(StreetError(R"("names": "Safe")"), "names: 'Safe' is none of safe, original");
  EXPECT_EQ(StreetError(R"("masks": "png")"), "masks: 'png' is none of auto, polygon, rle");
  EXPECT_EQ(StreetError(R"("where": {"type": ["mask", "box"]})"),
            "where.type[1]: 'box' is none of tag, rectangle, polygon, polyline, points, ellipse, "
            "cuboid, mask, skeleton");
  EXPECT_EQ(StreetError(R"("where": {"job_state": ["done"]})"),
            "where.job_state[0]: 'done' is none of new, in progress, completed, rejected");
  EXPECT_EQ(StreetError(R"("where": {"job_stage": ["review"]})"),
            "where.job_stage[0]: 'review' is none of annotation, validation, acceptance");
}

TEST(DatasetConfigTest, AnUnknownKeyNamesThoseThatAreAndWhatMayBeMeant) {
  EXPECT_EQ(StreetError(R"("lables": {})"),
            "lables: no such key; did you mean 'labels'? Allowed: name, sources, media, labels, "
            "where, frames, split, names, views, masks, shard_frames");
  EXPECT_EQ(ErrorOf(R"({"version": 1, "datasets": []})"),
            "annofs.json:1: version: no such key; allowed: datasets");
  EXPECT_EQ(StreetError(R"("split": {"valid": 0.1})"),
            "split.valid: no such key; did you mean 'val'? Allowed: by, train, val, test, seed");
  EXPECT_THAT(StreetError(R"("where": {"colour": []})"), HasSubstr("where.colour: no such key"));
  EXPECT_THAT(StreetError(R"("labels": {"": []})"), HasSubstr("labels['']: no such key"));
}

TEST(DatasetConfigTest, AKeyThatStandsTwiceIsAnError) {
  EXPECT_EQ(ErrorOf("{\"datasets\": [{\"name\": \"a\",\n\n\"name\": \"b\"}]}"),
            "annofs.json:3: datasets[0].name: a second time; it stands in line 1 already");
  EXPECT_EQ(StreetError(R"("labels": {"rename": {"a": "b", "a": "c"}})"),
            "labels.rename.a: a second time; it stands in line 2 already");
}

TEST(DatasetConfigTest, AValueOfAnotherTypeNamesTheTypeThatIsWanted) {
  const std::pair<const char*, const char*> wrong[] = {
      {R"("sources": "a.zip")", "sources: an array of strings is wanted, this is a string"},
      {R"("sources": [1])", "sources[0]: a string is wanted, this is a number"},
      {R"("media": ["a"])", "media: a string is wanted, this is an array"},
      {R"("labels": ["car"])", "labels: an object is wanted, this is an array"},
      {R"("labels": {"rename": ["a"]})", "labels.rename: an object is wanted, this is an array"},
      {R"("labels": {"rename": {"a": 1}})",
       "labels.rename.a: a string is wanted, this is a number"},
      {R"("labels": {"merge": {"a": "b"}})",
       "labels.merge.a: an array of strings is wanted, this is a string"},
      {R"("where": null)", "where: an object is wanted, this is null; leave the key out instead"},
      {R"("where": {"type": "mask"})",
       "where.type: an array of strings is wanted, this is a string"},
      {R"("where": {"occluded": 1})", "where.occluded: true or false is wanted, this is a number"},
      {R"("where": {"min_area": "64"})", "where.min_area: a number is wanted, this is a string"},
      {R"("where": {"attribute": {"parked": [true]}})",
       "where.attribute.parked[0]: a string is wanted, this is true or false"},
      {R"("frames": true)", "frames: a string is wanted, this is true or false"},
      {R"("split": "group")", "split: an object is wanted, this is a string"},
      {R"("split": {"train": true})",
       "split.train: a share from 0 to 1, an array of names of frames, or the key of a list is "
       "wanted, this is true or false"},
      {R"("split": {"seed": "1"})", "split.seed: a whole number is wanted, this is a string"},
      {R"("views": "yolo")", "views: an array of strings is wanted, this is a string"},
      {R"("shard_frames": {})", "shard_frames: a whole number is wanted, this is an object"}};
  for (const auto& [members, error] : wrong) EXPECT_EQ(StreetError(members), error);
  EXPECT_EQ(ErrorOf("[]"), "annofs.json:1: an object is wanted, this is an array");
  EXPECT_EQ(ErrorOf(R"({"datasets": {}})"),
            "annofs.json:1: datasets: an array is wanted, this is an object");
  EXPECT_EQ(ErrorOf("{\"datasets\": [\n\"street\"]}"),
            "annofs.json:2: datasets[0]: an object is wanted, this is a string");
}

TEST(DatasetConfigTest, ANumberOutOfRangeNamesTheRange) {
  EXPECT_EQ(StreetError(R"("where": {"min_area": -1})"),
            "where.min_area: -1 is not from 0 to 1000000000000");
  EXPECT_EQ(StreetError(R"("split": {"val": 1.5})"), "split.val: 1.5 is not from 0 to 1");
  EXPECT_EQ(StreetError(R"("split": {"test": -0.1})"), "split.test: -0.1 is not from 0 to 1");
  EXPECT_EQ(StreetError(R"("split": {"seed": -1})"),
            "split.seed: -1 is no whole number from 0 to 9223372036854775807");
  EXPECT_EQ(StreetError(R"("shard_frames": 0)"),
            "shard_frames: 0 is no whole number from 1 to 1000000");
  EXPECT_EQ(StreetError(R"("shard_frames": 1000001)"),
            "shard_frames: 1000001 is no whole number from 1 to 1000000");
  EXPECT_EQ(StreetError(R"("shard_frames": 1.5)"),
            "shard_frames: 1.5 is no whole number from 1 to 1000000");
}

TEST(DatasetConfigTest, NumbersAreTakenUpToTheEndsOfTheirRanges) {
  EXPECT_EQ(StreetOf(R"("shard_frames": 1)").options.shard_frames, 1u);
  EXPECT_EQ(StreetOf(R"("shard_frames": 1e6)").options.shard_frames, 1'000'000u);
  EXPECT_EQ(SplitOf(R"("seed": 9223372036854775807)").seed, uint64_t{INT64_MAX});
  EXPECT_EQ(SplitOf(R"("train": 0, "val": 0, "test": 1)").test, 1);
}

TEST(DatasetConfigTest, WithoutSharesTheyAreTheUsualOnes) {
  EXPECT_EQ(SplitOf(""), SplitOptions());
  EXPECT_EQ(SplitOf(R"("seed": 3)"), (SplitOptions{.seed = 3}));
}

struct SharesCase {
  const char* given;
  double train, val, test;
};

TEST(DatasetConfigTest, AShareThatIsNotGivenIsWhatIsMissing) {
  const SharesCase cases[] = {{R"("val": 0.1, "test": 0.1)", 0.8, 0.1, 0.1},
                              {R"("train": 0.7, "test": 0.2)", 0.7, 0.1, 0.2},
                              {R"("train": 0.7, "val": 0.2)", 0.7, 0.2, 0.1},
                              {R"("train": 0.9, "val": 0.1)", 0.9, 0.1, 0},
                              {R"("train": 0.9)", 0.9, 0.1, 0},
                              {R"("val": 0.3)", 0.7, 0.3, 0},
                              {R"("test": 0.1)", 0.7, 0.2, 0.1},
                              {R"("train": 1)", 1, 0, 0}};
  for (const SharesCase& one : cases) {
    const SplitOptions split = SplitOf(one.given);
    EXPECT_EQ(split.train, one.train) << one.given;
    EXPECT_EQ(split.val, one.val) << one.given;
    EXPECT_EQ(split.test, one.test) << one.given;
  }
}

TEST(DatasetConfigTest, SharesAddUpToOne) {
  EXPECT_EQ(StreetError(R"("split": {"train": 0.8, "val": 0.1, "test": 0.2})"),
            "split: the shares add up to 1.1, not to 1; one that is left out is what is missing");
  EXPECT_EQ(StreetError(R"("split": {"train": 0.5, "val": 0.1, "test": 0.2})"),
            "split: the shares add up to 0.8, not to 1; one that is left out is what is missing");
  EXPECT_EQ(StreetError(R"("split": {"train": 0.8, "val": 0.3})"),
            "split: the shares add up to 1.1, more than 1");
  EXPECT_EQ(StreetError(R"("split": {"test": 0.9})"),
            "split: the shares add up to 1.1, more than 1; without 'val' that is 0.2");
}

TEST(DatasetConfigTest, SharesThatAreRoundedAddUp) {
  EXPECT_EQ(SplitOf(R"("train": 0.333333, "val": 0.333333, "test": 0.333333)").train, 0.333333);
  EXPECT_THAT(StreetError(R"("split": {"train": 0.33333, "val": 0.33333, "test": 0.33333})"),
              HasSubstr("add up to 0.99999,"));
}

TEST(DatasetConfigTest, PartsAreListsOfFramesOrKeysOfThem) {
  const DatasetConfig street =
      StreetOf(R"("split": {"test": "lists/test.txt", "val": ["a/*.jpg", "b.jpg"]})");
  EXPECT_THAT(street.lists, ElementsAre(PartList{.part = "val", .frames = {"a/*.jpg", "b.jpg"}},
                                        PartList{.part = "test", .key = "lists/test.txt"}));
  EXPECT_EQ(street.options.split, SplitOptions());
  EXPECT_TRUE(street.changes_dataset());
}

TEST(DatasetConfigTest, SharesAndListsDoNotMix) {
  EXPECT_EQ(StreetError(R"("split": {"train": 0.8, "val": ["b.jpg"]})"),
            "split: shares and lists together; either all that are given are shares, or all are "
            "lists");
}

TEST(DatasetConfigTest, WhatIsForSharesDoesNotStandBesideLists) {
  EXPECT_EQ(StreetError(R"("split": {"by": "hash", "val": ["b.jpg"]})"),
            "split.by: lists divide the frames; this is for shares");
  EXPECT_EQ(StreetError(R"("split": {"val": "val.txt", "seed": 1})"),
            "split.seed: lists divide the frames; this is for shares");
}

TEST(DatasetConfigTest, AFrameIsInOnePart) {
  EXPECT_EQ(StreetError(R"("split": {"train": ["a.jpg", "b.jpg"], "val": ["b.jpg"]})"),
            "split.val[0]: 'b.jpg' is in 'train' already");
  EXPECT_EQ(StreetError(R"("split": {"train": ["a.jpg", "a.jpg"]})"),
            "split.train[1]: 'a.jpg' stands there twice");
}

TEST(DatasetConfigTest, AShareInQuotationMarksIsNoKey) {
  EXPECT_EQ(StreetError(R"("split": {"train": "0.8"})"),
            "split.train: '0.8' is a string; a share stands without quotation marks");
}

TEST(DatasetConfigTest, LabelsAreDroppedAndMerged) {
  const LabelRules labels = StreetOf(R"("labels": {"drop": ["dog"], "rename": {"cars": "car"},
      "merge": {"vehicle": ["bus", "truck"]}, "order": ["vehicle"]})")
                                .labels;
  EXPECT_THAT(labels.drop, ElementsAre("dog"));
  EXPECT_THAT(labels.rename, ElementsAre(Pair("cars", "car")));
  EXPECT_THAT(labels.merge, ElementsAre(Pair("vehicle", ElementsAre("bus", "truck"))));
  EXPECT_THAT(labels.order, ElementsAre("vehicle"));
}

TEST(DatasetConfigTest, KeepAndDropDoNotStandTogether) {
  EXPECT_EQ(StreetError(R"("labels": {"keep": ["a"], "drop": ["b"]})"),
            "labels.drop: stands beside 'keep', which drops all other labels already");
}

TEST(DatasetConfigTest, ALabelBecomesOneOther) {
  EXPECT_EQ(StreetError(R"("labels": {"rename": {"bus": "big"}, "merge": {"vehicle": ["bus"]}})"),
            "labels.merge.vehicle[0]: the label 'bus' becomes 'big' already");
  EXPECT_EQ(StreetError(R"("labels": {"merge": {"a": ["bus"], "b": ["car", "bus"]}})"),
            "labels.merge.b[1]: the label 'bus' becomes 'a' already");
  EXPECT_THAT(StreetOf(R"("labels": {"rename": {"a": "b", "b": "a", "c": "a"}})").labels.rename,
              ElementsAre(Pair("a", "b"), Pair("b", "a"), Pair("c", "a")));
}

TEST(DatasetConfigTest, ALabelThatIsLeftOutBecomesNone) {
  EXPECT_EQ(StreetError(R"("labels": {"drop": ["bus"], "rename": {"bus": "big"}})"),
            "labels.rename.bus: the label 'bus' is in 'drop'");
  EXPECT_EQ(StreetError(R"("labels": {"keep": ["big"], "merge": {"big": ["bus"]}})"),
            "labels.merge.big[0]: the label 'bus' is not in 'keep', which names labels as the "
            "source does");
}

TEST(DatasetConfigTest, TheOrderIsOfNamesThatLabelsMayHaveAfterwards) {
  EXPECT_EQ(StreetError(R"("labels": {"rename": {"bus": "big"}, "order": ["car", "bus"]})"),
            "labels.order[1]: the label 'bus' is called 'big' here");
  EXPECT_EQ(StreetError(R"("labels": {"drop": ["bus"], "order": ["bus"]})"),
            "labels.order[0]: the label 'bus' is in 'drop'");
  EXPECT_EQ(StreetError(R"("labels": {"keep": ["bus"], "order": ["bus", "car"]})"),
            "labels.order[1]: no label that is kept is called 'car'");
  EXPECT_THAT(
      StreetOf(R"("labels": {"drop": ["a"], "rename": {"b": "a"}, "order": ["a"]})").labels.order,
      ElementsAre("a"));
}

TEST(DatasetConfigTest, AGlobThatNamesNoViewIsAnError) {
  EXPECT_EQ(StreetError(R"("views": ["by-*", "yoloo"])"),
            "views[1]: no view is called 'yoloo'; did you mean 'yolo'? (`annofs formats` lists "
            "them)");
  EXPECT_EQ(StreetError(R"("views": ["cvat"])"),
            "views[0]: no view is called 'cvat' (`annofs formats` lists them)");
  EXPECT_THAT(StreetOf(R"("views": ["**", "cvat/COCO 1.0"])").options.views,
              ElementsAre("**", "cvat/COCO 1.0"));
}

TEST(DatasetConfigTest, EmptyListsAndTextsAreErrors) {
  for (const char* list : {"sources", "views"}) {
    EXPECT_EQ(StreetError(absl::StrCat("\"", list, "\": []")),
              absl::StrCat(list, ": an empty array; leave the key out where nothing is meant"));
  }
  for (const char* list : {"labels.keep", "labels.drop", "labels.order", "where.type",
                           "where.source", "where.job_state", "where.job_stage", "split.val"}) {
    const std::string members =
        absl::StrCat("\"", absl::StrReplaceAll(list, {{".", "\": {\""}}), "\": []}");
    EXPECT_THAT(StreetError(members), HasSubstr(absl::StrCat(list, ": an empty array;")));
  }
  EXPECT_THAT(StreetError(R"("labels": {"merge": {"a": []}})"), HasSubstr("an empty array"));
  EXPECT_THAT(StreetError(R"("where": {"attribute": {"a": []}})"), HasSubstr("an empty array"));
  EXPECT_EQ(StreetError(R"("labels": {"keep": [""]})"), "labels.keep[0]: an empty string");
  EXPECT_THAT(StreetError(R"("labels": {"rename": {"a": ""}})"), HasSubstr("an empty string"));
  EXPECT_EQ(StreetError(R"("labels": {"rename": {"": "a"}})"),
            "labels.rename['']: a key without a name");
  EXPECT_THAT(StreetError(R"("media": "")"), HasSubstr("an empty string"));
}

TEST(DatasetConfigTest, AttributesAndSourcesMayBeEmptyTexts) {
  const Where where = StreetOf(R"("where": {"attribute": {"a": [""]}, "source": [""]})").where;
  EXPECT_THAT(where.attributes, ElementsAre(Pair("a", ElementsAre(""))));
  EXPECT_THAT(where.sources, ElementsAre(""));
}

TEST(DatasetConfigTest, KeysStayInTheBucket) {
  EXPECT_EQ(StreetError(R"("sources": ["/cvat/a.zip"])"),
            "sources[0]: '/cvat/a.zip' begins with '/'; keys are relative to the bucket's root");
  EXPECT_EQ(StreetError(R"("media": "../images")"),
            "media: '../images' has '..'; keys are relative to the bucket's root, and name what is "
            "below it");
  EXPECT_THAT(StreetError(R"("split": {"val": "a/../val.txt"})"), HasSubstr("split.val: "));
  EXPECT_THAT(StreetError(R"("sources": ["./a.zip"])"), HasSubstr("has '.';"));
  EXPECT_EQ(StreetError(R"("sources": ["b2://bucket/a.zip"])"),
            "sources[0]: 'b2://bucket/a.zip' has an empty name between slashes");
  EXPECT_THAT(StreetError(R"("sources": ["a\u0000b"])"), HasSubstr("has a control character"));
  EXPECT_THAT(StreetOf(R"("sources": ["a..b/**/c...zip"])").sources,
              ElementsAre("a..b/**/c...zip"));
}

TEST(DatasetConfigTest, EveryDatasetHasAName) {
  EXPECT_EQ(ErrorOf("{\"datasets\": [{\"name\": \"a\"},\n{\"media\": \"b\"}]}"),
            "annofs.json:2: datasets[1]: 'name' is missing");
  EXPECT_THAT(ErrorOf(R"({"datasets": [{"name": ""}]})"),
              HasSubstr("datasets[0].name: an empty string"));
  EXPECT_EQ(ErrorOf("{}"), "annofs.json:1: 'datasets' is missing");
}

TEST(DatasetConfigTest, NamesDifferInMoreThanCase) {
  EXPECT_EQ(ErrorOf("{\"datasets\": [{\"name\": \"Street\"}, {\"name\": \"b\"},\n"
                    "{\"name\": \"street\"}]}"),
            "annofs.json:2: datasets[2].name: 'street' is the name of datasets[0] already; case "
            "does not count");
}

TEST(DatasetConfigTest, TheErrorThatStandsFirstIsTold) {
  EXPECT_EQ(ErrorOf("{\"datasets\": [{\"masks\": \"rle\",\n\"views\": [],\n\"media\": 1,\n"
                    "\"name\": 2,\n\"unknown\": 3}]}"),
            "annofs.json:2: datasets[0].views: an empty array; leave the key out where nothing is "
            "meant");
}

TEST(DatasetConfigTest, AnErrorNamesTheFileThatIsMeant) {
  EXPECT_EQ(ParseConfiguration("{}", "/etc/annofs/street.json").status().message(),
            "/etc/annofs/street.json:1: 'datasets' is missing");
}

TEST(DatasetConfigTest, TextThatIsNoJsonIsAnErrorWithItsLine) {
  EXPECT_EQ(ErrorOf(""), "annofs.json:1: the document is empty");
  EXPECT_EQ(ErrorOf(Street("// cars only\n\"frames\": \"all\"")),
            "annofs.json:2: datasets[0]: a comment; JSON has none");
  EXPECT_EQ(ErrorOf("{\"datasets\": []}\nx"), "annofs.json:2: more after the document's value");
  EXPECT_EQ(ErrorOf("{\"datasets\": [{\"name\": \"\xFF\"}]}"),
            "annofs.json:1: text that is no UTF-8");
  EXPECT_EQ(ErrorOf(absl::StrCat("\xEF\xBB\xBF", kExample)), "");
}

TEST(DatasetConfigTest, SizeAndDepthAreBounded) {
  std::string text = R"({"datasets": []})";
  text.append(kMaxConfigurationBytes - text.size(), ' ');
  EXPECT_EQ(ErrorOf(text), "");
  EXPECT_EQ(ErrorOf(text + " "), "annofs.json: larger than 4 MiB");
  EXPECT_THAT(ErrorOf(std::string(kMaxConfigurationBytes, '[')), HasSubstr("nested deeper than"));
}

TEST(DatasetConfigTest, ADatasetIsAnotherOneWhereSomethingIsLeftOutRenamedOrListed) {
  for (const char* members :
       {R"("labels": {"keep": ["a"]})", R"("labels": {"drop": ["a"]})",
        R"("labels": {"rename": {"a": "b"}})", R"("labels": {"merge": {"a": ["b"]}})",
        R"("labels": {"order": ["a"]})", R"("where": {"type": ["mask"]})",
        R"("where": {"occluded": false})", R"("where": {"min_area": 1})",
        R"("where": {"source": ["auto"]})", R"("where": {"attribute": {"a": ["b"]}})",
        R"("where": {"job_state": ["new"]})", R"("where": {"job_stage": ["validation"]})",
        R"("frames": "annotated")", R"("frames": "labelled")", R"("split": {"val": ["a"]})",
        R"("split": {"val": "key"})", R"("sources": ["a.zip", "b.zip"])"}) {
    EXPECT_TRUE(StreetOf(members).changes_dataset()) << members;
  }
  for (const char* members :
       {R"("sources": ["a.zip"])", R"("media": "images")", R"("labels": {})", R"("where": {})",
        R"("frames": "all")", R"("split": {"by": "hash", "train": 0.5, "seed": 1})",
        R"("names": "original")", R"("views": ["yolo"])", R"("masks": "rle")",
        R"("shard_frames": 5)", R"("labels": {"rename": {}})"}) {
    EXPECT_FALSE(StreetOf(members).changes_dataset()) << members;
  }
}

// Between two texts of a file of the repository.
std::string Excerpt(absl::string_view path, const std::string& from, const std::string& to) {
  const std::string text = *testing::ReadFile(::annofs::testing::SourcePath(path));
  const size_t begin = text.find(from) + from.size();
  return text.substr(begin, text.find(to, begin) - begin);
}

TEST(DatasetConfigTest, TakesTheExamplesOfTheManual) {
  const std::string manual =
      absl::StrReplaceAll(Excerpt("man/annofs-config.5", ".EX\n", ".EE"), {{"\\-", "-"}});
  EXPECT_THAT(manual, HasSubstr("\"street\""));
  EXPECT_EQ(ErrorOf(manual), "");
  const std::string readme = Excerpt("README.md", "```json\n", "```");
  EXPECT_THAT(readme, HasSubstr("\"street\""));
  EXPECT_EQ(ErrorOf(readme), "");
}

TEST(DatasetConfigTest, EveryKeyIsInTheManual) {
  const std::string manual =
      Excerpt("man/annofs-config.5", ".SH KEYS OF A DATASET", ".SH KEYS AND GLOBS");
  int keys = 0;
  for (const char* members : {R"("zzzz": 0)", R"("labels": {"zzzz": 0})", R"("where": {"zzzz": 0})",
                              R"("split": {"zzzz": 0})"}) {
    const std::vector<std::string> parts = absl::StrSplit(StreetError(members), "allowed: ");
    ASSERT_EQ(parts.size(), 2u) << members;
    for (const absl::string_view key : absl::StrSplit(parts[1], ", ")) {
      EXPECT_THAT(manual, ::testing::ContainsRegex(absl::StrCat("\n[.]BR? ([a-z_\", ]* )?", key)));
      ++keys;
    }
  }
  EXPECT_EQ(keys, 11 + 5 + 7 + 5);
}

TEST(CanonicalConfigTest, SaysTheExampleInOneLine) {
  EXPECT_EQ(
      ParseConfiguration(kExample, "annofs.json")->datasets.at(0).options.configuration,
      R"({"name":"street","sources":["cvat/task_12_backup.zip","exports/*.zip"],"media":"images",)"
      R"("labels":{"keep":["car","bus"],"rename":{"bus":"vehicle"},"order":["vehicle","car"]},)"
      R"("where":{"type":["rectangle"],"occluded":false,"min_area":64,"source":["manual"],)"
      R"("attribute":{"color":["red"]},"job_state":["completed"],"job_stage":["acceptance"]},)"
      R"("frames":"annotated","split":{"by":"group","train":0.8,"val":0.1,"test":0.1,"seed":1},)"
      R"("names":"original","views":["by-class","yolo","coco","cvat/*"]})");
}

TEST(CanonicalConfigTest, SpaceAndTheOrderOfKeysChangeNothing) {
  EXPECT_EQ(Shown(R"("labels": {"rename": {"a": "b", "c": "d"}}, "media": "x/")"),
            Shown("\"media\":\"\\u0078\",\n\n\"labels\":{\"rename\":{\"c\":\"d\",\"a\":\"b\"}}"));
}

TEST(CanonicalConfigTest, DefaultsThatAreWrittenOutChangeNothing) {
  EXPECT_EQ(Shown(R"("labels": {"rename": {}}, "where": {"min_area": 0, "attribute": {}},
                     "frames": "all", "split": {"train": 0.8, "seed": 0}, "names": "safe",
                     "masks": "auto", "shard_frames": 1000)"),
            R"({"name":"street"})");
}

TEST(CanonicalConfigTest, NumbersAreShortestAndSharesWhole) {
  EXPECT_EQ(
      Shown(R"("split": {"val": 1.0e-1}, "where": {"min_area": 64.50}, "shard_frames": 5e2)"),
      R"({"name":"street","where":{"min_area":64.5},"split":{"train":0.9,"val":0.1,"test":0},)"
      R"("shard_frames":500})");
  EXPECT_EQ(Shown(R"("split": {"train": 0.7, "val": 0.2})"),
            Shown(R"("split": {"test": 0.1, "val": 0.2, "train": 0.7})"));
}

TEST(CanonicalConfigTest, SaysListsAndViewOptions) {
  EXPECT_EQ(Shown(R"("masks": "polygon", "split": {"test": "t.txt", "train": ["a"]})"),
            R"({"name":"street","split":{"train":["a"],"test":"t.txt"},)"
            R"("masks":"polygon"})");
}

TEST(CanonicalConfigTest, DiffersWhereTheDatasetDoes) {
  const std::string plain = StreetOnly().options.configuration;
  for (const char* members :
       {R"("media": "a")", R"("sources": ["a"])", R"("labels": {"order": ["a"]})",
        R"("where": {"occluded": true})", R"("split": {"seed": 1})", R"("views": ["yolo"])"}) {
    EXPECT_NE(Shown(members), plain) << members;
  }
}

}  // namespace
}  // namespace annofs

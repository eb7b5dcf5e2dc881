// by-attribute, by-track, by-source, by-job, by-subset: what stands where, and what of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/names.h"
#include "formats/annotation_text.h"
#include "formats/text_facet.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::ChildrenOf;
using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::ForEachLeaf;
using ::annofs::testing::LeafOf;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::string_view kPeopleViews[] = {"by-attribute", "by-track", "by-source", "by-job",
                                              "by-subset"};

// Two tasks, whose tracks have the same numbers; a frame without annotations.
std::unique_ptr<Dataset> Street() {
  DatasetBuilder builder;
  builder.AddTask({.id = 5, .name = "one", .subset = "Train"});
  builder.AddTask({.id = 7, .name = "two"});
  const uint32_t car = builder.AddLabel({.name = "car"});
  const uint32_t person = builder.AddLabel({.name = "person"});
  const uint32_t a = builder.AddFrame({.name = "a.jpg", .subset = "Train"}).value();
  const uint32_t b = builder.AddFrame({.name = "d/b.png", .number = 1, .subset = "Train"}).value();
  const uint32_t c = builder.AddFrame({.name = "c.jpg", .task = 1}).value();
  builder.AddFrame({.name = "empty.jpg", .number = 1, .task = 1}).value();
  const uint32_t job =
      builder.AddJob({.id = 11, .task = 0, .stage = "annotation", .state = "in progress"});
  builder.AddJob({.id = 12, .task = 0, .stage = "acceptance", .state = "completed"});
  const uint32_t bare = builder.AddJob({.id = 13, .task = 1});
  EXPECT_TRUE(builder.AddToJob(job, a).ok() && builder.AddToJob(job, b).ok());
  EXPECT_TRUE(builder.AddToJob(bare, c).ok());
  auto add = [&builder](uint32_t frame, Shape shape) {
    shape.points = {1, 1, 5, 5};
    EXPECT_TRUE(builder.AddShape(frame, std::move(shape)).ok());
  };
  for (uint32_t frame : {a, b, c}) {
    add(frame, {.label = car,
                .track = 0,
                .keyframe = true,
                .source = "manual",
                .attributes = {{"color", frame == a ? "red" : "blue"}, {"doors", "4"}}});
  }
  add(b, {.label = car, .track = 3, .source = "manual"});
  add(b, {.label = person, .track = 1, .source = "auto"});
  add(b, {.label = person, .source = "file", .attributes = {{"age", "7"}}});
  return Finished(builder);
}

std::vector<std::string> Paths(const std::map<std::string, std::string>& files) {
  std::vector<std::string> paths;
  for (const auto& [path, text] : files) paths.push_back(path);
  return paths;
}

// First columns of a TSV below its header.
std::vector<std::string> Rows(const std::string& tsv, size_t column) {
  std::vector<std::string> cells;
  for (absl::string_view line : absl::StrSplit(tsv, '\n', absl::SkipEmpty())) {
    std::vector<std::string> row = absl::StrSplit(line, '\t');
    cells.push_back(row[column]);
  }
  cells.erase(cells.begin());
  return cells;
}
constexpr size_t kLabel = 0, kSource = 9, kTrackColumn = 10, kAttributes = 13;

TEST(ByTrackTest, TracksOfSeveralTasksAreCalledByTheirTaskToo) {
  std::unique_ptr<Dataset> data = Street();
  EXPECT_THAT(
      Paths(FilesOf(Described("by-track", *data), *data)),
      ElementsAre("car/5-0/a.jpg", "car/5-0/a.json", "car/5-0/a.tsv", "car/5-0/d/b.json",
                  "car/5-0/d/b.png", "car/5-0/d/b.tsv", "car/5-3/d/b.json", "car/5-3/d/b.png",
                  "car/5-3/d/b.tsv", "car/7-0/c.jpg", "car/7-0/c.json", "car/7-0/c.tsv",
                  "person/5-1/d/b.json", "person/5-1/d/b.png", "person/5-1/d/b.tsv"));
}

TEST(ByTrackTest, FilesHoldOnlyThatTrack) {
  std::unique_ptr<Dataset> data = Street();
  std::map<std::string, std::string> files = FilesOf(Described("by-track", *data), *data);
  EXPECT_THAT(Rows(files["car/5-3/d/b.tsv"], kTrackColumn), ElementsAre("3"));
  EXPECT_THAT(Rows(files["person/5-1/d/b.tsv"], kLabel), ElementsAre("person"));
  EXPECT_FALSE(absl::StrContains(files["person/5-1/d/b.json"], "\"age\""));
}

TEST(ByTrackTest, TracksOfOneTaskAreCalledByTheirNumbersAlone) {
  std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_THAT(Paths(FilesOf(Described("by-track", *data), *data)),
              ElementsAre("car/3/dir/b 1.json", "car/3/dir/b 1.png", "car/3/dir/b 1.tsv",
                          "car/4/dir/b 1.json", "car/4/dir/b 1.png", "car/4/dir/b 1.tsv"));
}

TEST(ByTrackTest, TasksThatTheirNumbersDoNotTellApartAreCalledByTheirPlaces) {
  DatasetBuilder builder;
  builder.AddTask({.id = 5});
  builder.AddTask({.id = 5});
  builder.AddLabel({.name = "car"});
  for (uint32_t task : {0, 1}) {
    const uint32_t frame =
        builder.AddFrame({.name = absl::StrCat(task, ".jpg"), .task = task}).value();
    ASSERT_TRUE(builder.AddShape(frame, {.track = 4, .points = {1, 1, 2, 2}}).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_THAT(Paths(FilesOf(Described("by-track", *data), *data)),
              ElementsAre("car/0-4/0.jpg", "car/0-4/0.json", "car/0-4/0.tsv", "car/1-4/1.jpg",
                          "car/1-4/1.json", "car/1-4/1.tsv"));
}

TEST(ByTrackTest, ATrackIsFoundByItsOwnNameOnly) {
  std::unique_ptr<Dataset> data = Street();
  const Layout layout = Described("by-track", *data);
  const FacetDirectory car{1, 0};
  EXPECT_TRUE(layout.facet()->Find(*data, car, "5-0").ok());
  for (absl::string_view name : {"5-00", "05-0", "5-+0", " 5-0", "5-0 ", "0", "5", "5-", "-0",
                                 "7-3", "9-0", "5-1", "5--1", "5-99999999999"}) {
    EXPECT_TRUE(absl::IsNotFound(layout.facet()->Find(*data, car, name).status())) << name;
  }
}

TEST(ByAttributeTest, LabelsAttributesAndValuesAreDirectories) {
  std::unique_ptr<Dataset> data = Street();
  std::vector<std::string> tsv = Paths(FilesOf(Described("by-attribute", *data), *data));
  std::erase_if(tsv, [](const std::string& path) { return !absl::EndsWith(path, ".tsv"); });
  EXPECT_THAT(tsv, ElementsAre("car/color/blue/c.tsv", "car/color/blue/d/b.tsv",
                               "car/color/red/a.tsv", "car/doors/4/a.tsv", "car/doors/4/c.tsv",
                               "car/doors/4/d/b.tsv", "person/age/7/d/b.tsv"));
}

TEST(ByAttributeTest, FilesHoldOnlyWhatHasTheLabelAndTheValue) {
  std::unique_ptr<Dataset> data = Street();
  std::map<std::string, std::string> files = FilesOf(Described("by-attribute", *data), *data);
  EXPECT_THAT(Rows(files["car/color/blue/d/b.tsv"], kAttributes),
              ElementsAre("color=blue;doors=4"));
  EXPECT_THAT(Rows(files["person/age/7/d/b.tsv"], kSource), ElementsAre("file"));
}

TEST(BySourceTest, EachSourceHasItsFramesAndOnlyItsShapes) {
  std::unique_ptr<Dataset> data = Street();
  std::map<std::string, std::string> files = FilesOf(Described("by-source", *data), *data);
  std::vector<std::string> tsv = Paths(files);
  std::erase_if(tsv, [](const std::string& path) { return !absl::EndsWith(path, ".tsv"); });
  EXPECT_THAT(tsv, ElementsAre("auto/d/b.tsv", "file/d/b.tsv", "manual/a.tsv", "manual/c.tsv",
                               "manual/d/b.tsv"));
  EXPECT_THAT(Rows(files["manual/d/b.tsv"], kTrackColumn), ElementsAre("0", "3"));
}

TEST(BySourceTest, WhatTellsNoSourceIsOfTheUnknownOne) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  for (const char* source : {"", "unknown"}) {
    ASSERT_TRUE(builder.AddShape(frame, {.source = source, .points = {1, 1, 2, 2}}).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  std::map<std::string, std::string> files = FilesOf(Described("by-source", *data), *data);
  EXPECT_THAT(Rows(files["unknown/a.tsv"], kSource), ElementsAre(""));
  EXPECT_EQ(files.size(), 6u);  // the other one is called otherwise
}

TEST(ByJobTest, JobsAreCalledByNumberStageAndStateAndFramesOfNoneAreBesideThem) {
  std::unique_ptr<Dataset> data = Street();
  EXPECT_THAT(Paths(FilesOf(Described("by-job", *data), *data)),
              ElementsAre("11-annotation-in progress/a.jpg", "11-annotation-in progress/a.json",
                          "11-annotation-in progress/a.tsv", "11-annotation-in progress/d/b.json",
                          "11-annotation-in progress/d/b.png", "11-annotation-in progress/d/b.tsv",
                          "13/c.jpg", "13/c.json", "13/c.tsv", "_none/empty.jpg",
                          "_none/empty.json", "_none/empty.tsv"));
}

TEST(ByJobTest, FilesHoldEverything) {
  std::unique_ptr<Dataset> data = Street();
  EXPECT_EQ(FilesOf(Described("by-job", *data), *data)["11-annotation-in progress/d/b.json"],
            FilesOf(Described("by-frame", *data), *data)["d/b.json"]);
}

TEST(ByJobTest, JobsWithoutNumbersAreCalledByTheirPlacesInTheirTask) {
  DatasetBuilder builder;
  builder.AddTask({.id = 3});
  builder.AddTask({.id = 4});
  for (uint32_t task : {0, 1, 1}) {
    const uint32_t job = builder.AddJob({.task = task, .state = "new"});
    const uint32_t frame =
        builder.AddFrame({.name = absl::StrCat(job, ".jpg"), .task = task}).value();
    ASSERT_TRUE(builder.AddToJob(job, frame).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  const Layout layout = Described("by-job", *data);
  std::vector<std::string> names;
  for (const FacetChild& child : ChildrenOf(*layout.facet(), *data, {}))
    names.push_back(child.name);
  EXPECT_THAT(names, ElementsAre("3-0-new", "4-0-new", "4-1-new"));
}

TEST(BySubsetTest, FramesWithoutSubsetAndThoseOfDefaultAreTogether) {
  DatasetBuilder builder;
  builder.AddTask({});
  for (const char* subset : {"", "default", "Train", "a/b"}) {
    builder.AddFrame({.name = absl::StrCat("f_", SafeStem(subset), ".jpg"), .subset = subset})
        .value();
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  std::vector<std::string> images = Paths(FilesOf(Described("by-subset", *data), *data));
  std::erase_if(images, [](const std::string& path) { return !absl::EndsWith(path, ".jpg"); });
  EXPECT_THAT(images,
              ElementsAre("Train/f_Train.jpg", absl::StrCat(SafeName("a/b"), "/f_a_b.jpg"),
                          "default/f_default.jpg", ::testing::StartsWith("default/f_frame-")));
}

TEST(PeopleViewsTest, FramesThatShareAStemKeepDistinctNames) {
  DatasetBuilder builder;
  builder.AddTask({.subset = "s"});
  builder.AddLabel({.name = "car"});
  const uint32_t job = builder.AddJob({.id = 1});
  for (const char* name : {"a.jpg", "a.png"}) {
    const uint32_t frame = builder.AddFrame({.name = name, .subset = "s"}).value();
    ASSERT_TRUE(builder.AddToJob(job, frame).ok());
    Shape shape{.track = 1, .source = "auto", .points = {1, 1, 2, 2}, .attributes = {{"n", "v"}}};
    ASSERT_TRUE(builder.AddShape(frame, shape).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  for (const auto& [view, directory] : {std::pair("by-attribute", "car/n/v"),
                                        {"by-track", "car/1"},
                                        {"by-source", "auto"},
                                        {"by-job", "1"},
                                        {"by-subset", "s"},
                                        {"by-class", "car"}}) {
    std::vector<std::string> expected;
    for (absl::string_view name :
         {"a.jpg", "a.jpg.json", "a.jpg.tsv", "a.png", "a.png.json", "a.png.tsv"}) {
      expected.push_back(absl::StrCat(directory, "/", name));
    }
    EXPECT_EQ(Paths(FilesOf(Described(view, *data), *data)), expected) << view;
  }
}

// What a view holds of a frame are the lines of those shapes that it does not drop.
TEST(PeopleViewsTest, EveryShapeStandsInADirectoryOrIsDroppedWithAReason) {
  for (auto make : {Street, EveryShape}) {
    const std::unique_ptr<Dataset> data = make();
    for (absl::string_view view : kPeopleViews) {
      std::map<std::string, std::set<std::string>> held;  // by file of by-frame
      const Layout layout = Described(view, *data);
      ForEachLeaf(*layout.facet(), *data, {}, "", [&](const std::string&, uint32_t number) {
        for (const auto& [path, text] : FilesOf(LeafOf(*layout.facet(), *data, number), *data)) {
          if (!absl::EndsWith(path, ".tsv")) continue;
          for (absl::string_view line : absl::StrSplit(text, '\n')) {
            held[path].insert(std::string(line));
          }
        }
      });
      for (Rank rank = 0; rank < data->frame_count(); ++rank) {
        const std::vector<absl::string_view> why = WriterNamed(view)->WhyDropped(
            *data, data->GetFrame(rank).value(), data->Shapes(rank).value());
        size_t next = 0;
        const std::string kept = RenderTsv(*data, rank, [&](const Shape&) {
                                   return why.empty() || why[next++].empty();
                                 }).value();
        const std::string path = absl::StrCat(data->Names(rank)->sidecar(), ".tsv");
        std::set<std::string> expected;
        for (absl::string_view line : absl::StrSplit(kept, '\n')) expected.emplace(line);
        if (expected.size() <= 2 && !held.contains(path)) continue;  // header and end
        EXPECT_EQ(held[path], expected) << view << " " << path;
      }
    }
  }
}

TEST(PeopleViewsTest, ADatasetWithoutAnyOfItHasNoDirectories) {
  DatasetBuilder builder;
  std::unique_ptr<Dataset> data = Finished(builder);
  for (absl::string_view view : kPeopleViews) {
    EXPECT_THAT(FilesOf(Described(view, *data), *data), IsEmpty()) << view;
  }
}

TEST(ByAttributeTest, ValuesThatAreNoTermsAreDroppedWithAReason) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  const std::string wordy(kMaxTermValue + 1, 'w');
  for (const std::vector<Attribute>& attributes :
       {std::vector<Attribute>{}, {{"note", wordy}}, {{"note", wordy}, {"color", "red"}}}) {
    Shape shape{.points = {1, 1, 2, 2}, .attributes = attributes};
    ASSERT_TRUE(builder.AddShape(frame, shape).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  const std::vector<absl::string_view> why =
      WriterNamed("by-attribute")
          ->WhyDropped(*data, data->GetFrame(0).value(), data->Shapes(0).value());
  EXPECT_THAT(why, ElementsAre("it has no attributes", ::testing::HasSubstr("too long"), ""));
}

TEST(ByAttributeTest, AttributesWithManyValuesAreGoneOverAtOnce) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  Shape shape{.points = {1, 1, 2, 2}, .attributes = {{"last", "x"}}};
  for (int i = 0; i < 1000; ++i) shape.attributes.push_back({"id", absl::StrCat(i)});
  shape.attributes.push_back({"id", std::string(kMaxTermValue, '\xff')});
  ASSERT_TRUE(builder.AddShape(frame, shape).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  const Layout layout = Described("by-attribute", *data);
  const std::vector<FacetChild> attributes = ChildrenOf(*layout.facet(), *data, {1, 0});
  ASSERT_EQ(attributes.size(), 2u);
  EXPECT_EQ(attributes[1].name, "last");
  EXPECT_EQ(attributes[1].number, 1001u);
  EXPECT_EQ(ChildrenOf(*layout.facet(), *data, {2, 0}).size(), 1001u);
}

}  // namespace
}  // namespace annofs

// The annotations of a whole database of CVAT's server. The counts are those of a script of its own
// (tests/data/README.md).
#include "formats/rest_database.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/directory_source.h"
#include "tests/testing/files.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

using Counts = std::map<std::string, int>;

DirectorySource Database() {
  return FixtureDirectory("cvat/rest", {"annotations.json", "tasks.json", "jobs.json",
                                        "labels.json", "projects.json", "cloudstorages.json"});
}

// {"task 2", {"car rectangle", 3}}
std::map<std::string, Counts> Expected() {
  const absl::StatusOr<std::string> table = ReadFile(SourcePath("tests/data/cvat_rest_counts.tsv"));
  EXPECT_TRUE(table.ok()) << table.status();
  std::map<std::string, Counts> parts;
  std::string part;
  for (absl::string_view line : absl::StrSplit(table.value_or(""), '\n', absl::SkipEmpty())) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, '\t');
    if (!fields[0].empty()) {
      part = absl::StrCat(fields[0], " ", fields[1]);
      parts[part];
    } else {
      int count = 0;
      EXPECT_TRUE(absl::SimpleAtoi(fields[3], &count));
      parts[part][absl::StrCat(fields[1], " ", fields[2])] = count;
    }
  }
  return parts;
}

ReadResult ReadPart(std::optional<RestPart> part) {
  DirectorySource source = Database();
  DatasetBuilder builder;
  ReadResult result;
  result.status = ReadRestDatabase(source, builder, part);
  result.dataset = builder.Finish().value();
  return result;
}

std::vector<std::string> OtherProblems(const ReadResult& result) {
  std::vector<std::string> problems = result.Problems();
  std::erase_if(problems, [](const std::string& problem) {
    return absl::StrContains(problem, "names and sizes of the frames");
  });
  return problems;
}

TEST(RestDatabase, EveryTaskAndJobHasTheShapesThatWereCounted) {
  std::map<std::string, int> parts;
  for (const auto& [part, counts] : Expected()) {
    SCOPED_TRACE(part);
    const std::vector<std::string> words = absl::StrSplit(part, ' ');
    RestPart wanted{.kind = words[0] == "task" ? RestPart::Kind::kTask : RestPart::Kind::kJob};
    ASSERT_TRUE(absl::SimpleAtoi(words[1], &wanted.id));
    const ReadResult result = ReadPart(wanted);
    EXPECT_TRUE(result.status.ok()) << result.status;
    EXPECT_EQ(result.Counts(), counts);
    EXPECT_THAT(OtherProblems(result), ::testing::IsEmpty());
    ++parts[words[0]];
  }
  EXPECT_EQ(parts, (std::map<std::string, int>{{"task", 29}, {"job", 56}}));
}

TEST(RestDatabase, AllTasksAreOneDataset) {
  Counts expected;
  for (const auto& [part, counts] : Expected()) {
    if (!absl::StartsWith(part, "task")) continue;
    for (const auto& [what, count] : counts) expected[what] += count;
  }
  DirectorySource source = Database();
  const ReadResult result = ReadWith("cvat_rest", source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Counts(), expected);
  EXPECT_EQ(result.info().tasks.size(), 30u);
  // Of 56 jobs 8 are replicas, and 4 have ground truth that is no pool of honeypots.
  EXPECT_EQ(result.info().jobs.size(), 44u);
  // The sum of their sizes in tasks.json.
  EXPECT_EQ(result.dataset->frame_count(), 269u);
}

TEST(RestDatabase, EqualLabelsOfSeveralProjectsAreOne) {
  DirectorySource source = Database();
  const ReadResult result = ReadWith("cvat_rest", source);
  std::set<std::pair<int32_t, std::string>> names;
  for (const Label& label : result.info().labels) {
    EXPECT_TRUE(names.insert({label.parent, label.name}).second) << label.name;
  }
  EXPECT_TRUE(names.contains({-1, "cat"}));
  for (const std::string& problem : OtherProblems(result)) {
    EXPECT_THAT(problem, HasSubstr("is there more than once and not alike"));
  }
}

TEST(RestDatabase, WhatIsNotThereIsAnError) {
  EXPECT_EQ(ReadPart(RestPart{.kind = RestPart::Kind::kTask, .id = 12345}).status.code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadPart(RestPart{.kind = RestPart::Kind::kJob, .id = 12345}).status.code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(RestDatabase, FramesThatAreOnlyNumbersHaveOneBoundForAllTasks) {
  DirectorySource source(
      "dir", "annotations.json",
      {{"annotations.json", R"({"job": {}, "task": {"1": {"tags": [{"frame": 0, "label_id": 3}]},
                                                    "2": {"tags": [{"frame": 0, "label_id": 3},
                                                                   {"frame": 1, "label_id": 3}]},
                                                    "3": {"tags": [{"frame": 0, "label_id": 3}]}}})"},
       {"labels.json", R"([{"id": 3, "name": "day", "type": "tag"}])"},
       {"tasks.json", R"([{"id": 1, "size": 100}, {"id": 2, "size": 4194205},
                          {"id": 3, "size": 200}])"}});
  const ReadResult result = ReadWith("cvat_rest", source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.dataset->frame_count(), 300u);
  EXPECT_EQ(result.Counts(), (Counts{{"day tag", 2}}));
  EXPECT_THAT(
      OtherProblems(result),
      ::testing::ElementsAre(HasSubstr("task 2||its 4194205 frames are left out"),
                             "task 2 tag 0||left out: its frame is not known; so are 2 in all"));
}

TEST(RestDatabase, ATaskOfWhichNothingIsKnownIsLeftOutAndSaid) {
  DirectorySource source(
      "dir", "annotations.json",
      {{"annotations.json", R"({"job": {}, "task": {"1": {"tags": [{"frame": 0, "label_id": 3}]},
                                                    "2": {"tags": [{"frame": 0, "label_id": 3},
                                                                   {"frame": 1, "label_id": 3}]}}})"},
       {"labels.json", R"([{"id": 3, "name": "day", "type": "tag"}])"},
       {"tasks.json", R"([{"id": 1, "name": "one", "size": 1}])"}});
  const ReadResult result = ReadWith("cvat_rest", source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Counts(), (Counts{{"day tag", 1}}));
  EXPECT_THAT(
      OtherProblems(result),
      ::testing::ElementsAre("task 2||left out: there is nothing about it beside the annotations"));
}

}  // namespace
}  // namespace annofs::testing

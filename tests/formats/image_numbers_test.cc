// The numbers that Datumaro gives to images of several subsets. Expected numbers: its dictionary of
// item ids, filled by hand.
#include "formats/image_numbers.h"

#include <map>

#include "formats/cvat_export.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

using ::testing::IsEmpty;

struct Named {
  std::string subset, name;
};

// A frame's task is its place in the list: CVAT's order is that of the list.
std::unique_ptr<Dataset> Project(const std::vector<Named>& frames) {
  DatasetBuilder builder;
  uint32_t task = 0;
  for (const Named& named : frames) {
    builder.AddTask({.name = "task", .subset = named.subset});
    builder.AddFrame({.name = named.name, .task = task++, .subset = named.subset}).value();
  }
  return Finished(builder);
}

using Numbers = std::map<std::string, std::vector<uint64_t>>;

// Of each subset in CVAT's order.
Numbers NumbersOf(const Dataset& data) {
  const std::vector<ExportSubset> subsets = ExportSubsets(data).value();
  std::vector<RankSet> frames;
  for (const ExportSubset& subset : subsets) frames.push_back(subset.frames);
  ImageNumbers images(frames);
  Numbers numbers;
  for (uint32_t subset = 0; subset < subsets.size(); ++subset) {
    uint64_t own = 0;
    for (uint32_t position = 0; position < data.frame_count(); ++position) {
      const Rank rank = data.InOrder(position).value();
      if (!frames[subset].Contains(rank)) continue;
      numbers[subsets[subset].name].push_back(images.Next(data, subset, rank, own).value());
    }
  }
  return numbers;
}

TEST(ImageNumbersTest, WithoutEqualNamesNumbersGoOnThroughTheSubsets) {
  const auto data = Project({{"y", "c"}, {"x", "b"}, {"y", "a"}, {"x", "d"}});
  EXPECT_EQ(NumbersOf(*data), (Numbers{{"y", {1, 2}}, {"x", {3, 4}}}));
}

TEST(ImageNumbersTest, AnIdHasTheNumberThatItGotInTheEarliestSubset) {
  const auto data = Project({{"x", "a.jpg"},
                             {"x", "b.jpg"},
                             {"y", "b.jpg"},
                             {"y", "c.jpg"},
                             {"", "c.jpg"},
                             {"", "d.jpg"},
                             {"", "b.jpg"}});
  EXPECT_EQ(NumbersOf(*data), (Numbers{{"x", {1, 2}}, {"y", {2, 3}}, {"default", {3, 4, 2}}}));
}

// The earliest subset is the one whose first frame is the earliest, not the one that has the name
// first.
TEST(ImageNumbersTest, TheOrderIsThatOfTheFilesNotOfTheFrames) {
  const auto data =
      Project({{"x", "z.jpg"}, {"y", "a.jpg"}, {"y", "b.jpg"}, {"x", "y.jpg"}, {"x", "b.jpg"}});
  EXPECT_EQ(NumbersOf(*data), (Numbers{{"x", {1, 2, 3}}, {"y", {4, 3}}}));
}

// Ids are a, a_1, a_2 in each subset.
TEST(ImageNumbersTest, TheSecondOfAnIdHasTheNumberOfTheSecondElsewhere) {
  const auto data = Project({{"x", "a.jpg"},
                             {"x", "a.jpg"},
                             {"y", "b.jpg"},
                             {"y", "a.jpg"},
                             {"y", "a.jpg"},
                             {"y", "a.jpg"}});
  EXPECT_EQ(NumbersOf(*data), (Numbers{{"x", {1, 2}}, {"y", {3, 1, 2, 4}}}));
}

TEST(ImageNumbersTest, AnIdHasNoExtension) {
  const auto data = Project({{"x", "d/a.jpg"}, {"y", "b.jpg"}, {"y", "d/a.png"}});
  EXPECT_EQ(NumbersOf(*data), (Numbers{{"x", {1}}, {"y", {2, 1}}}));
}

TEST(ImageNumbersTest, InOneSubsetNoNumberIsGivenTwice) {
  const auto data = Project({{"x", "a.jpg"}, {"x", "a.png"}, {"x", "a.jpg"}, {"x", "a"}});
  EXPECT_EQ(NumbersOf(*data), (Numbers{{"x", {1, 2, 3, 4}}}));
}

TEST(ImageNumbersTest, NamesThatAreMadeSafeAreStillTheSameIds) {
  for (const char* name : {"../a.jpg", "a\n.jpg", "a.json", "/a.xyz", "", ".."}) {
    const auto data = Project({{"x", name}, {"y", "b.jpg"}, {"y", name}});
    EXPECT_EQ(NumbersOf(*data), (Numbers{{"x", {1}}, {"y", {2, 1}}})) << name;
  }
}

TEST(ImageNumbersTest, ANameThatLooksLikeAHashIsItself) {
  const auto data =
      Project({{"x", "a.jpg"}, {"y", "b.jpg"}, {"y", "a-0a1b2c3d.jpg"}, {"y", "a-01234567.jpg"}});
  EXPECT_EQ(NumbersOf(*data), (Numbers{{"x", {1}}, {"y", {2, 3, 4}}}));
}

TEST(ImageNumbersTest, AnySubsetMayRepeatAnyName) {
  std::vector<Named> frames;
  for (int subset = 0; subset < 40; ++subset) {
    for (int name = 0; name < 50; ++name) {
      frames.push_back({absl::StrCat("s", subset), absl::StrCat((name * 7) % 50, ".jpg")});
    }
  }
  for (const auto& [subset, numbers] : NumbersOf(*Project(frames))) {
    for (uint64_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], i + 1) << subset;
  }
}

TEST(ImageNumbersTest, WithoutFramesThereIsNothingToNumber) {
  const auto data = Project({});
  EXPECT_THAT(NumbersOf(*data), IsEmpty());
}

}  // namespace
}  // namespace annofs::testing

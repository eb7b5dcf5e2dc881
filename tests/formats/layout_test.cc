#include "formats/layout.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cache/base/names.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

absl::StatusOr<std::string> NoText(const Dataset&, Rank) { return ""; }
absl::StatusOr<std::string> NoFile(const Dataset&) { return ""; }

TEST(LayoutTest, AGoodNameStaysAndIsNotCalledRenamed) {
  Layout layout;
  EXPECT_EQ(layout.Directory("", "car"), "car");
  EXPECT_EQ(layout.Directory("car", "red ü"), "car/red ü");
  EXPECT_TRUE(layout.renamed().empty());
}

TEST(LayoutTest, HostileNamesBecomeOneSafeComponent) {
  Layout layout;
  for (const char* name : {"../../x", "a/b", "..", ".", "", "\x01\n"}) {
    std::string path = layout.Directory("", name);
    EXPECT_TRUE(IsEntryName(path)) << path;
    EXPECT_FALSE(absl::StrContains(path, '/')) << path;
  }
  EXPECT_EQ(layout.renamed().size(), 6);
}

TEST(LayoutTest, TwinsWithoutRegardToCaseGetAHash) {
  Layout layout;
  EXPECT_EQ(layout.Directory("", "Car"), "Car");
  std::string twin = layout.Directory("", "car");
  std::string third = layout.Directory("", "car");
  EXPECT_TRUE(absl::StartsWith(twin, "car-")) << twin;
  EXPECT_EQ(twin.size(), 12);
  EXPECT_NE(twin, third);
  EXPECT_EQ(layout.renamed().size(), 2);
}

TEST(LayoutTest, ANameIsFreeInAnotherDirectory) {
  Layout layout;
  layout.Directory("", "a");
  layout.Directory("", "b");
  EXPECT_EQ(layout.Directory("a", "x"), "a/x");
  EXPECT_EQ(layout.Directory("b", "x"), "b/x");
}

TEST(LayoutTest, ANameOfADeclaredFileIsTaken) {
  Layout layout;
  layout.File("data.yaml", NoFile);
  EXPECT_TRUE(absl::StartsWith(layout.Directory("", "DATA.yaml"), "DATA.yaml-"));
}

TEST(LayoutTest, FilesOfOneNameWithoutRegardToCaseKeepTheirExtension) {
  Layout layout;
  EXPECT_EQ(layout.FileName("lists", "Car_train.txt"), "lists/Car_train.txt");
  std::string twin = layout.FileName("lists", "car_train.txt");
  EXPECT_TRUE(absl::StartsWith(twin, "lists/car_train-")) << twin;
  EXPECT_TRUE(absl::EndsWith(twin, ".txt")) << twin;
  EXPECT_EQ(twin.size(), std::string("lists/car_train-12345678.txt").size());
  EXPECT_EQ(layout.FileName("", "car_train.txt"), "car_train.txt");
  EXPECT_EQ(layout.renamed().size(), 1);
}

TEST(LayoutTest, HostileFileNamesAreOneSafeComponent) {
  Layout layout;
  for (const std::string& name : {std::string("../../x_train.txt"), std::string("a/b.txt"),
                                  std::string("\x01.txt"), std::string(300, 'l') + "_train.txt"}) {
    std::string path = layout.FileName("", name);
    EXPECT_TRUE(IsEntryName(path)) << path;
    EXPECT_TRUE(IsEntryName(layout.FileName("", name)));
  }
  EXPECT_EQ(layout.renamed().size(), 8);
}

TEST(LayoutTest, LongTwinsAreCutBetweenCharacters) {
  Layout layout;
  std::string name;
  for (int i = 0; i < 127; ++i) name += "ü";
  layout.Directory("", name);
  std::string twin = layout.Directory("", name);
  EXPECT_LE(twin.size(), kMaxNameBytes);
  EXPECT_TRUE(IsValidUtf8(twin));
}

TEST(LayoutTest, PatternsGiveStyleAndSuffix) {
  Layout layout;
  layout.PerFrame("labels/train/{stem}.txt", RankSet::Range(0, 1), NoText);
  layout.Media("images/{stem}{ext}", RankSet::Range(0, 1));
  layout.PerFrame("{sidecar}.json", RankSet::Range(0, 1), NoText);
  layout.Media("{path}", RankSet::Range(0, 1));
  const std::vector<Family>& families = layout.families();
  EXPECT_EQ(families[0].style, NameStyle::kStem);
  EXPECT_EQ(families[0].suffix, ".txt");
  EXPECT_EQ(layout.places()[families[0].place].path, "labels/train");
  EXPECT_EQ(families[1].style, NameStyle::kStem);
  EXPECT_EQ(families[1].suffix, "");
  EXPECT_TRUE(families[1].is_media());
  EXPECT_EQ(families[2].style, NameStyle::kSidecar);
  EXPECT_EQ(families[2].suffix, ".json");
  EXPECT_EQ(families[2].place, 0);
  EXPECT_EQ(families[3].style, NameStyle::kPath);
}

TEST(LayoutTest, PlacesAreShownWhenSomethingIsInThem) {
  Layout layout;
  layout.Media("empty/{path}", RankSet());
  layout.Media("full/deep/{path}", RankSet::Range(0, 2));
  layout.File("lists/a.txt", NoFile);
  EXPECT_FALSE(layout.places()[*layout.FindPlace("empty")].is_shown);
  EXPECT_TRUE(layout.places()[*layout.FindPlace("full")].is_shown);
  EXPECT_TRUE(layout.places()[*layout.FindPlace("full/deep")].is_shown);
  EXPECT_TRUE(layout.places()[*layout.FindPlace("lists")].is_shown);
}

TEST(LayoutTest, FindsWhatWasDeclaredAndNothingElse) {
  Layout layout;
  layout.File("a/b.txt", NoFile);
  EXPECT_EQ(layout.FindPlace(""), 0u);
  EXPECT_EQ(layout.FindPlace("a"), 1u);
  EXPECT_EQ(layout.FindFile("a/b.txt"), 0u);
  EXPECT_FALSE(layout.FindFile("a"));
  EXPECT_FALSE(layout.FindPlace("a/b.txt"));
}

TEST(LayoutTest, MediaNameDropsAnExtensionThatIsNone) {
  EXPECT_EQ(MediaName({.path = "d/a b.JPG", .stem = "d_a_b"}), "d_a_b.JPG");
  EXPECT_EQ(MediaName({.path = "a.$(rm x)", .stem = "a"}), "a");
  EXPECT_EQ(MediaName({.path = "a", .stem = "a"}), "a");
  EXPECT_EQ(MediaName({.path = "a." + std::string(250, 'x'), .stem = "a"}), "a");
}

// The same number of steps per label: twenty times as many labels must not take 400 times as long.
TEST(LayoutTest, TenThousandLabelsAreDeclaredInLinearTime) {
  auto time_of = [](int labels) {
    absl::Time start = absl::Now();
    Layout layout;
    for (int i = 0; i < labels; ++i) {
      std::string place = layout.Directory("", absl::StrCat("label ", i));
      layout.Media(place + "/{path}", RankSet::Range(0, 1));
      layout.PerFrame(place + "/{sidecar}.tsv", RankSet::Range(0, 1), NoText);
    }
    EXPECT_EQ(layout.places().size(), size_t(labels) + 1);
    return absl::Now() - start;
  };
  absl::Duration few = std::max(time_of(1000), absl::Milliseconds(2));
  EXPECT_LT(time_of(20000), 150 * few);
}

}  // namespace
}  // namespace annofs

#include "cache/base/path_pattern.h"

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

bool Matches(absl::string_view pattern, absl::string_view path) {
  absl::StatusOr<PathPattern> parsed = PathPattern::Parse(pattern);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed->Matches(path);
}

TEST(PathPatternTest, AComponentMatchesAsFnmatchDoes) {
  EXPECT_TRUE(Matches("images/*.jpg", "images/a.jpg"));
  EXPECT_FALSE(Matches("images/*.jpg", "images/a.png"));
  EXPECT_TRUE(Matches("images/?[0-9].jpg", "images/a7.jpg"));
  EXPECT_FALSE(Matches("images/?[!0-9].jpg", "images/a7.jpg"));
  EXPECT_TRUE(Matches("a\\*[b]", "a*b"));
  EXPECT_FALSE(Matches("a\\*[b]", "axb"));
}

TEST(PathPatternTest, AWildcardStaysInItsComponent) {
  EXPECT_FALSE(Matches("*.jpg", "images/a.jpg"));
  EXPECT_FALSE(Matches("images/*", "images/night/a.jpg"));
  EXPECT_FALSE(Matches("images/*", "images"));
}

TEST(PathPatternTest, TwoStarsAreAnyNumberOfDirectories) {
  for (absl::string_view path : {"images/a.jpg", "images/x/a.jpg", "images/x/y/z/a.jpg"}) {
    EXPECT_TRUE(Matches("images/**/*.jpg", path)) << path;
    EXPECT_TRUE(Matches("**/*.jpg", path)) << path;
    EXPECT_TRUE(Matches("**/images/**/**/a*", path)) << path;
  }
  EXPECT_FALSE(Matches("images/**/*.jpg", "images/x/a.png"));
  EXPECT_TRUE(Matches("images/**", "images"));
  EXPECT_TRUE(Matches("images/**", "images/x/y"));
}

TEST(PathPatternTest, EmptyComponentsAndDotsMeanNothing) {
  EXPECT_TRUE(Matches("/./images//*.jpg", "images/a.jpg"));
}

TEST(PathPatternTest, ANameIsFoundWithoutAListing) {
  PathPattern pattern = *PathPattern::Parse("views/*/yolo/**/x");
  PathPattern::States states = pattern.Start();
  EXPECT_EQ(pattern.OnlyName(states), "views");
  states = pattern.Step(states, "views");
  EXPECT_EQ(pattern.OnlyName(states), std::nullopt);
  states = pattern.Step(states, "street");
  EXPECT_EQ(pattern.OnlyName(states), "yolo");
  EXPECT_EQ(pattern.OnlyName(pattern.Step(states, "yolo")), std::nullopt);
  EXPECT_EQ(pattern.Step(states, "coco"), 0u);
}

TEST(PathPatternTest, ManyStarsTakeNoLongerThanFew) {
  std::string pattern, path;
  for (int i = 0; i < 30; ++i) pattern += "**/a*a*a*a*b/";
  for (int i = 0; i < 200; ++i) path += (i > 0 ? "/" : "") + std::string(200, 'a');
  const absl::Time begin = absl::Now();
  EXPECT_FALSE(Matches(pattern, path));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
}

TEST(PathPatternTest, TooManyComponentsAreRefused) {
  std::string pattern = "*";
  for (int i = 0; i < 62; ++i) pattern += "/*";
  EXPECT_TRUE(PathPattern::Parse(pattern).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(PathPattern::Parse(pattern + "/*").status()));
}

}  // namespace
}  // namespace annofs

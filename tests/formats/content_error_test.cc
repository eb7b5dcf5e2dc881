#include "formats/content_error.h"

#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

Problem Of(absl::string_view message) {
  return ContentProblem("a.zip!b.json", absl::InvalidArgumentError(message));
}

TEST(ContentError, APlaceAtTheFrontIsThePosition) {
  EXPECT_EQ(Of("line 174: no row").position, "line 174");
  EXPECT_EQ(Of("line 174: no row").reason, "no row");
  EXPECT_EQ(Of("byte 3728: cut: short").position, "byte 3728");
  EXPECT_EQ(Of("byte 3728: cut: short").reason, "cut: short");
  EXPECT_EQ(Of("line 2, column 17: a comma").position, "line 2, column 17");
  EXPECT_EQ(Of("x").source, "a.zip!b.json");
  EXPECT_EQ(Of("x").severity, Problem::Severity::kError);
}

TEST(ContentError, OtherTextsAreTheReasonAsTheyAre) {
  for (const char* text : {"", "line", "line : x", "line 12", "byte x: y", "line by line: bad",
                           "line 1, column : x", "entry 'a' line 3: x", "bytes 3: x"}) {
    EXPECT_EQ(Of(text).position, "") << text;
    EXPECT_EQ(Of(text).reason, text);
  }
}

}  // namespace
}  // namespace annofs::testing

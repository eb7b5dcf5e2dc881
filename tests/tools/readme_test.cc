// README.md says what the program says of itself.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "formats/writer.h"
#include "tests/testing/files.h"

namespace annofs {
namespace {

constexpr std::array kTypes = {ShapeType::kTag,      ShapeType::kRectangle, ShapeType::kPolygon,
                               ShapeType::kPolyline, ShapeType::kPoints,    ShapeType::kEllipse,
                               ShapeType::kCuboid,   ShapeType::kMask,      ShapeType::kSkeleton};

std::string RowOf(const WriterInfo& info) {
  std::string row = absl::StrCat("| ", info.name, " |");
  for (ShapeType type : kTypes) {
    absl::StrAppend(&row, " ", absl::c_linear_search(info.keeps, type) ? "●" : "", " |");
  }
  return row;
}

TEST(ReadmeTest, TheTableOfViewsSaysWhatEachViewKeeps) {
  const auto readme = testing::ReadFile(testing::SourcePath("README.md"));
  ASSERT_TRUE(readme.ok()) << readme.status();
  const std::vector<std::string> lines = absl::StrSplit(*readme, '\n');
  for (const auto& writer : NewWriters()) {
    const std::string row = RowOf(writer->Info());
    EXPECT_TRUE(absl::c_linear_search(lines, row)) << "README.md has no line\n" << row;
  }
}

}  // namespace
}  // namespace annofs

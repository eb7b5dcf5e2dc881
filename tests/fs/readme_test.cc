// views/README.txt: the tree in one screen.
#include "fs/readme.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

TEST(ReadmeTest, EveryDirectoryOfADatasetIsExplainedInOneScreen) {
  MemoryStore store;
  store.Put("annotations.xml", ImagesXml("street", {"a.jpg"}));
  Mounted mount(store);
  ASSERT_TRUE(mount.Open().ok());
  const std::string readme = mount.Text("views/README.txt");
  const std::vector<std::string> lines = absl::StrSplit(readme, '\n');
  EXPECT_LE(lines.size(), 70u) << readme;
  for (const std::string& line : lines) EXPECT_LE(line.size(), 100u) << line;
  const std::vector<std::string> views = mount.Names("views/street").value();
  for (const std::string& view : views) {
    bool is_explained = false;
    for (const std::string& line : lines) {
      is_explained |= absl::StartsWith(line, absl::StrCat("  ", view, "/ ")) &&
                      line.find_first_not_of(' ', view.size() + 3) != std::string::npos;
    }
    EXPECT_TRUE(is_explained) << view << "\n" << readme;
  }
}

TEST(ReadmeTest, LongExplanationsGoOnBelowTheirBegin) {
  std::string words;
  for (int i = 0; i < 40; ++i) absl::StrAppend(&words, i == 0 ? "" : " ", "12345");
  const std::string readme = RenderReadme({}, {{"a", words}}, {});
  EXPECT_THAT(readme, HasSubstr("\n  a/  12345 12345"));
  EXPECT_THAT(readme, HasSubstr(" 12345\n      12345 "));
}

}  // namespace
}  // namespace annofs::testing

// views/README.txt: the tree in one screen.
#include "fs/readme.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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

TEST(ReadmeTest, ManyDatasetsAreCountedAndItStaysOneScreen) {
  MemoryStore store;
  for (int i = 100; i < 150; ++i) {
    store.Put(absl::StrCat(i, ".xml"), ImagesXml(absl::StrCat("task", i), {"a.jpg"}));
  }
  Mounted mount(store);
  ASSERT_TRUE(mount.Open().ok());
  const std::string readme = mount.Text("views/README.txt");
  EXPECT_THAT(readme, HasSubstr("Datasets found: 50\n  task100  (100.xml, "));
  EXPECT_THAT(readme, HasSubstr("\n  and 38 more: ls\n"));
  EXPECT_LE(std::count(readme.begin(), readme.end(), '\n'), 70) << readme;
}

TEST(ReadmeTest, CommandsTakeTheNameOfADatasetAsTheShellWants) {
  EXPECT_THAT(RenderReadme({{"bob's $(rm -r) street", {"a.xml"}, 1}}, {}, {}),
              HasSubstr("\n  D='bob'\\''s $(rm -r) street'\n"));
  EXPECT_THAT(RenderReadme({}, {}, {}), Not(HasSubstr("D=")));
}

// The text is one for all mounts: it may not say what is true of some of them only.
TEST(ReadmeTest, DoesNotSayThatEveryMountIsReadOnly) {
  const std::string readme = RenderReadme({{"street", {"a.xml"}, 1}}, {}, {});
  EXPECT_THAT(readme, Not(HasSubstr("Everything is read-only")));
  EXPECT_THAT(readme, HasSubstr("--scratch"));
}

}  // namespace
}  // namespace annofs::testing

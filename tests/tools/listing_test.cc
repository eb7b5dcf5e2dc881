// `annofs tree` and `annofs ls` on a local directory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sstream>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "cache/base/json.h"
#include "tests/testing/files.h"
#include "tests/testing/process.h"
#include "tests/testing/temp_dir.h"
#include "tools/command.h"

namespace annofs {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ListingTest : public ::testing::Test {
 protected:
  void Put(const std::string& name, const std::string& text = "x") {
    ASSERT_TRUE(testing::WriteFile(absl::StrCat(dir_ / "source", "/", name), text).ok());
  }
  // `annofs COMMAND source ARGUMENTS…` without views; its output.
  std::string Run(const std::string& command, std::vector<std::string> arguments = {},
                  int expected_code = kDone) {
    arguments.insert(arguments.begin(), {command, dir_ / "source", "--cache", dir_ / "cache"});
    if (!with_views_) arguments.push_back("--no-views");
    std::ostringstream out, err;
    EXPECT_EQ(RunAnnofs(arguments, {out, err}), expected_code) << err.str();
    err_ = err.str();
    return out.str();
  }
  testing::TempDir dir_;
  std::string err_;
  bool with_views_ = false;
};

TEST_F(ListingTest, ATreeIsDrawnAsTreeDoes) {
  Put("a/one.txt");
  Put("a/two.txt");
  Put("b/c/three.txt");
  Put("z.txt");
  EXPECT_EQ(Run("tree"),
            "./\n"
            "├── a/\n"
            "│   ├── one.txt\n"
            "│   └── two.txt\n"
            "├── b/\n"
            "│   └── c/\n"
            "│       └── three.txt\n"
            "└── z.txt\n"
            "\n"
            "3 directories, 4 files\n");
}

TEST_F(ListingTest, ATreeBeginsAtItsPath) {
  Put("a/one.txt");
  Put("b/c/three.txt");
  EXPECT_EQ(Run("tree", {"b"}), "b/\n└── c/\n    └── three.txt\n\n1 directory, 1 file\n");
  EXPECT_EQ(Run("tree", {"b/"}), Run("tree", {"b"}));
  EXPECT_EQ(Run("tree", {"a/one.txt"}), "a/one.txt\n\n0 directories, 1 file\n");
}

TEST_F(ListingTest, DepthIsHowManyLevelsAreShown) {
  Put("a/b/c/d.txt");
  EXPECT_EQ(Run("tree", {"--depth", "1"}), "./\n└── a/\n\n1 directory, 0 files\n");
  EXPECT_EQ(Run("tree", {"--depth", "2"}), "./\n└── a/\n    └── b/\n\n2 directories, 0 files\n");
}

TEST_F(ListingTest, TheLastOfALongDirectoryHasTheLastBranch) {
  constexpr int kFiles = 1024;  // some pages, with nothing behind the last
  for (int i = 0; i < kFiles; ++i) Put(absl::StrCat("d/f", i));
  const std::vector<std::string> lines = absl::StrSplit(Run("tree", {"d"}), '\n');
  ASSERT_EQ(lines.size(), kFiles + 4u);
  const auto last = absl::c_count_if(
      lines, [](const std::string& line) { return line.find("└── ") != line.npos; });
  EXPECT_EQ(last, 1);
  EXPECT_THAT(lines[kFiles], StartsWith("└── "));
  EXPECT_EQ(lines[kFiles + 2], "0 directories, 1024 files");
}

TEST_F(ListingTest, JsonIsALineForEachEntryWithItsPath) {
  Put("a/one.txt", "12345");
  Put("z.txt", "1");
  const std::vector<std::string> lines =
      absl::StrSplit(Run("tree", {"--json"}), '\n', absl::SkipEmpty());
  std::vector<std::string> paths;
  for (const std::string& line : lines) {
    const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(line);
    ASSERT_TRUE(json.ok()) << line;
    paths.emplace_back(json->root().StringOr("path", ""));
    EXPECT_EQ(json->root().BoolOr("directory", false), paths.back() == "a");
    if (paths.back() == "a/one.txt") {
      EXPECT_EQ(json->root().IntOr("size", 0), 5);
    }
    EXPECT_NE(json->root().IntOr("inode", 0), 0);
  }
  EXPECT_THAT(paths, ElementsAre("a", "a/one.txt", "z.txt"));
}

TEST_F(ListingTest, NamesThatWouldUpsetATerminalAreEscaped) {
  Put("a\x1b[31m\nb.txt");
  EXPECT_THAT(Run("tree"), HasSubstr("└── a\\x1b[31m\\nb.txt\n"));
  EXPECT_EQ(Run("ls"), "a\\x1b[31m\\nb.txt\n");
}

TEST_F(ListingTest, ADirectoryThatFailsIsToldAndTheRestIsPrinted) {
  Put("a/one.txt");
  Put("b/two.txt");
  Put("z.txt");
  Run("ls", {"a"});  // offline, what was listed once is known
  const std::string tree = Run("tree", {"--offline"}, kFailed);
  EXPECT_THAT(tree, AllOf(HasSubstr("├── a/\n│   └── one.txt\n"), HasSubstr("├── b/\n└── z.txt\n"),
                          HasSubstr("\n2 directories, 2 files\n")));
  EXPECT_THAT(err_, AllOf(HasSubstr("annofs: tree: b: "), Not(HasSubstr("tree: a"))));
  EXPECT_THAT(Run("tree", {"--offline", "--json"}, kFailed),
              AllOf(HasSubstr("\"a/one.txt\""), HasSubstr("\"z.txt\"")));
}

TEST_F(ListingTest, APathThatIsNotThereIsNamed) {
  Put("a/one.txt");
  for (const std::string command : {"tree", "ls"}) {
    EXPECT_EQ(Run(command, {"a/two.txt"}, kFailed), "");
    EXPECT_THAT(err_, AllOf(StartsWith("annofs: " + command + ": "), HasSubstr("a/two.txt")));
  }
}

TEST_F(ListingTest, AStreamThatIsFullEndsIt) {
  for (int i = 0; i < 20; ++i) Put(absl::StrCat("f", i));
  for (const std::string command : {"tree", "ls"}) {
    std::ostringstream out, err;
    out.setstate(std::ios::failbit);
    EXPECT_EQ(
        RunAnnofs({command, dir_ / "source", "--no-views", "--cache", dir_ / "cache"}, {out, err}),
        kFailed);
    EXPECT_THAT(err.str(), HasSubstr("writing to standard output failed"));
  }
}

TEST_F(ListingTest, AnInterruptEndsItInOrder) {
  for (int i = 0; i < 2000; ++i) Put(absl::StrCat("d/", std::string(200, 'n'), i));
  for (const std::string command : {"tree", "ls"}) {
    // Waits in the middle for whoever reads what it prints.
    const auto process =
        testing::Process::Start({.argv = {testing::AnnofsProgram(), command, dir_ / "source", "d",
                                          "--no-views", "--cache", dir_ / "cache"}});
    ASSERT_TRUE(process.ok()) << process.status();
    ASSERT_TRUE((*process)->ReadLine().ok());
    (*process)->Signal(SIGINT);
    absl::SleepFor(absl::Milliseconds(200));
    const auto result = (*process)->Wait();
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->exit_code, kFailed);
    EXPECT_EQ(result->err, absl::StrCat("annofs: ", command, ": interrupted\n"));
  }
}

TEST_F(ListingTest, LsListsADirectoryOrAFile) {
  Put("a/one.txt", "12345");
  Put("z.txt");
  EXPECT_EQ(Run("ls"), "a/\nz.txt\n");
  EXPECT_EQ(Run("ls", {"a"}), "one.txt\n");
  EXPECT_EQ(Run("ls", {"a/one.txt"}), "a/one.txt\n");
  EXPECT_THAT(Run("ls", {"-l", "a"}), ::testing::ContainsRegex(" 5 [-0-9T:]*Z one.txt\n$"));
}

TEST_F(ListingTest, ViewsAreListedAsAMountShowsThem) {
  with_views_ = true;
  Put("annotations.xml",
      "<annotations><version>1.1</version><meta><task><name>street</name><labels><label>"
      "<name>car</name></label></labels></task></meta><image id=\"0\" name=\"a.jpg\" "
      "width=\"100\" height=\"50\"><box label=\"car\" occluded=\"0\" xtl=\"1\" ytl=\"1\" "
      "xbr=\"9\" ybr=\"9\" z_order=\"0\"></box></image></annotations>");
  Put("a.jpg");
  EXPECT_EQ(Run("tree", {"views/street/by-class"}),
            "views/street/by-class/\n└── car/\n    ├── a.jpg\n    ├── a.json\n    └── a.tsv\n\n"
            "1 directory, 3 files\n");
}

}  // namespace
}  // namespace annofs

// The comparer sees what it should see: every golden tree of three cases, changed in one place at a
// time. What it overlooks on purpose is in compare_leniency_test.cc.
#include "tests/golden/compare_trees.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/golden/encode_pixels.h"
#include "tests/golden/golden_case.h"
#include "tests/golden/mutations.h"

namespace annofs::testing {
namespace {

using ::testing::IsEmpty;

std::set<std::string> FilesThatDiffer(const FileTree& golden, const FileTree& ours) {
  std::set<std::string> files;
  for (const Difference& difference : CompareTrees(golden, ours)) files.insert(difference.file);
  return files;
}

// Calls `fn(tree)` with every golden tree of the case.
template <typename Fn>
void ForEachTree(absl::string_view name, Fn fn) {
  for (const GoldenCase& which : GoldenCases()) {
    if (which.name != name) continue;
    for (const ExportFormat& format : ExportFormats()) {
      SCOPED_TRACE(absl::StrCat(which.name, ", ", format.name));
      if (const std::optional<FileTree> tree = GoldenTree(which, format.name)) fn(*tree);
    }
  }
}

class Mutated : public ::testing::TestWithParam<const char*> {};

TEST_P(Mutated, TheSameTreeIsEqual) {
  ForEachTree(GetParam(),
              [](const FileTree& tree) { EXPECT_THAT(FilesThatDiffer(tree, tree), IsEmpty()); });
}

// Of the images of one directory the first: they are of one kind.
FileTree WithoutMoreImages(const FileTree& tree) {
  FileTree some;
  std::set<absl::string_view> directories;
  for (const auto& [path, content] : tree) {
    if (Extension(path) != ".png" || directories.insert(DirName(path)).second) some[path] = content;
  }
  return some;
}

// Makes every mutation that has a place in a file of the tree; answers which.
std::set<std::string> ExpectEachIsSeen(const FileTree& tree) {
  std::set<std::string> made;
  for (const auto& [path, content] : WithoutMoreImages(tree)) {
    // Files of a Sly project are compared together.
    const FileTree golden = tree.contains("key_id_map.json") ? tree : FileTree{{path, content}};
    for (const Mutation& mutation : MutationsOf(Extension(path))) {
      const std::optional<std::string> changed = mutation.make(content);
      if (!changed || *changed == content) continue;
      FileTree ours = golden;
      ours[path] = *changed;
      EXPECT_TRUE(FilesThatDiffer(golden, ours).contains(path)) << path << ": " << mutation.name;
      made.insert(absl::StrCat(Extension(path), " ", mutation.name));
    }
  }
  return made;
}

TEST_P(Mutated, EachChangeOfAFileIsSeen) {
  std::set<std::string> made;
  ForEachTree(GetParam(), [&](const FileTree& tree) { made.merge(ExpectEachIsSeen(tree)); });
  for (absl::string_view extension : {".json", ".xml", ".png", ".txt"}) {
    if (absl::string_view(GetParam()) != "synth_images") continue;
    for (const Mutation& mutation : MutationsOf(extension)) {
      EXPECT_TRUE(made.contains(absl::StrCat(extension, " ", mutation.name))) << mutation.name;
    }
  }
}

TEST_P(Mutated, MissingMoreAndRenamedFilesAreSeen) {
  ForEachTree(GetParam(), [](const FileTree& tree) {
    for (const auto& [path, content] : tree) {
      FileTree without = tree, more = tree;
      without.erase(path);
      EXPECT_TRUE(FilesThatDiffer(tree, without).contains(path)) << path;
      more[path + "x"] = content;
      EXPECT_EQ(FilesThatDiffer(tree, more), std::set<std::string>{path + "x"});
      FileTree renamed = without;
      renamed[path + "x"] = content;
      EXPECT_TRUE(FilesThatDiffer(tree, renamed).contains(path)) << path;
      EXPECT_TRUE(FilesThatDiffer(tree, renamed).contains(path + "x")) << path;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Cases, Mutated,
                         ::testing::Values("synth_images", "synth_3d", "cvat_task_14"),
                         [](const auto& info) { return std::string(info.param); });

Pixels ThreeByTwo() {
  return {.width = 3,
          .height = 2,
          .bits = 8,
          .channels = 3,
          .color_type = 2,
          .bytes = "abcdefghijklmnopqr"};
}

TEST(Bmp, OnePixelOrSizeIsSeen) {
  const FileTree golden = {{"a_GT.bmp", EncodeBmp(ThreeByTwo())}};
  EXPECT_THAT(CompareTrees(golden, golden), IsEmpty());
  for (size_t i = 0; i < ThreeByTwo().bytes.size(); ++i) {
    Pixels changed = ThreeByTwo();
    changed.bytes[i] ^= 1;
    EXPECT_EQ(CompareTrees(golden, {{"a_GT.bmp", EncodeBmp(changed)}}).size(), 1u) << i;
  }
  Pixels turned = ThreeByTwo();
  std::swap(turned.width, turned.height);
  EXPECT_EQ(CompareTrees(golden, {{"a_GT.bmp", EncodeBmp(turned)}}).size(), 1u);
  const std::string cut = golden.at("a_GT.bmp").substr(0, 70);
  EXPECT_EQ(CompareTrees(golden, {{"a_GT.bmp", cut}}).size(), 1u);
}

TEST(Png, APaletteIsSeen) {
  Pixels pixels{.width = 2,
                .height = 1,
                .bits = 8,
                .channels = 1,
                .color_type = 3,
                .palette = "abcdef",
                .bytes = std::string("\0\1", 2)};
  const FileTree golden = {{"a.png", EncodePng(pixels)}};
  EXPECT_THAT(CompareTrees(golden, golden), IsEmpty());
  pixels.palette[4] = 'x';
  EXPECT_EQ(CompareTrees(golden, {{"a.png", EncodePng(pixels)}}).size(), 1u);
}

TEST(Label, AnotherOneIsSeenInEveryKindOfFile) {
  std::set<std::string> kinds;
  ForEachTree("synth_images", [&](const FileTree& tree) {
    for (const auto& [path, content] : tree) {
      const size_t at = content.find("car");
      if (at == std::string::npos || Extension(path) == ".png") continue;
      FileTree ours = tree;
      ours[path].replace(at, 3, "bus");
      EXPECT_EQ(FilesThatDiffer(tree, ours), std::set<std::string>{path});
      kinds.emplace(Extension(path));
    }
  });
  EXPECT_GE(kinds.size(), 5u) << ::testing::PrintToString(kinds);
}

}  // namespace
}  // namespace annofs::testing

#include "formats/frame_names.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/names.h"
#include "cache/base/text.h"
#include "formats/media_path.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Paths(const FrameOrder& order) {
  std::vector<std::string> paths;
  for (const FrameNames& names : order.names) paths.push_back(names.path);
  return paths;
}

std::vector<std::string> DirectoryPaths(const FrameOrder& order) {
  std::vector<std::string> paths;
  for (const FrameDirectory& directory : order.directories) paths.push_back(directory.path);
  return paths;
}

// Names of a few characters, so that everything collides with everything.
std::vector<std::string> HostileNames(uint32_t seed) {
  static const std::vector<std::string> kPieces = {"a",    "b",     "A",
                                                   "/",    "/",     ".",
                                                   "..",   " ",     ".jpg",
                                                   ".png", "ü",     "写真",
                                                   "🚗",    "\n",    std::string(1, '\0'),
                                                   "\xff", ".json", ".tsv",
                                                   "-",    "_",     ".jpg.png",
                                                   "//",   "$(x)",  std::string(300, 'x')};
  std::mt19937 engine(seed);
  std::vector<std::string> names;
  for (int i = 0; i < 120; ++i) {
    std::string name;
    for (uint32_t pieces = engine() % 6; pieces > 0; --pieces) {
      name += kPieces[engine() % kPieces.size()];
    }
    names.push_back(std::move(name));
  }
  return names;
}

class HostileFrames : public ::testing::TestWithParam<uint32_t> {
 protected:
  const std::vector<std::string> names_ = HostileNames(GetParam());
  const FrameOrder order_ = OrderFrames(names_);
};

TEST_P(HostileFrames, EveryFrameHasARank) {
  std::vector<uint32_t> frames = order_.frame_of_rank;
  std::sort(frames.begin(), frames.end());
  std::vector<uint32_t> all(names_.size());
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(frames, all);
  EXPECT_EQ(order_.names.size(), names_.size());
}

TEST_P(HostileFrames, BaseNamesLeaveRoomForWhatViewsPutBehindThem) {
  for (const std::string& path : Paths(order_))
    EXPECT_LE(BaseName(path).size() + kMaxNameSuffix, kMaxNameBytes) << path;
}

TEST_P(HostileFrames, RanksAreInByteOrderOfUniquePaths) {
  const std::vector<std::string> paths = Paths(order_);
  for (size_t i = 1; i < paths.size(); ++i) EXPECT_LT(paths[i - 1], paths[i]);
}

TEST_P(HostileFrames, PathsAreSafe) {
  for (const std::string& path : Paths(order_)) {
    for (absl::string_view component : absl::StrSplit(path, '/')) {
      EXPECT_TRUE(IsEntryName(component)) << absl::CHexEscape(path);
    }
    EXPECT_TRUE(IsValidUtf8(path)) << absl::CHexEscape(path);
  }
}

TEST_P(HostileFrames, NoNameInADirectoryIsTakenTwice) {
  // Frames, directories, and the sidecars of frames live in the same directories.
  std::set<std::string> taken;
  auto take = [&taken](std::string path) {
    EXPECT_TRUE(taken.insert(path).second) << absl::CHexEscape(path);
    EXPECT_LE(BaseName(path).size(), kMaxNameBytes);
  };
  for (const FrameNames& names : order_.names) {
    take(names.path);
    take(absl::StrCat(names.sidecar(), ".json"));
    take(absl::StrCat(names.sidecar(), ".tsv"));
  }
  for (const FrameDirectory& directory : order_.directories) {
    if (!directory.path.empty()) take(directory.path);
  }
}

TEST_P(HostileFrames, StemsAreUniqueWithoutRegardToCaseAndPlain) {
  std::set<std::string> taken;
  for (const FrameNames& names : order_.names) {
    EXPECT_TRUE(taken.insert(absl::AsciiStrToLower(names.stem)).second) << names.stem;
    EXPECT_FALSE(names.stem.empty());
    for (char c : names.stem) {
      EXPECT_TRUE(absl::ascii_isalnum(c) || c == '_' || c == '-') << names.stem;
    }
  }
}

TEST_P(HostileFrames, OriginalStemsAreUniqueWithoutRegardToCaseAndSafe) {
  std::set<std::string> taken;
  for (const FrameNames& names : OrderFrames(names_, StemStyle::kOriginal).names) {
    EXPECT_TRUE(taken.insert(absl::AsciiStrToLower(names.stem)).second) << names.stem;
    EXPECT_TRUE(IsEntryName(names.stem)) << absl::CHexEscape(names.stem);
    EXPECT_EQ(SafeName(names.stem), names.stem) << absl::CHexEscape(names.stem);
    EXPECT_NE(names.stem[0], '.');
    EXPECT_LE(names.stem.size() + kMaxNameSuffix, kMaxNameBytes);
  }
}

TEST_P(HostileFrames, ImagesCalledByOriginalStemsAreUnique) {
  std::set<std::string> taken;
  for (const FrameNames& names : OrderFrames(names_, StemStyle::kOriginal).names) {
    EXPECT_TRUE(taken.insert(MediaName(names, names.path)).second) << names.path;
  }
}

TEST_P(HostileFrames, PathsAreTheSameInBothStyles) {
  EXPECT_EQ(Paths(OrderFrames(names_, StemStyle::kOriginal)), Paths(order_));
}

TEST_P(HostileFrames, EachDirectoryIsTheRangeOfWhatIsBelowIt) {
  ASSERT_FALSE(order_.directories.empty());
  EXPECT_EQ(order_.directories[0].path, "");
  EXPECT_EQ(order_.directories[0].end, names_.size());
  for (const FrameDirectory& directory : order_.directories) {
    if (directory.path.empty()) continue;
    for (Rank rank = 0; rank < order_.names.size(); ++rank) {
      const bool is_below =
          absl::StartsWith(order_.names[rank].path, absl::StrCat(directory.path, "/"));
      EXPECT_EQ(is_below, rank >= directory.begin && rank < directory.end) << directory.path;
    }
  }
}

TEST_P(HostileFrames, EveryDirectoryOfAPathIsListedOnceAndInOrder) {
  std::set<std::string> wanted = {""};
  for (const std::string& path : Paths(order_)) {
    for (absl::string_view part = DirName(path); !part.empty(); part = DirName(part)) {
      wanted.insert(std::string(part));
    }
  }
  std::vector<std::string> found = DirectoryPaths(order_);
  for (size_t i = 2; i < found.size(); ++i) EXPECT_LT(found[i - 1] + "/", found[i] + "/");
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), wanted);
  EXPECT_EQ(found.size(), wanted.size());
}

TEST_P(HostileFrames, TheSameNamesGiveTheSameOrder) {
  EXPECT_EQ(Paths(OrderFrames(names_)), Paths(order_));
}

TEST_P(HostileFrames, AFrameOfItsOwnNameDoesNotDependOnTheOrderOfTheOthers) {
  std::vector<std::string> shuffled = names_;
  std::sort(shuffled.begin(), shuffled.end());
  shuffled.erase(std::unique(shuffled.begin(), shuffled.end()), shuffled.end());
  std::vector<std::string> reversed(shuffled.rbegin(), shuffled.rend());
  EXPECT_EQ(Paths(OrderFrames(shuffled)), Paths(OrderFrames(reversed)));
}

INSTANTIATE_TEST_SUITE_P(Seeds, HostileFrames, ::testing::Range(0u, 8u));

TEST(FrameNames, GoodNamesStayAsTheyAre) {
  const FrameOrder order = OrderFrames({"sub dir/b ü.png", "a.jpg", "sub dir/c.JPG"});
  EXPECT_THAT(Paths(order), ElementsAre("a.jpg", "sub dir/b ü.png", "sub dir/c.JPG"));
  EXPECT_THAT(order.frame_of_rank, ElementsAre(1, 0, 2));
  EXPECT_THAT(DirectoryPaths(order), ElementsAre("", "sub dir"));
  EXPECT_EQ(order.names[1].stem, "sub_dir_b_");
  EXPECT_EQ(order.names[1].sidecar(), "sub dir/b ü");
  EXPECT_EQ(order.names[1].extension(), ".png");
}

TEST(FrameNames, FramesThatShareAStemKeepTheirExtensions) {
  const FrameOrder order = OrderFrames({"a.jpg", "a.png", "b.jpg"});
  EXPECT_EQ(order.names[0].sidecar(), "a.jpg");
  EXPECT_EQ(order.names[1].sidecar(), "a.png");
  EXPECT_EQ(order.names[2].sidecar(), "b");
  EXPECT_NE(order.names[0].stem, order.names[1].stem);
}

TEST(FrameNames, NoFramesHaveOneDirectory) {
  const FrameOrder order = OrderFrames({});
  EXPECT_THAT(DirectoryPaths(order), ElementsAre(""));
}

TEST(FrameNames, AMillionDirectoriesInANameAreOneName) {
  std::string deep;
  for (int i = 0; i < 500000; ++i) absl::StrAppend(&deep, "d/");
  const FrameOrder order = OrderFrames({deep, deep + "x", std::string(5000, 'y') + "/z"});
  EXPECT_EQ(order.directories.size(), 1u);
  for (const std::string& path : Paths(order)) EXPECT_TRUE(IsEntryName(path));
}

TEST(FrameNames, OneNameAHundredThousandTimesIsFast) {
  const FrameOrder order = OrderFrames(std::vector<std::string>(100000, "a.jpg"));
  std::vector<std::string> paths = Paths(order);
  EXPECT_EQ(std::set<std::string>(paths.begin(), paths.end()).size(), 100000u);
}

TEST(FrameNames, ADirectoryThatIsCalledLikeAFileStaysWhereNoFrameBesideItHasThatFile) {
  const std::vector<std::string> names = {"b.jpg", "d/slide.jpg", "gt_c.txt/1.jpg",
                                          "slide.png/1.jpg"};
  EXPECT_EQ(Paths(OrderFrames(names)), names);
}

TEST(FrameNames, WhereADirectoryIsCalledLikeAFileOfAFrameNoneIsCalledLikeAny) {
  for (const char* directory :
       {"b.txt", "b.xml", "b.png", "b.bmp", "gt_b.txt", "b_GT.txt", "b_mask_12.png", "b_1.txt",
        "b_gtFine_labelIds.png", "b_leftImg8bit.jpg", "b.jpg.txt"}) {
    const std::vector<std::string> paths =
        Paths(OrderFrames({"b.jpg", absl::StrCat(directory, "/1.jpg"), "other.png/1.jpg"}));
    EXPECT_THAT(paths, ::testing::Contains("b.jpg"));
    EXPECT_THAT(paths, ::testing::Contains(::testing::StartsWith(absl::StrCat(directory, "-"))));
    EXPECT_THAT(paths, ::testing::Contains(::testing::StartsWith("other.png-")));
  }
}

TEST(FrameNames, NoFrameEndsLikeATextOfAView) {
  for (const std::string& path : Paths(OrderFrames({"a.txt", "d/a.xml", "a.json", "a.tsv"}))) {
    EXPECT_TRUE(path.ends_with("_")) << path;
  }
}

std::map<std::string, std::string> OriginalStems(const std::vector<std::string>& names) {
  std::map<std::string, std::string> stems;
  for (const FrameNames& frame : OrderFrames(names, StemStyle::kOriginal).names)
    stems[frame.path] = frame.stem;
  return stems;
}

TEST(OriginalStems, AreFlatAndElseAsTheFileIsCalled) {
  using Stems = std::map<std::string, std::string>;
  EXPECT_EQ(OriginalStems({"sub dir/b ü.v2.png", "写真.JPG", "a (1).tar.jpg", "$(x).jpg"}),
            (Stems{{"sub dir/b ü.v2.png", "sub dir_b ü.v2"},
                   {"写真.JPG", "写真"},
                   {"a (1).tar.jpg", "a (1).tar"},
                   {"$(x).jpg", "$(x)"}}));
}

TEST(OriginalStems, WhatIsNoExtensionOfMediaIsOfTheName) {
  std::map<std::string, std::string> stems = OriginalStems({"cam.0001", "cam.0002"});
  EXPECT_EQ(stems["cam.0001"], "cam.0001");
  EXPECT_EQ(stems["cam.0002"], "cam.0002");
}

TEST(OriginalStems, NoNameInThemIsHidden) {
  std::map<std::string, std::string> stems = OriginalStems({".a.jpg", ".git/.jpg", ".git/b.jpg"});
  EXPECT_EQ(stems[".a.jpg"], "_a");
  EXPECT_EQ(stems[".git/.jpg"], "_git__jpg");
  EXPECT_EQ(stems[".git/b.jpg"], "_git_b");
}

// Python's splitlines() ends lines at these.
TEST(OriginalStems, AreOneLine) {
  std::map<std::string, std::string> stems =
      OriginalStems({"a\u2028b.jpg", "c\u2029d.jpg", "e\u0085f.jpg"});
  EXPECT_EQ(stems["a\u2028b.jpg"], "a_b");
  EXPECT_EQ(stems["c\u2029d.jpg"], "c_d");
  EXPECT_EQ(stems["e\u0085f.jpg"], "e_f");
}

TEST(OriginalStems, LongOnesAreCutBetweenCharactersAndStayApart) {
  std::string start;
  for (int i = 0; i < 70; ++i) start += "写";
  std::map<std::string, std::string> stems = OriginalStems({start + "1.jpg", start + "2.jpg"});
  ASSERT_EQ(stems.size(), 2u);
  EXPECT_NE(stems[start + "1.jpg"], stems[start + "2.jpg"]);
  for (const auto& [path, stem] : stems) {
    EXPECT_LE(stem.size(), 200u);
    EXPECT_TRUE(IsValidUtf8(stem));
    EXPECT_TRUE(absl::StartsWith(stem, start.substr(0, 180)));
  }
}

TEST(OriginalStems, ThoseThatCollideGetAHash) {
  std::map<std::string, std::string> stems = OriginalStems({"a/b.jpg", "a_b.jpg", "A_B.png"});
  for (const auto& [path, stem] : stems) {
    EXPECT_EQ(stem.size(), 12u) << stem;
    EXPECT_EQ(absl::AsciiStrToLower(stem).substr(0, 4), "a_b-") << stem;
  }
}

TEST(OriginalStems, AFramesDoesNotDependOnOthersThatHaveAnother) {
  EXPECT_EQ(OriginalStems({"x y.jpg"})["x y.jpg"],
            OriginalStems({"z.jpg", "x y.jpg", "x_y.jpg"})["x y.jpg"]);
}

}  // namespace
}  // namespace annofs::testing

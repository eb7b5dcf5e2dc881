// Names that a frame's content makes: unique, found again, whatever they are.
#include "formats/own_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "cache/base/names.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::FramesNamed;
using ::testing::ElementsAre;

// A family whose files are called as the list says, by rank.
class OwnNamesTest : public ::testing::Test {
 protected:
  void Call(std::vector<std::string> names) {
    std::vector<std::string> frames;
    for (size_t i = 0; i < names.size(); ++i) frames.push_back(absl::StrCat(1000000 + i, ".jpg"));
    data_ = FramesNamed(frames);
    layout_.Named(
        "dir", data_->All(), FamilyKind::kText,
        [names](const Dataset&, Rank rank) -> absl::StatusOr<std::string> { return names[rank]; },
        [](const Dataset&, Rank rank) -> absl::StatusOr<std::string> {
          return absl::StrCat("rank ", rank);
        });
    own_ = NewMemoryOwnNames(layout_, *data_);
  }

  std::vector<std::string> Listed() {
    std::vector<std::string> names;
    for (Rank rank = 0; rank < data_->frame_count(); ++rank) {
      names.push_back(OwnNameOf(layout_, *data_, *own_, 0, rank).value());
    }
    return names;
  }

  void ExpectUniqueAndFound() {
    std::set<std::string> seen;
    const std::vector<std::string> names = Listed();
    for (Rank rank = 0; rank < names.size(); ++rank) {
      EXPECT_TRUE(seen.insert(names[rank]).second) << names[rank];
      EXPECT_TRUE(IsEntryName(names[rank])) << names[rank];
      EXPECT_EQ(FindOwnName(layout_, *data_, *own_, 0, names[rank]).value(),
                std::optional<Rank>(rank))
          << names[rank];
    }
  }

  std::unique_ptr<Dataset> data_;
  Layout layout_;
  std::unique_ptr<OwnNames> own_;
};

TEST_F(OwnNamesTest, OfEqualNamesTheFirstIsKeptAndOthersHaveTheirRankBeforeTheExtension) {
  Call({"b.png", "a.png", "a.png", "none", "b.png", "none"});
  EXPECT_THAT(Listed(), ElementsAre("b.png", "a.png", "a-00000002.png", "none", "b-00000004.png",
                                    "none-00000005"));
  ExpectUniqueAndFound();
}

TEST_F(OwnNamesTest, NamesThatNobodyHasAreNotFound) {
  Call({"a.png", "a.png", "b.png"});
  for (const char* name : {"a-00000000.png", "a-00000002.png", "b-00000001.png", "c.png",
                           "a-00000001", "a-00000001.pngx", "a-0000000000000001.png", "00000001",
                           "-00000001.png", "a-ffffffff.png", "a", ""}) {
    EXPECT_EQ(FindOwnName(layout_, *data_, *own_, 0, name).value(), std::nullopt) << name;
  }
}

TEST_F(OwnNamesTest, ANameThatLooksLikeAReplacementIsKeptToo) {
  Call({"a", "a-00000002", "a", "a-0000000100000002", "a-00000004"});
  EXPECT_THAT(Listed(), ElementsAre("a", "a-00000002", "a-0000000200000002", "a-0000000100000002",
                                    "a-00000004"));
  ExpectUniqueAndFound();
}

TEST_F(OwnNamesTest, LongNamesStayNames) {
  const std::string longest(255, 'x');
  std::string wide;
  for (int i = 0; i < 127; ++i) wide += "ü";
  const std::string extension = "y." + std::string(253, 'e');
  Call({longest, longest, wide, wide, extension, extension, std::string(251, 'x') + ".png",
        std::string(251, 'x') + ".png"});
  ExpectUniqueAndFound();
}

TEST_F(OwnNamesTest, NamesOfFilesAndDirectoriesOfThePlaceAreNotTaken) {
  layout_.File("dir/list.txt", [](const Dataset&) { return std::string("text"); });
  layout_.File("dir/sub/x.txt", [](const Dataset&) { return std::string("text"); });
  layout_.File("dir/c-00000004.txt", [](const Dataset&) { return std::string("text"); });
  Call({"list.txt", "sub", "x.txt", "c.txt", "c.txt"});
  EXPECT_THAT(Listed(), ElementsAre("list-00000000.txt", "sub-00000001", "x.txt", "c.txt",
                                    "c-0000000100000004.txt"));
  ExpectUniqueAndFound();
}

TEST_F(OwnNamesTest, AllMayBeEqual) {
  Call(std::vector<std::string>(500, "same.txt"));
  ExpectUniqueAndFound();
}

// However many passes: the same division.
TEST_F(OwnNamesTest, SeveralPassesDivideAsOneDoes) {
  std::vector<std::string> names;
  for (int i = 0; i < 3000; ++i) names.push_back(absl::StrCat(i * i % 1999));
  Call(names);
  for (size_t at_once : {100, 999, 1000, 3000, 100000}) {
    std::vector<std::pair<uint64_t, Rank>> keepers;
    auto keeper = [&](uint64_t hash, Rank rank) {
      keepers.emplace_back(hash, rank);
      return absl::OkStatus();
    };
    RankSet renamed = DivideOwnNames(layout_, *data_, 0, keeper, at_once).value();
    EXPECT_TRUE(std::is_sorted(keepers.begin(), keepers.end())) << at_once;
    EXPECT_EQ(keepers.size() + renamed.size(), 3000u) << at_once;
    std::set<std::string> seen;
    for (Rank rank = 0; rank < 3000; ++rank) {
      EXPECT_EQ(renamed.Contains(rank), !seen.insert(names[rank]).second) << rank;
    }
  }
}

TEST_F(OwnNamesTest, AViewListsAndFindsThem) {
  Call({"b", "a", "a"});
  layout_.PerFrame("dir/{stem}.txt", RankSet::Range(1, 2),
                   [](const Dataset&, Rank) -> absl::StatusOr<std::string> { return "x"; });
  const ViewDirectory at{.place = layout_.FindPlace("dir").value()};
  std::vector<std::string> names;
  for (const ViewEntry& entry : testing::Listed(layout_, *data_, *own_, at)) {
    names.push_back(entry.name);
    EXPECT_EQ(FindEntry(layout_, *data_, at, entry.name)->rank, entry.rank);
  }
  EXPECT_THAT(names, ElementsAre("b", "a", "1000001.txt", "a-00000002"));
}

TEST_F(OwnNamesTest, AnErrorOfANameIsTold) {
  data_ = FramesNamed({"x.jpg"});
  layout_.Named("dir", data_->All(), FamilyKind::kText,
                [](const Dataset&, Rank) -> absl::StatusOr<std::string> {
                  return absl::InternalError("broken");
                });
  own_ = NewMemoryOwnNames(layout_, *data_);
  EXPECT_EQ(FindOwnName(layout_, *data_, *own_, 0, "x").status().message(), "broken");
}

}  // namespace
}  // namespace annofs

// What the comparer overlooks, because it says the same, and what it still sees there.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/golden/compare_files.h"
#include "tests/golden/compare_trees.h"
#include "tests/golden/deviations.h"
#include "tests/golden/encode_pixels.h"
#include "tests/golden/golden_case.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Places(void (*compare)(absl::string_view, absl::string_view,
                                                FileDifferences&),
                                absl::string_view golden, absl::string_view ours) {
  FileDifferences out("file");
  compare(golden, ours, out);
  std::vector<std::string> places;
  for (const Difference& difference : out.Take()) places.push_back(difference.place);
  return places;
}
std::vector<std::string> JsonPlaces(absl::string_view golden, absl::string_view ours) {
  return Places(CompareJson, golden, ours);
}
std::vector<std::string> XmlPlaces(absl::string_view golden, absl::string_view ours) {
  return Places(CompareXml, golden, ours);
}

TEST(Json, SpacesEscapesAndOrderOfMembersSayNothing) {
  EXPECT_THAT(JsonPlaces(R"({"a": 1.5, "b": "ü", "c": {"x": true, "y": null}})",
                         R"({"c":{"y":null,"x":true},"b":"\u00fc","a":15e-1})"),
              IsEmpty());
}

TEST(Json, NumbersAreExact) {
  EXPECT_THAT(JsonPlaces("[76.50999999999999]", "[76.51]"), ElementsAre("/0"));
  EXPECT_THAT(JsonPlaces("[0.1]", "[0.10000000000000002]"), ElementsAre("/0"));
  EXPECT_THAT(JsonPlaces("[1]", "[1.0]"), ElementsAre("/0"));
  EXPECT_THAT(JsonPlaces("[0.0]", "[-0.0]"), ElementsAre("/0"));
  EXPECT_THAT(JsonPlaces("[9007199254740993]", "[9007199254740992]"), ElementsAre("/0"));
  EXPECT_THAT(JsonPlaces("[1]", "[true]"), ElementsAre("/0"));
  EXPECT_THAT(JsonPlaces("[0]", "[null]"), ElementsAre("/0"));
  EXPECT_THAT(JsonPlaces(R"(["1"])", "[1]"), ElementsAre("/0"));
}

TEST(Json, ElementsOfAListHaveTheirOrder) {
  EXPECT_THAT(JsonPlaces(R"({"keypoints": [1, 2]})", R"({"keypoints": [2, 1]})"),
              ElementsAre("/keypoints/0", "/keypoints/1"));
}

TEST(Json, AMemberTwiceIsSeen) {
  EXPECT_THAT(JsonPlaces(R"({"a": 1})", R"({"a": 1, "a": 1})"), ElementsAre(""));
}

TEST(Json, SkeletonAndJointsAreSets) {
  for (const char* name : {"skeleton", "joints"}) {
    auto document = [&](absl::string_view list) {
      return absl::StrCat("{\"", name, "\":", list, "}");
    };
    const std::string golden = document("[[1,2],[2,3],[1,3]]");
    const std::string place = absl::StrCat("/", name);
    EXPECT_THAT(JsonPlaces(golden, document("[[1,3],[1,2],[2,3]]")), IsEmpty());
    EXPECT_THAT(JsonPlaces(golden, document("[[1,3],[1,2],[2,4]]")), ElementsAre(place, place));
    EXPECT_THAT(JsonPlaces(golden, document("[[1,3],[1,2],[3,2]]")), ElementsAre(place, place));
    EXPECT_THAT(JsonPlaces(golden, document("[[1,3],[1,2]]")), ElementsAre(place));
    EXPECT_THAT(JsonPlaces(golden, document("[[1,3],[1,2],[2,3],[2,3]]")), ElementsAre(place));
  }
}

constexpr char kXml[] =
    R"(<?xml version="1.0"?><a><image id="1" name="x"><box l="1"><attribute name="p">1</attribute>)"
    R"(<attribute name="q">2</attribute></box></image><track id="0"><box l="2">)"
    R"(<attribute name="p">1</attribute><attribute name="q">2</attribute></box><box l="3">)"
    R"(<attribute name="p">5</attribute></box></track></a>)";

std::string XmlWith(absl::string_view what, absl::string_view with) {
  std::string changed = absl::StrReplaceAll(kXml, {{what, with}});
  EXPECT_NE(changed, kXml) << what;
  return changed;
}

TEST(Xml, SpacesAndOrderOfXmlAttributesSayNothing) {
  EXPECT_THAT(XmlPlaces(kXml, XmlWith("><", ">\n  <")), IsEmpty());
  EXPECT_THAT(XmlPlaces(kXml, XmlWith(R"(id="1" name="x")", R"(name="x" id="1")")), IsEmpty());
}

constexpr char kPair[] = R"(<attribute name="p">1</attribute><attribute name="q">2</attribute>)";
constexpr char kTurned[] = R"(<attribute name="q">2</attribute><attribute name="p">1</attribute>)";

TEST(Xml, OrderOfAttributesCountsButInTracks) {
  EXPECT_THAT(
      XmlPlaces(kXml, XmlWith(absl::StrCat("l=\"2\">", kPair), absl::StrCat("l=\"2\">", kTurned))),
      IsEmpty());
  EXPECT_THAT(
      XmlPlaces(kXml, XmlWith(absl::StrCat("l=\"1\">", kPair), absl::StrCat("l=\"1\">", kTurned))),
      Not(IsEmpty()));
}

TEST(Xml, AttributesOfTracksAreStillCompared) {
  const std::string box = "l=\"2\">";
  EXPECT_THAT(XmlPlaces(kXml, XmlWith(box + kPair, box + R"(<attribute name="p">1</attribute>)"
                                                         R"(<attribute name="q">3</attribute>)")),
              ElementsAre("/a/track/box/attribute#1"));
  EXPECT_THAT(XmlPlaces(kXml, XmlWith(box + kPair, box + R"(<attribute name="p">1</attribute>)"
                                                         R"(<attribute name="r">2</attribute>)")),
              ElementsAre("/a/track/box/attribute#1@name"));
  EXPECT_THAT(XmlPlaces(kXml, XmlWith(box + kPair, box + R"(<attribute name="p">1</attribute>)")),
              ElementsAre("/a/track/box/attribute#1"));
  // Moved to the next shape.
  EXPECT_THAT(XmlPlaces(kXml, XmlWith(R"(<attribute name="q">2</attribute></box><box l="3">)",
                                      R"(</box><box l="3"><attribute name="q">2</attribute>)")),
              Not(IsEmpty()));
}

TEST(Xml, OrderOfElementsAndTextsCount) {
  EXPECT_THAT(XmlPlaces("<a><b/><c/></a>", "<a><c/><b/></a>"), ElementsAre("/a"));
  EXPECT_THAT(XmlPlaces("<a><b/><b x='1'/></a>", "<a><b x='1'/><b/></a>"),
              ElementsAre("/a/b@x", "/a/b#1@x"));
  EXPECT_THAT(XmlPlaces("<a><b>x\ny</b></a>", "<a><b>x y</b></a>"), ElementsAre("/a/b"));
  EXPECT_THAT(XmlPlaces("<a><b>x</b></a>", "<a><b> x</b></a>"), ElementsAre("/a/b"));
  EXPECT_THAT(XmlPlaces("<!DOCTYPE a>\n<a/>", "<a/>"), ElementsAre("head"));
}

TEST(Pixels, PackingSaysNothing) {
  const Pixels pixels{.width = 9,
                      .height = 9,
                      .bits = 8,
                      .channels = 1,
                      .bytes = std::string(40, 'x') + std::string(41, 'y')};
  EXPECT_THAT(Places(ComparePng, EncodePng(pixels), EncodePng(pixels, true)), IsEmpty());
  Pixels colors = pixels;
  colors.width = 3;
  colors.channels = 3;
  EXPECT_THAT(Places(CompareBmp, EncodeBmp(colors), EncodeBmp(colors, true, 'z')), IsEmpty());
}

class SlyKeys : public ::testing::Test {
 protected:
  static constexpr char kFile[] = "ds0/ann/000001.pcd.json";
  // Golden keys of that file and of the map.
  static constexpr char kObject0[] = "43565058-48da-40f2-bd9c-82780ca991c0",
                        kObject1[] = "412a28c7-73e1-40b6-aa26-d45c3c620a7c",
                        kFigure[] = "e096b8d7-35ed-432c-bd82-526cb3ac0c14",
                        kOther[] = "00000000-1111-2222-3333-444444444444";

  static FileTree Golden() {
    for (const GoldenCase& which : GoldenCases()) {
      if (which.is_3d) return GoldenTree(which, "Sly Point Cloud Format 1.0").value();
    }
    return {};
  }
  // In one file, or in all.
  static FileTree Changed(absl::string_view path, absl::string_view what, absl::string_view with) {
    FileTree tree = Golden();
    bool is_changed = false;
    for (auto& [name, content] : tree) {
      if (!path.empty() && name != path) continue;
      const std::string changed = absl::StrReplaceAll(content, {{what, with}});
      is_changed = is_changed || changed != content;
      content = changed;
    }
    EXPECT_TRUE(is_changed) << what;
    return tree;
  }
};

TEST_F(SlyKeys, MayBeOthersEverywhere) {
  EXPECT_THAT(CompareTrees(Golden(), Changed("", kObject1, kOther)), IsEmpty());
  FileTree swapped = Golden();
  for (auto& [path, content] : swapped) {
    content = absl::StrReplaceAll(content, {{kObject0, kObject1}, {kObject1, kObject0}});
  }
  EXPECT_THAT(CompareTrees(Golden(), swapped), IsEmpty());
}

TEST_F(SlyKeys, AreSeenWhereOneFileHasAnother) {
  EXPECT_THAT(CompareTrees(Golden(), Changed(kFile, kObject1, kOther)), Not(IsEmpty()));
  EXPECT_THAT(CompareTrees(Golden(), Changed("key_id_map.json", kObject1, kOther)), Not(IsEmpty()));
}

TEST_F(SlyKeys, OfTwoObjectsAreNotOne) {
  EXPECT_THAT(CompareTrees(Golden(), Changed("", kObject1, kObject0)), Not(IsEmpty()));
  EXPECT_THAT(CompareTrees(Changed("", kObject1, kObject0), Golden()), Not(IsEmpty()));
}

TEST_F(SlyKeys, AFigureOfAnotherObjectIsSeen) {
  const std::string member = "\"objectKey\": \"";
  EXPECT_THAT(CompareTrees(Golden(), Changed(kFile, absl::StrCat(member, kObject1),
                                             absl::StrCat(member, kObject0))),
              Not(IsEmpty()));
}

TEST_F(SlyKeys, AnotherIdInTheMapIsSeen) {
  const std::string entry = absl::StrCat("\"", kFigure, "\": ");
  EXPECT_THAT(CompareTrees(Golden(), Changed("", entry + "1", entry + "2")), Not(IsEmpty()));
}

TEST_F(SlyKeys, ThatAreNoKeysAreSeen) {
  EXPECT_THAT(CompareTrees(Golden(), Changed("", kFigure, "figure-1")), Not(IsEmpty()));
  EXPECT_THAT(CompareTrees(Golden(), Changed("", kFigure, "")), Not(IsEmpty()));
}

TEST_F(SlyKeys, AllElseIsCompared) {
  EXPECT_THAT(
      CompareTrees(Golden(), Changed(kFile, "\"classTitle\": \"ped\"", "\"classTitle\": \"car\"")),
      Not(IsEmpty()));
  EXPECT_THAT(CompareTrees(Golden(), Changed(kFile, "8.2", "8.3")), Not(IsEmpty()));
  EXPECT_THAT(CompareTrees(Golden(), Changed(kFile, "\"T1\"", "\"T2\"")), Not(IsEmpty()));
}

TEST(DeviationList, AllowsWhatItNamesAndTellsIdleEntries) {
  const std::vector<Deviation> list = {
      {"rand_*", "A", "a.xml", "/meta/owner*", "not in the input"},
      {"*", "A", "*", "line 7", "never"},
      {"*", "B", "*", "*", "another format"},
  };
  const std::vector<Difference> differences = {
      {"a.xml", "/meta/owner/name", ""}, {"a.xml", "/meta/id", ""}, {"b.xml", "/meta/owner", ""}};
  const Judged judged = Judge(list, "rand_video_00", "A", differences);
  ASSERT_EQ(judged.wrong.size(), 2u);
  EXPECT_EQ(judged.wrong[0].place, "/meta/id");
  EXPECT_EQ(judged.wrong[1].file, "b.xml");
  EXPECT_THAT(judged.idle, ElementsAre("* line 7"));
  EXPECT_EQ(Judge(list, "synth_3d", "A", differences).wrong.size(), 3u);
}

TEST(DeviationList, HasAReasonForEach) {
  for (const Deviation& entry : Deviations()) EXPECT_GT(entry.reason.size(), 10u) << entry.place;
}

}  // namespace
}  // namespace annofs::testing

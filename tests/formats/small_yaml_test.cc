#include "formats/small_yaml.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<std::pair<std::string, std::string>> Items(absl::string_view text,
                                                       absl::string_view key) {
  YamlDocument document = ParseSmallYaml(text);
  const YamlValue* value = document.Find(key);
  return value == nullptr ? decltype(value->items){} : value->items;
}

TEST(SmallYaml, WhatPyYamlWritesForCvat) {
  const char* text =
      "Train: Train.txt\n"
      "kpt_shape:\n- 4\n- 3\n"
      "names:\n"
      "  0: traffic light\n"
      "  1: \"\\u0434\\U0001F697\\\"x\\x41\"\n"
      "  2: 'it''s'\n"
      "path: .\n";
  EXPECT_THAT(Items(text, "names"),
              ElementsAre(Pair("0", "traffic light"), Pair("1", "\u0434\U0001F697\"xA"),
                          Pair("2", "it's")));
  EXPECT_THAT(Items(text, "kpt_shape"), ElementsAre(Pair("", "4"), Pair("", "3")));
  YamlDocument document = ParseSmallYaml(text);
  EXPECT_EQ(document.Find("Train")->scalar, "Train.txt");
  EXPECT_EQ(document.Find("path")->scalar, ".");
  EXPECT_EQ(document.Find("val"), nullptr);
  EXPECT_THAT(document.bad_lines, IsEmpty());
}

TEST(SmallYaml, LongNamesAreFolded) {
  const char* text =
      "names:\n"
      "  0: a long name that goes\n"
      "    on here\n"
      "  1: \"and one \\\n"
      "    \\ in quotes\"\n"
      "  2: 'with\n"
      "    a break'\n";
  EXPECT_THAT(Items(text, "names"),
              ElementsAre(Pair("0", "a long name that goes on here"),
                          Pair("1", "and one  in quotes"), Pair("2", "with a break")));
}

TEST(SmallYaml, WhatPeopleWrite) {
  EXPECT_THAT(Items("# comment\nnames: ['a b', \"c\", d]  # three\nnc: 3\n", "names"),
              ElementsAre(Pair("", "a b"), Pair("", "c"), Pair("", "d")));
  EXPECT_THAT(Items("names: [a,\n  b, # why\n  c]\n", "names"),
              ElementsAre(Pair("", "a"), Pair("", "b"), Pair("", "c")));
  EXPECT_THAT(Items("names: {0: a, 1: 'b'}\r\n", "names"),
              ElementsAre(Pair("0", "a"), Pair("1", "b")));
  EXPECT_THAT(Items("names:\r\n- a\r\n- b # x\r\nnc: 2\r\n", "names"),
              ElementsAre(Pair("", "a"), Pair("", "b")));
  EXPECT_EQ(ParseSmallYaml("train: a.txt # all\nval: b.txt").Find("train")->scalar, "a.txt");
}

TEST(SmallYaml, LinesThatAreNoneAreTold) {
  EXPECT_THAT(ParseSmallYaml("a: 1\nnonsense\nb: 2\n").bad_lines, ElementsAre(2u));
  EXPECT_EQ(ParseSmallYaml("a: 1\nnonsense\nb: 2\n").Find("b")->scalar, "2");
}

// Every text ends, whatever it holds.
TEST(SmallYaml, HostileTextsEnd) {
  std::mt19937 engine(5);
  const std::string kLetters = "ab:-[]{}'\"\\#,\n\r\t  01u&*?|>";
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (size_t length = engine() % 60; length > 0; --length)
      text.push_back(kLetters[engine() % kLetters.size()]);
    YamlDocument document = ParseSmallYaml(text);
    EXPECT_LE(document.values.size(), text.size());
  }
}

TEST(SmallYaml, LongTextsTakeLinearTime) {
  std::string text = "names:\n";
  for (int i = 0; i < 200000; ++i) absl::StrAppend(&text, "  ", i, ": name\n");
  EXPECT_EQ(Items(text, "names").size(), 200000u);
  std::string bad;
  for (int i = 0; i < 200000; ++i) bad += "nonsense\n";
  EXPECT_EQ(ParseSmallYaml(bad).bad_lines.size(), 100u);
}

}  // namespace
}  // namespace annofs

// Expected values are CPython 3.11's own.
#include "formats/python_parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "formats/export_names.h"
#include "formats/python_set.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using ::testing::ElementsAre;

TEST(PythonParseTest, IntsAreReadAsPythonDoes) {
  EXPECT_EQ(PythonIntText("１２"), "12");
  EXPECT_EQ(PythonIntText(" +0_07\xc2\xa0"), "7");
  EXPECT_EQ(PythonIntText("-0"), "0");
  EXPECT_EQ(PythonIntText("-00123456789012345678901234567890"), "-123456789012345678901234567890");
  EXPECT_EQ(PythonIntText("٣"), "3");
  for (const char* text : {"1__0", "_1", "1_", "+ 1", "", " ", "0x1", "1.0", "+-1", "frame_1",
                           "\xff", "1\xcc\x81", "½"}) {
    EXPECT_EQ(PythonIntText(text), std::nullopt) << text;
  }
  EXPECT_EQ(PythonIntText(absl::string_view("1\0", 2)), std::nullopt);
}

TEST(PythonParseTest, ValuesOfEveryTypeAreNumbersWherePythonMakesThemOne) {
  EXPECT_EQ(PythonIntOf(ItemValue(true)), 1);
  EXPECT_EQ(PythonIntOf(ItemValue(-3.9)), -3);
  EXPECT_EQ(PythonIntOf(ItemValue(std::string("7"))), 7);
  EXPECT_EQ(PythonIntOf(ItemValue(std::string("99999999999999999999"))), std::nullopt);
  EXPECT_EQ(PythonIntOf(ItemValue(double(NAN))), std::nullopt);
  EXPECT_EQ(PythonFloatOf(ItemValue(false)), 0.0);
  EXPECT_FALSE(PythonTruth(ItemValue(std::string())));
  EXPECT_TRUE(PythonTruth(ItemValue(std::string("0"))));
  EXPECT_FALSE(PythonTruth(ItemValue(0.0)));
}

TEST(PythonParseTest, OnlySpaceBetweenWordsIsInnerSpace) {
  EXPECT_TRUE(HasInnerSpace("a b"));
  EXPECT_TRUE(
      HasInnerSpace("a\xe3\x80\x80"
                    "b"));
  EXPECT_FALSE(HasInnerSpace(" a "));
  EXPECT_FALSE(HasInnerSpace("a_b"));
}

TEST(PythonSetTest, NumbersComeInTheOrderOfPythonsHashTable) {
  EXPECT_THAT(PythonSetOrder({3, 1, 3}), ElementsAre(1, 3));
  EXPECT_THAT(PythonSetOrder({8, 0}), ElementsAre(8, 0));
  EXPECT_THAT(PythonSetOrder({9, 1, 17}), ElementsAre(9, 1, 17));
  EXPECT_THAT(PythonSetOrder({40, 8, 24, 3, 1, 100}), ElementsAre(1, 3, 100, 40, 8, 24));
  EXPECT_THAT(PythonSetOrder({5, 13, 21, 29, 37, 45, 53, 61, 69, 77, 85, 93, 2}),
              ElementsAre(2, 37, 5, 69, 13, 45, 77, 61, 93, 21, 53, 85, 29));
  EXPECT_THAT(PythonSetOrder({64, 128, 0, 32, 96, 160}), ElementsAre(64, 0, 32, 96, 128, 160));
  EXPECT_THAT(PythonSetOrder({}), ElementsAre());
}

TEST(ExportNamesTest, SlugsAreAsciiOfTheCompatibilityDecomposition) {
  EXPECT_EQ(Slug("sub dir/b ü"), "sub-dirb-u");
  EXPECT_EQ(Slug("ﬁ ½ №１ Ⅳ"), "fi-12-no1-iv");
  EXPECT_EQ(Slug("  -a - b\x1f"), "-a-b");
  EXPECT_EQ(Slug("カメラ"), "");
  EXPECT_EQ(Slug("Å_x.y"), "a_xy");
  EXPECT_EQ(Slug("a\tb\nc"), "a-b-c");
  EXPECT_EQ(Slug("㎏"), "kg");
  EXPECT_EQ(Slug("İ"), "i");
  EXPECT_EQ(Slug("a\xff"
                 "b"),
            "ab");
}

TEST(ExportNamesTest, ShellWordsAreQuotedWhereTheyMust) {
  EXPECT_EQ(ShellWord("a/b.c"), "a/b.c");
  EXPECT_EQ(ShellWord("a b"), "'a b'");
  EXPECT_EQ(ShellWord(""), "''");
  EXPECT_EQ(ShellWord("x'y"), "'x'\"'\"'y'");
  EXPECT_EQ(ShellWord("ü"), "'ü'");
}

std::string IntOf(ItemValue value) { return PythonIntTextOf(value).value_or("raises"); }
std::string IntOfText(const char* text) { return IntOf(std::string(text)); }

TEST(PythonParseTest, TextsAreIntegersAsIntTakesThem) {
  EXPECT_EQ(IntOfText("7"), "7");
  EXPECT_EQ(IntOfText(" -07\n"), "-7");
  EXPECT_EQ(IntOfText("+1_000"), "1000");
  EXPECT_EQ(IntOfText("-0"), "0");
  EXPECT_EQ(IntOfText("123456789012345678901234567890"), "123456789012345678901234567890");
  for (const char* text : {"", " ", "-", "1.0", "1e3", "_1", "1_", "1__0", "- 1", "0x10", "True"})
    EXPECT_EQ(IntOfText(text), "raises") << text;
  EXPECT_EQ(IntOf(std::string(4301, '1')), "raises");
}

TEST(PythonParseTest, FloatsAreCutTowardsZeroAndFlagsAreZeroOrOne) {
  EXPECT_EQ(IntOf(2.9), "2");
  EXPECT_EQ(IntOf(-2.9), "-2");
  EXPECT_EQ(IntOf(-0.5), "0");
  EXPECT_EQ(IntOf(1e22), "10000000000000000000000");
  EXPECT_EQ(IntOf(std::nan("")), "raises");
  EXPECT_EQ(IntOf(HUGE_VAL), "raises");
  EXPECT_EQ(IntOf(true), "1");
  EXPECT_EQ(IntOf(false), "0");
  EXPECT_EQ(IntOf(int64_t{-3}), "-3");
}

TEST(PythonParseTest, EverythingThatFloatTakesIsAFloat) {
  EXPECT_EQ(PythonFloatOf(std::string("0.5")), 0.5);
  EXPECT_EQ(PythonFloatOf(true), 1.0);
  EXPECT_EQ(PythonFloatOf(int64_t{3}), 3.0);
  EXPECT_EQ(PythonFloatOf(2.5), 2.5);
  EXPECT_EQ(PythonFloatOf(std::string("half")), std::nullopt);
}

TEST(PythonParseTest, ZeroAndEmptyAreFalse) {
  for (const ItemValue& value :
       {ItemValue(false), ItemValue(0.0), ItemValue(int64_t{0}), ItemValue(std::string())})
    EXPECT_FALSE(PythonTruth(value));
  for (const ItemValue& value :
       {ItemValue(true), ItemValue(0.5), ItemValue(int64_t{1}), ItemValue(std::string("false"))})
    EXPECT_TRUE(PythonTruth(value));
}

TEST(PythonParseTest, WordsStandBetweenAnyWhiteSpace) {
  EXPECT_THAT(Words(" a b\t\nc "), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Words("ü\u3000b\u00a0\x1f"
                    "c"),
              ElementsAre("ü", "b", "c"));
  EXPECT_THAT(Words(" \u2028 "), IsEmpty());
  EXPECT_THAT(Words(""), IsEmpty());
}

// U+200B is no white space to Python; nor are bytes that are no UTF-8.
TEST(PythonParseTest, OtherInvisibleCharactersArePartsOfWords) {
  EXPECT_EQ(Words("a\u200b"
                  "b")
                .size(),
            1u);
  EXPECT_EQ(Words("a\xff\xc2"
                  "b")
                .size(),
            1u);
}

}  // namespace
}  // namespace annofs

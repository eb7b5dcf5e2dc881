#include "formats/python_number.h"

#include <gtest/gtest.h>

#include <cmath>

namespace annofs {
namespace {

std::string IntOf(ItemValue value) { return PythonIntOf(value).value_or("raises"); }
std::string IntOfText(const char* text) { return IntOf(std::string(text)); }

TEST(PythonNumberTest, TextsAreIntegersAsIntTakesThem) {
  EXPECT_EQ(IntOfText("7"), "7");
  EXPECT_EQ(IntOfText(" -07\n"), "-7");
  EXPECT_EQ(IntOfText("+1_000"), "1000");
  EXPECT_EQ(IntOfText("-0"), "0");
  EXPECT_EQ(IntOfText("123456789012345678901234567890"), "123456789012345678901234567890");
  for (const char* text : {"", " ", "-", "1.0", "1e3", "_1", "1_", "1__0", "- 1", "0x10", "True"})
    EXPECT_EQ(IntOfText(text), "raises") << text;
  EXPECT_EQ(IntOf(std::string(4301, '1')), "raises");
}

TEST(PythonNumberTest, FloatsAreCutTowardsZeroAndFlagsAreZeroOrOne) {
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

TEST(PythonNumberTest, EverythingThatFloatTakesIsAFloat) {
  EXPECT_EQ(PythonFloatOf(std::string("0.5")), 0.5);
  EXPECT_EQ(PythonFloatOf(true), 1.0);
  EXPECT_EQ(PythonFloatOf(int64_t{3}), 3.0);
  EXPECT_EQ(PythonFloatOf(2.5), 2.5);
  EXPECT_EQ(PythonFloatOf(std::string("half")), std::nullopt);
}

TEST(PythonNumberTest, ZeroAndEmptyAreFalse) {
  for (const ItemValue& value :
       {ItemValue(false), ItemValue(0.0), ItemValue(int64_t{0}), ItemValue(std::string())})
    EXPECT_FALSE(IsTrue(value));
  for (const ItemValue& value :
       {ItemValue(true), ItemValue(0.5), ItemValue(int64_t{1}), ItemValue(std::string("false"))})
    EXPECT_TRUE(IsTrue(value));
}

}  // namespace
}  // namespace annofs

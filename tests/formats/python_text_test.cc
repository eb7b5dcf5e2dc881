#include "formats/python_text.h"

#include <cmath>
#include <limits>
#include <random>

#include "cache/base/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::Optional;

std::string Repr(double value) {
  std::string text;
  AppendRepr(value, text);
  return text;
}

TEST(AppendReprTest, WritesAsPythonDoes) {
  EXPECT_EQ(Repr(0), "0.0");
  EXPECT_EQ(Repr(-0.0), "-0.0");
  EXPECT_EQ(Repr(1), "1.0");
  EXPECT_EQ(Repr(-12.5), "-12.5");
  EXPECT_EQ(Repr(0.01), "0.01");
  EXPECT_EQ(Repr(-0.07), "-0.07");
  EXPECT_EQ(Repr(100.1), "100.1");
  EXPECT_EQ(Repr(1920.99), "1920.99");
  EXPECT_EQ(Repr(98.72 - 22.21), "76.50999999999999");
  EXPECT_EQ(Repr(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(Repr(1e-4), "0.0001");
  EXPECT_EQ(Repr(1e-5), "1e-05");
  EXPECT_EQ(Repr(1e15), "1000000000000000.0");
  EXPECT_EQ(Repr(9007199254740993.0), "9007199254740992.0");
  EXPECT_EQ(Repr(1e16), "1e+16");
  EXPECT_EQ(Repr(-1.5e300), "-1.5e+300");
  EXPECT_EQ(Repr(5e-324), "5e-324");
  EXPECT_EQ(Repr(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(Repr(std::nan("")), "nan");
}

// The slow way is tested by itself (cache/base).
TEST(AppendReprTest, IsTheSlowWayForAllNumbers) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 30000; ++i) {
    const double hundredths = double(int64_t(random() % 2000001) - 1000000) / 100;
    ASSERT_EQ(Repr(hundredths), PythonFloat(hundredths));
    const double size = std::pow(10, double(random() % 40) - 12);
    const double any = double(int64_t(random())) / 9e18 * size;
    ASSERT_EQ(Repr(any), PythonFloat(any));
    const double large = std::round(double(random() % 1000000000000000000) / 10) / 100;
    ASSERT_EQ(Repr(large), PythonFloat(large));
    const double difference = hundredths - double(random() % 100000) / 100;
    ASSERT_EQ(Repr(difference), PythonFloat(difference));
  }
}

TEST(ParsePythonFloatTest, TakesWhatFloatTakes) {
  EXPECT_THAT(ParsePythonFloat("3"), Optional(3.0));
  EXPECT_THAT(ParsePythonFloat("007"), Optional(7.0));
  EXPECT_THAT(ParsePythonFloat("999999999999999"), Optional(999999999999999.0));
  EXPECT_THAT(ParsePythonFloat("9007199254740993"), Optional(9007199254740992.0));
  EXPECT_THAT(ParsePythonFloat("100000000000000000000"), Optional(1e20));
  EXPECT_THAT(ParsePythonFloat(" \t-3.5e1\n"), Optional(-35.0));
  EXPECT_THAT(ParsePythonFloat("+.5"), Optional(0.5));
  EXPECT_THAT(ParsePythonFloat("5."), Optional(5.0));
  EXPECT_THAT(ParsePythonFloat("1_000.2_5"), Optional(1000.25));
  EXPECT_THAT(ParsePythonFloat("-Infinity"), Optional(-std::numeric_limits<double>::infinity()));
  EXPECT_THAT(ParsePythonFloat("1e999"), Optional(std::numeric_limits<double>::infinity()));
  EXPECT_TRUE(std::isnan(ParsePythonFloat("NaN").value_or(0)));
  for (absl::string_view text : {"", " ", "x", "1x", "0x10", "1__0", "_1", "1_", "1_.5", "nan(1)",
                                 "1,5", "--1", "1 2", "1e", "."}) {
    EXPECT_EQ(ParsePythonFloat(text), std::nullopt) << text;
  }
}

TEST(PythonStrTest, IsStr) {
  EXPECT_EQ(PythonStr(true), "True");
  EXPECT_EQ(PythonStr(false), "False");
  EXPECT_EQ(PythonStr(3.0), "3.0");
  EXPECT_EQ(PythonStr(int64_t{7}), "7");
  EXPECT_EQ(PythonStr(std::string("a b")), "a b");
}

TEST(AppendJsonTest, WritesEachType) {
  std::string json;
  AppendJsonAttributes({{"flag", true},
                        {"speed", 3.0},
                        {"track_id", int64_t{7}},
                        {"q\"\\\n\x01", std::string("é\xff\t")},
                        {"none", std::nan("")}},
                       json);
  EXPECT_EQ(json,
            "{\"flag\": true, \"speed\": 3.0, \"track_id\": 7, \"q\\\"\\\\\\n\\u0001\": "
            "\"é\xef\xbf\xbd\\t\", \"none\": null}");
}

TEST(AppendJsonTest, OfEqualNamesTheLastCountsAtThePlaceOfTheFirst) {
  std::string json;
  AppendJsonAttributes({{"a", 1.0}, {"b", 2.0}, {"a", 3.0}}, json);
  EXPECT_EQ(json, "{\"a\": 3.0, \"b\": 2.0}");
}

TEST(AppendJsonTest, ManyAttributesAreWrittenInLinearTime) {
  std::vector<std::string> names;
  for (int i = 0; i < 40000; ++i) names.push_back(absl::StrCat("name", i % 20000));
  std::vector<ItemAttribute> attributes;
  for (const std::string& name : names) attributes.push_back({name, true});
  std::string json;
  AppendJsonAttributes(attributes, json);
  EXPECT_EQ(std::count(json.begin(), json.end(), ':'), 20000);
}

// csv.writer of Python 3.11.
TEST(CsvFieldTest, QuotesAtNeed) {
  EXPECT_EQ(CsvField("a b'c"), "a b'c");
  EXPECT_EQ(CsvField(""), "");
  EXPECT_EQ(CsvField("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvField("say \"x\""), "\"say \"\"x\"\"\"");
  EXPECT_EQ(CsvField("a\nb"), "\"a\nb\"");
  EXPECT_EQ(CsvField("a\rb"), "\"a\rb\"");
}

}  // namespace
}  // namespace annofs::testing

#include "cache/base/json_number.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

// A number as a program might write it.
std::string Drawn(std::mt19937_64& random) {
  const uint64_t digits = random() >> (random() % 64);
  const int places = int(random() % 20);
  std::string text = absl::StrCat(digits);
  if (random() % 8 != 0) {
    if (int(text.size()) <= places) text.insert(0, size_t(places) + 1 - text.size(), '0');
    if (places > 0) text.insert(text.size() - size_t(places), ".");
  }
  if (random() % 8 == 0) absl::StrAppend(&text, "e", int(random() % 40) - 20);
  return random() % 2 == 0 ? text : "-" + text;
}

double ValueOf(const JsonNumber& number) {
  switch (number.kind) {
    case JsonNumber::Kind::kInt:
      return double(number.int_value);
    case JsonNumber::Kind::kUint:
      return double(number.uint_value);
    case JsonNumber::Kind::kDouble:
      return number.double_value;
    default:
      return std::nan("");
  }
}

TEST(JsonNumberTest, EveryNumberIsTheNearestDouble) {
  std::mt19937_64 random(3);
  int shorts = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string text = Drawn(random);
    const double expected = std::strtod(text.c_str(), nullptr);
    ASSERT_EQ(ValueOf(ParseJsonNumber(text)), expected) << text;
    JsonNumber number;
    const size_t size = ParseShortJsonNumber(text + ",", number);
    if (size == 0) continue;
    ++shorts;
    ASSERT_EQ(size, text.size()) << text;
    ASSERT_EQ(ValueOf(number), expected) << text;
    // A whole number has no negative zero.
    ASSERT_TRUE(std::signbit(ValueOf(number)) == std::signbit(expected) ||
                (expected == 0 && number.kind == JsonNumber::Kind::kInt))
        << text;
  }
  EXPECT_GT(shorts, 50'000);
}

TEST(JsonNumberTest, AShortNumberEndsBeforeTheTextDoes) {
  JsonNumber number;
  EXPECT_EQ(ParseShortJsonNumber("12", number), 0u) << "more digits may come";
  EXPECT_EQ(ParseShortJsonNumber("1.2", number), 0u);
  EXPECT_EQ(ParseShortJsonNumber("12]", number), 2u);
  EXPECT_EQ(ParseShortJsonNumber("-1.25 ", number), 5u);
}

TEST(JsonNumberTest, WhatIsNoNumberIsNoShortNumber) {
  JsonNumber number;
  for (const char* bad : {"", "-", "-,", "01,", "-01,", "1.,", ".5,", "+1,", "1e,", "x,", "1.e5,",
                          "1.2.3,", "1-2,", "1.2-3,"}) {
    EXPECT_EQ(ParseShortJsonNumber(bad, number), 0u) << bad;
  }
}

TEST(JsonNumberTest, EighteenDigitsAreKept) {
  JsonNumber number;
  EXPECT_EQ(ParseShortJsonNumber("-999999999999999999,", number), 19u);
  EXPECT_EQ(number.int_value, -999999999999999999);
  EXPECT_EQ(ParseShortJsonNumber("9223372036854775807,", number), 0u);
  EXPECT_EQ(ParseJsonNumber("9223372036854775807").int_value, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(ParseJsonNumber("18446744073709551615").uint_value,
            std::numeric_limits<uint64_t>::max());
}

}  // namespace
}  // namespace annofs

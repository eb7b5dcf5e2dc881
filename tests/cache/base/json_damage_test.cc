// What a stream does about values that are damaged or do not fit the memory: the rest of the
// document goes on.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/long_text.h"
#include "tests/testing/memory_growth.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kCut[] = "a string longer than 16 MiB, cut there";
constexpr char kTooLarge[] = "larger than 64 MiB, left out";
constexpr char kNoNumber[] = "a number that is none or too big, taken as null";
constexpr char kNotUtf8[] = "text that is no UTF-8, replaced by U+FFFD";
constexpr size_t kCutAt = size_t{16} << 20;

struct Item {
  std::string path, damage, text;
  size_t size = 0;  // of the text, which is left out where it is long
  bool is_null = false;
};

struct Streamed {
  std::vector<Item> items;
  absl::Status status;

  // "path: damage" of what is damaged, and "path" of the rest.
  std::vector<std::string> Told() const {
    std::vector<std::string> told;
    for (const Item& item : items) {
      told.push_back(item.damage.empty() ? item.path : absl::StrCat(item.path, ": ", item.damage));
    }
    return told;
  }
};

Streamed Stream(ChunkSource& source, const std::vector<std::string>& patterns) {
  Streamed streamed;
  streamed.status = StreamJson(source, patterns, [&](const JsonItem& item) {
    const absl::string_view text = item.value.AsString().value_or("");
    const std::string path = absl::StrJoin(item.path, "/");
    streamed.items.push_back({.path = path.size() < 100 ? path : "long",
                              .damage = std::string(item.damage),
                              .text = std::string(text.substr(0, 100)),
                              .size = text.size(),
                              .is_null = item.value.is_null()});
    return absl::OkStatus();
  });
  return streamed;
}

Streamed Stream(absl::string_view text, const std::vector<std::string>& patterns = {"*"}) {
  TextChunks source(text, 7);
  return Stream(source, patterns);
}

// As Stream(), with at most `most_mib` more memory than before.
Streamed StreamWithin(size_t most_mib, LongText source, const std::vector<std::string>& patterns) {
  const MemoryGrowth growth;
  Streamed streamed = Stream(source, patterns);
  EXPECT_EQ(streamed.status, absl::OkStatus());
  EXPECT_LT(growth.mib(), most_mib);
  return streamed;
}

TEST(JsonDamageTest, AStringOfTwoGigabytesIsCutAndTheRestGoesOn) {
  const Streamed streamed =
      StreamWithin(80, {"{\"a\": \"", std::string(1 << 20, 'x'), 2048, "\", \"b\": 1}"}, {"*"});
  EXPECT_THAT(streamed.Told(), ElementsAre(absl::StrCat("a: ", kCut), "b"));
  EXPECT_EQ(streamed.items[0].size, kCutAt);
}

TEST(JsonDamageTest, ALongNameIsCutAndTheRestGoesOn) {
  const Streamed streamed =
      StreamWithin(120, {"{\"", std::string(1 << 20, 'x'), 256, "\": [1], \"b\": [2]}"}, {"*/*"});
  EXPECT_THAT(streamed.Told(), ElementsAre(absl::StrCat("long: ", kCut), "b/0"));
}

TEST(JsonDamageTest, AStringIsCutBetweenCharacters) {
  const Streamed streamed =
      StreamWithin(80, {"[\"x", "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC", 1 << 21, "\"]"}, {"*"});
  EXPECT_THAT(streamed.Told(), ElementsAre(absl::StrCat("0: ", kCut)));
  EXPECT_EQ(streamed.items[0].size, 1 + (kCutAt - 1) / 3 * 3);
}

TEST(JsonDamageTest, WhatIsSkippedMayBeOfAnyLength) {
  const Streamed streamed =
      StreamWithin(80, {"{\"a\": \"", std::string(1 << 20, 'x'), 512, "\", \"b\": 1}"}, {"b"});
  EXPECT_THAT(streamed.Told(), ElementsAre("b")) << "and is no damage";
}

TEST(JsonDamageTest, ANumberOfEndlessDigitsIsNull) {
  const Streamed streamed = StreamWithin(16, {"[1", std::string(1 << 20, '0'), 200, ", 2]"}, {"*"});
  EXPECT_THAT(streamed.Told(), ElementsAre(absl::StrCat("0: ", kNoNumber), "1"));
  EXPECT_TRUE(streamed.items[0].is_null);
}

TEST(JsonDamageTest, AnItemThatDoesNotFitIsLeftOutAndTheRestGoesOn) {
  std::string zeros;
  for (int i = 0; i < 1 << 19; ++i) zeros += "0,";
  const Streamed streamed = StreamWithin(240, {"[[", zeros, 20, "0], [1], \"x\"]"}, {"*"});
  EXPECT_THAT(streamed.Told(), ElementsAre(absl::StrCat("0: ", kTooLarge), "1", "2"));
  EXPECT_TRUE(streamed.items[0].is_null);
  EXPECT_EQ(streamed.items[2].text, "x");
}

TEST(JsonDamageTest, AnItemOfManyLongStringsIsLeftOut) {
  std::string strings;
  for (int i = 0; i < 1 << 10; ++i)
    absl::StrAppend(&strings, "\"", std::string(1020, 'x'), "\",\n");
  const Streamed streamed = StreamWithin(160, {"[[", strings, 100, "0], 1]"}, {"*"});
  EXPECT_THAT(streamed.Told(), ElementsAre(absl::StrCat("0: ", kTooLarge), "1"));
}

TEST(JsonDamageTest, InvalidUtf8IsReplaced) {
  const Streamed streamed = Stream("[\"a\xFFz\", \"\xC3\", \"\xED\xA0\x80\", \"\xC3\xA9\"]");
  EXPECT_EQ(streamed.status, absl::OkStatus());
  EXPECT_THAT(streamed.Told(),
              ElementsAre(absl::StrCat("0: ", kNotUtf8), absl::StrCat("1: ", kNotUtf8),
                          absl::StrCat("2: ", kNotUtf8), "3"));
  EXPECT_EQ(streamed.items[0].text, "a\xEF\xBF\xBDz");
  EXPECT_EQ(streamed.items[1].text, "\xEF\xBF\xBD");
  EXPECT_EQ(streamed.items[3].text, "\xC3\xA9");
}

TEST(JsonDamageTest, HalvesOfSurrogatePairsAreReplacedAndTheirNeighboursKept) {
  const Streamed streamed = Stream(
      R"(["\uD800", "\uD800x", "\uD800\n", "\uD800\u0041", "\uDC00\uD801\uDC00", "\uD800\uD801\uDC00"])");
  EXPECT_EQ(streamed.status, absl::OkStatus());
  std::vector<std::string> texts;
  for (const Item& item : streamed.items) texts.push_back(item.text);
  EXPECT_THAT(texts, ElementsAre("\xEF\xBF\xBD", "\xEF\xBF\xBDx", "\xEF\xBF\xBD\n",
                                 "\xEF\xBF\xBD"
                                 "A",
                                 "\xEF\xBF\xBD\xF0\x90\x90\x80", "\xEF\xBF\xBD\xF0\x90\x90\x80"));
  for (const Item& item : streamed.items) EXPECT_EQ(item.damage, kNotUtf8) << item.path;
}

TEST(JsonDamageTest, NumbersThatPythonWritesAndJsonHasNotAreNull) {
  const Streamed streamed = Stream("[NaN, Infinity, -Infinity, 1e999, -1e999, 1e-999, 1e308]");
  EXPECT_EQ(streamed.status, absl::OkStatus());
  EXPECT_THAT(streamed.Told(),
              ElementsAre(absl::StrCat("0: ", kNoNumber), absl::StrCat("1: ", kNoNumber),
                          absl::StrCat("2: ", kNoNumber), absl::StrCat("3: ", kNoNumber),
                          absl::StrCat("4: ", kNoNumber), "5", "6"));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(streamed.items[i].is_null) << i;
}

TEST(JsonDamageTest, AnItemIsDamagedWhereverInItTheDamageIs) {
  const Streamed streamed = Stream("[{\"a\": [{\"b\": NaN}]}, {\"\xFF\": 1}, {\"a\": 1}]");
  EXPECT_THAT(streamed.Told(),
              ElementsAre(absl::StrCat("0: ", kNoNumber), absl::StrCat("1: ", kNotUtf8), "2"));
}

TEST(JsonDamageTest, ADamagedNameOnTheWayIsDamageOfEachItemUnderIt) {
  const Streamed streamed = Stream("{\"\xFF\": {\"a\": 1, \"b\": 2}, \"c\": {\"d\": 3}}", {"*/*"});
  EXPECT_THAT(streamed.Told(), ElementsAre(absl::StrCat("\xEF\xBF\xBD/a: ", kNotUtf8),
                                           absl::StrCat("\xEF\xBF\xBD/b: ", kNotUtf8), "c/d"));
}

TEST(JsonDamageTest, DamageOfWhatIsSkippedIsNobodys) {
  const Streamed streamed =
      Stream("{\"a\": NaN, \"b\": [\"\xFF\", {\"\xFF\": 1e999}], \"c\": 1}", {"c"});
  EXPECT_EQ(streamed.status, absl::OkStatus());
  EXPECT_THAT(streamed.Told(), ElementsAre("c"));
}

TEST(JsonDamageTest, ATextCutAnywhereGivesWhatWasWholeBefore) {
  const std::string text = R"([{"a": "\u00e9x", "b": [1.5, -2e3]}, {"a": true}, {"b": null}])";
  const std::vector<std::string> ends = {"]}", "e}", "l}"};
  for (size_t size = 0; size < text.size(); ++size) {
    const Streamed streamed = Stream(absl::string_view(text).substr(0, size));
    size_t whole = 0, at = 0;
    for (const std::string& end : ends) {
      at = text.find(end, at) + 2;
      whole += at <= size ? 1 : 0;
    }
    EXPECT_EQ(streamed.items.size(), whole) << size;
    EXPECT_TRUE(absl::IsInvalidArgument(streamed.status)) << size;
  }
}

TEST(JsonDamageTest, MalformedTextIsNoDamage) {
  for (const char* bad : {"[nan]", "[-Inf]", "[Infinit]", "[\"\\uD800\\x\"]", "[\"\\uD800\\u12\"]",
                          "[\"a\nb\"]", "[-]", "[1.]", "[--1]"}) {
    const Streamed streamed = Stream(bad);
    EXPECT_TRUE(absl::IsInvalidArgument(streamed.status)) << bad;
    EXPECT_THAT(streamed.items, IsEmpty()) << bad;
  }
}

}  // namespace
}  // namespace annofs::testing

// Expected texts: yaml.dump() of PyYAML 6.0.3.
#include "formats/yaml_dump.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "formats/small_yaml.h"

namespace annofs {
namespace {

std::string Numbered(uint64_t key, absl::string_view value) {
  std::string text;
  AppendYamlNumbered(key, value, text);
  return text;
}

std::string Entry(absl::string_view key, absl::string_view value) {
  std::string text;
  AppendYamlEntry(key, value, text);
  return text;
}

TEST(YamlDumpTest, PlainWhereItMayBe) {
  EXPECT_EQ(Numbered(0, "car"), "  0: car\n");
  EXPECT_EQ(Numbered(10, "traffic light"), "  10: traffic light\n");
  EXPECT_EQ(Numbered(2, "say \"hi\"\\"), "  2: say \"hi\"\\\n");
  EXPECT_EQ(Numbered(3, "it's"), "  3: it's\n");
  EXPECT_EQ(Numbered(5, "a:b#c"), "  5: a:b#c\n");
  EXPECT_EQ(Numbered(21, "-x"), "  21: -x\n");
}

TEST(YamlDumpTest, QuotedWhereItWouldReadAsSomethingElse) {
  for (const char* text : {"no",     "True",  "null", "~",          "=",
                           "<<",     "1",     "-1",   "1_000",      "017",
                           "0b1",    "0x1f",  "1:30", ".5",         "1.",
                           "1.5e+5", "-.inf", ".nan", "2020-01-02", "2020-1-2 10:11:12.5 +1:30",
                           ""}) {
    EXPECT_EQ(Numbered(7, text), absl::StrCat("  7: '", text, "'\n"));
  }
  for (const char* text : {"nO", "nulls", "+", "1e5", "08", "0x", "1:60", "+.nan", "2020-1-2",
                           "2020-01-02 10:11", "0o7", "_1"}) {
    EXPECT_EQ(Numbered(7, text), absl::StrCat("  7: ", text, "\n"));
  }
}

TEST(YamlDumpTest, QuotedWhereItsCharactersMeanSomething) {
  for (const char* text : {"a: b # c", "a:", "- x", "-", "--- x", "...", " car ", "#a", "? a", "[a",
                           "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "a #b"}) {
    EXPECT_EQ(Numbered(7, text), absl::StrCat("  7: '", text, "'\n"));
  }
  EXPECT_EQ(Numbered(7, "'a'"), "  7: '''a'''\n");
  EXPECT_EQ(Numbered(7, "\"a\""), "  7: '\"a\"'\n");
}

TEST(YamlDumpTest, LineBreaksInNames) {
  EXPECT_EQ(Numbered(25, "line\nbreak"), "  25: 'line\n\n    break'\n");
  EXPECT_EQ(Numbered(26, "a \nb"), "  26: \"a \\nb\"\n");
}

TEST(YamlDumpTest, BeyondAsciiIsEscaped) {
  EXPECT_EQ(Numbered(27, "\x7f\xc2\x85\xe2\x80\xa8\t"), "  27: \"\\x7F\\N\\L\\t\"\n");
  EXPECT_EQ(Numbered(28, "\xf0\x9f\x98\x80 \xc3\xbc"), "  28: \"\\U0001F600 \\xFC\"\n");
  EXPECT_EQ(Numbered(29, "\xff"), "  29: \"\\uFFFD\"\n");
}

TEST(YamlDumpTest, LongLinesAreFolded) {
  const std::string words = "word word word word word word word word word word word word word";
  EXPECT_EQ(Numbered(0, words + " word word word word word word word x"),
            "  0: " + words + " word word word\n    word word word word x\n");
  EXPECT_EQ(Numbered(0, "грузовой автомобиль с прицепом"),
            "  0: \"\\u0433\\u0440\\u0443\\u0437\\u043E\\u0432\\u043E\\u0439"
            " \\u0430\\u0432\\u0442\\u043E\\u043C\\\n"
            "    \\u043E\\u0431\\u0438\\u043B\\u044C \\u0441"
            " \\u043F\\u0440\\u0438\\u0446\\u0435\\u043F\\u043E\\\n"
            "    \\u043C\"\n");
}

TEST(YamlDumpTest, KeysAreTextsToo) {
  EXPECT_EQ(Entry("train", "train.txt"), "train: train.txt\n");
  EXPECT_EQ(Entry("no", "no.txt"), "'no': no.txt\n");
  EXPECT_EQ(Entry("\xc3\xa9", "\xc3\xa9.txt"), "\"\\xE9\": \"\\xE9.txt\"\n");
  const std::string longest(122, 'x');
  EXPECT_EQ(Entry(longest, "a"), longest + ": a\n");
  EXPECT_EQ(Entry(longest + "x", "a"), "? " + longest + "x\n: a\n");
}

TEST(YamlDumpTest, OurOwnReaderReadsItBack) {
  for (const char* name : {"a: b # c", "it's", "no", "\xf0\x9f\x98\x80 \xc3\xbc",
                           "грузовой автомобиль с прицепом, очень длинный"}) {
    const YamlDocument document = ParseSmallYaml("names:\n" + Numbered(0, name));
    ASSERT_NE(document.Find("names"), nullptr);
    ASSERT_EQ(document.Find("names")->items.size(), 1);
    EXPECT_EQ(document.Find("names")->items[0].second, name);
  }
}

}  // namespace
}  // namespace annofs

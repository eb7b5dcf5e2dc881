#include "cache/base/json.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

JsonDocument Parsed(absl::string_view text) {
  absl::StatusOr<JsonDocument> document = JsonDocument::Parse(text);
  EXPECT_TRUE(document.ok()) << document.status();
  return document.ok() ? *std::move(document) : *JsonDocument::Parse("null");
}

std::string ParseError(absl::string_view text) {
  const absl::Status status = JsonDocument::Parse(text).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << text << ": " << status;
  return std::string(status.message());
}

std::string Repeated(absl::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) absl::StrAppend(&all, text);
  return all;
}

TEST(JsonDocumentTest, ReadsEveryType) {
  const JsonDocument document = Parsed(
      R"({"s": "x", "i": -7, "d": 2.5, "t": true, "n": null, "a": [1, 2], "o": {"k": "v"}})");
  const JsonValue root = document.root();
  EXPECT_EQ(root["s"].AsString(), "x");
  EXPECT_EQ(root["i"].AsInt(), -7);
  EXPECT_EQ(root["d"].AsDouble(), 2.5);
  EXPECT_EQ(root["t"].AsBool(), true);
  EXPECT_TRUE(root["n"].is_null());
  EXPECT_EQ(root["a"].size(), 2u);
  EXPECT_EQ(root["a"][1].AsInt(), 2);
  EXPECT_EQ(root["o"]["k"].AsString(), "v");
  EXPECT_EQ(root.size(), 7u);
}

TEST(JsonDocumentTest, WhatIsNotThereIsNull) {
  const JsonDocument document = Parsed(R"({"a": [1], "s": "x"})");
  EXPECT_TRUE(document.root()["b"]["c"][3].is_null());
  EXPECT_TRUE(document.root()["a"][1].is_null());
  EXPECT_TRUE(document.root()["s"]["x"].is_null());
  EXPECT_EQ(document.root()["s"].size(), 0u);
  EXPECT_EQ(JsonValue().AsString(), std::nullopt);
}

TEST(JsonDocumentTest, StringsKeepEscapesNulBytesAndCharactersBeyondTheBmp) {
  const JsonDocument document = Parsed("[\"\\u0000\\n\\u00e9\\uD801\\uDC00\", \"\xC3\xA9\"]");
  EXPECT_EQ(document.root()[size_t{0}].AsString(),
            absl::string_view("\0\n\xC3\xA9\xF0\x90\x90\x80", 8));
  EXPECT_EQ(document.root()[1].AsString(), "\xC3\xA9");
}

TEST(JsonDocumentTest, OfARepeatedMemberTheLastCounts) {
  EXPECT_EQ(Parsed(R"({"a": 1, "a": 2})").root()["a"].AsInt(), 2);
}

TEST(JsonDocumentTest, MembersComeInTheirOrder) {
  std::string seen;
  const JsonDocument document = Parsed(R"({"b": 1, "a": 2})");
  document.root().ForEachMember([&](absl::string_view name, JsonValue value) {
    absl::StrAppend(&seen, name, *value.AsInt());
  });
  EXPECT_EQ(seen, "b1a2");
}

TEST(JsonDocumentTest, WholeNumbersKeepEveryDigit) {
  const JsonDocument document =
      Parsed("[9007199254740993, -9223372036854775808, 9223372036854775807, 18446744073709551615]");
  EXPECT_EQ(document.root()[size_t{0}].AsInt(), 9007199254740993);
  EXPECT_EQ(document.root()[1].AsInt(), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(document.root()[2].AsInt(), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(document.root()[3].AsInt(), std::nullopt);
  EXPECT_EQ(document.root()[3].AsDouble(), 18446744073709551616.0);
}

TEST(JsonDocumentTest, AsIntTakesWholeDoublesOnly) {
  const JsonDocument document =
      Parsed("[3.0, 1e3, -0.0, 3.5, 1e19, -9223372036854775808.0, 1e300]");
  EXPECT_EQ(document.root()[size_t{0}].AsInt(), 3);
  EXPECT_EQ(document.root()[1].AsInt(), 1000);
  EXPECT_EQ(document.root()[2].AsInt(), 0);
  EXPECT_EQ(document.root()[3].AsInt(), std::nullopt);
  EXPECT_EQ(document.root()[4].AsInt(), std::nullopt);
  EXPECT_EQ(document.root()[5].AsInt(), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(document.root()[6].AsInt(), std::nullopt);
}

TEST(JsonDocumentTest, DoublesAreTheNearest) {
  const JsonDocument document = Parsed(
      "[0.1, 2.2250738585072011e-308, 1.7976931348623157e308, 5e-324, 1e-400, "
      "123456789012345678901234567890,"
      "9007199254740993.0, 0.500000000000000166533453693773481063544750213623046875]");
  EXPECT_EQ(document.root()[size_t{0}].AsDouble(), 0.1);
  EXPECT_EQ(document.root()[1].AsDouble(), 2.2250738585072011e-308);
  EXPECT_EQ(document.root()[2].AsDouble(), std::numeric_limits<double>::max());
  EXPECT_EQ(document.root()[3].AsDouble(), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(document.root()[4].AsDouble(), 0);
  EXPECT_EQ(document.root()[5].AsDouble(), 123456789012345678901234567890.0);
  EXPECT_EQ(document.root()[6].AsDouble(), 9007199254740992.0);
  EXPECT_EQ(document.root()[7].AsDouble(), 0.5000000000000002);
}

TEST(JsonDocumentTest, NumbersThatAreNoJsonAreErrors) {
  for (const char* bad : {"NaN", "Infinity", "-Infinity", "1e999", "-1e999", "01", "+1", ".5", "1.",
                          "1e", "0x1", "-", "1e99999999999999999999"}) {
    ParseError(bad);
    ParseError(absl::StrCat("[", bad, "]"));
  }
  ParseError(Repeated("9", 400));
}

TEST(JsonDocumentTest, AnErrorNamesLineAndColumn) {
  EXPECT_THAT(ParseError("{\n  \"a\": 1,\n  \"b\" 2\n}"), StartsWith("line 3, column 7: "));
  EXPECT_THAT(ParseError("[1,]"), StartsWith("line 1, column 4: "));
  EXPECT_THAT(ParseError(""), StartsWith("line 1, column 1: "));
  EXPECT_THAT(ParseError("[1, 1e999]"), StartsWith("line 1, column 5: "));
}

TEST(JsonDocumentTest, MalformedTextsAreErrors) {
  for (const char* bad :
       {"{",    "[",       "\"",      "\"\\",     "\"\\u12",     "[1",
        "[1,",  "{\"a\"",  "{\"a\":", "{\"a\":1", "[1}",         "{]",
        "nul",  "tru",     "[1 2]",   "{1:2}",    "{} {}",       "1 2",
        "[1],", "// c\n1", "\"\\x\"", "\"\n\"",   "\"\\uD800\"", "\"\\uD800\\u0041\"",
        "'a'"}) {
    ParseError(bad);
  }
}

TEST(JsonDocumentTest, InvalidUtf8IsAnErrorAtItsByte) {
  EXPECT_THAT(ParseError("[\"ab\xC3\x28\"]"), StartsWith("line 1, column 5: "));
  ParseError("\"\xED\xA0\x80\"");
  ParseError("\"\xC0\x80\"");
  ParseError("[\xFF]");
}

TEST(JsonDocumentTest, HalfASurrogatePairIsAnErrorAndItsNeighboursAreNot) {
  ParseError(R"("\uD800")");
  ParseError(R"("\uDBFFx")");
  ParseError(R"(["a", "x\uDC00"])");
  ParseError(R"({"\uDFFF": 1})");
  ParseError(R"("\uDC00\uD800")");
  EXPECT_EQ(Parsed(R"("\uD7FF\uE000")").root().AsString(), "\xED\x9F\xBF\xEE\x80\x80");
}

TEST(JsonDocumentTest, ANulByteEndsNothing) {
  EXPECT_THAT(ParseError(absl::string_view("[1]\0[2]", 7)), HasSubstr("column 4: a NUL byte"));
  ParseError(absl::string_view("[1]\0", 4));
  ParseError(absl::string_view("[1,\0 2]", 7));
  ParseError(absl::string_view("\"a\0b\"", 5));
  ParseError(absl::string_view("\0", 1));
}

TEST(JsonDocumentTest, AByteOrderMarkIsSkipped) {
  EXPECT_EQ(Parsed("\xEF\xBB\xBF[1]").root().size(), 1u);
  ParseError("\xEF\xBB[1]");
  ParseError("\xEF[1]");
  ParseError("\xEF\xBB\xBF");
}

TEST(JsonDocumentTest, DepthIsBounded) {
  EXPECT_TRUE(JsonDocument::Parse(Repeated("[", 64) + Repeated("]", 64)).ok());
  EXPECT_THAT(ParseError(Repeated("[", 65) + Repeated("]", 65)),
              HasSubstr("column 65: nested deeper than 64"));
  EXPECT_TRUE(JsonDocument::Parse("[[]]", 2).ok());
  EXPECT_FALSE(JsonDocument::Parse("[{}]", 1).ok());
}

TEST(JsonDocumentTest, ManySmallValuesDoNotFillTheMemory) {
  // 16 bytes each, made of 2.
  const std::string zeros = absl::StrCat("[", Repeated("0,", 9 << 20), "0]");
  const absl::Status status = JsonDocument::Parse(zeros).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  // The array is a value too, and column 2 is that of the first zero.
  EXPECT_EQ(status.message(), "line 1, column 16777216: a document of more than 128 MiB of values");
}

TEST(JsonDocumentTest, AHundredThousandBracketsAreAnErrorAndNoCrash) {
  EXPECT_THAT(ParseError(Repeated("[", 100'000)), HasSubstr("nested deeper than 64"));
  EXPECT_THAT(ParseError(Repeated("{\"a\":", 100'000)), HasSubstr("nested deeper than 64"));
}

TEST(JsonDocumentTest, ADocumentCanBeMoved) {
  JsonDocument first = Parsed("[1]");
  const JsonValue root = first.root();
  const JsonDocument second = std::move(first);
  EXPECT_EQ(root.size(), 1u);
  EXPECT_EQ(second.root().size(), 1u);
}

TEST(JsonValueTest, RequiredMembersAreNamedWhenMissingOrOfAnotherType) {
  const JsonDocument document = Parsed(R"({"s": 1, "i": "x", "d": null, "half": 0.5})");
  const JsonValue root = document.root();
  EXPECT_EQ(root.GetString("s").status(), absl::InvalidArgumentError("'s' is not a string"));
  EXPECT_EQ(root.GetInt("i").status(), absl::InvalidArgumentError("'i' is not a whole number"));
  EXPECT_EQ(root.GetInt("half").status(),
            absl::InvalidArgumentError("'half' is not a whole number"));
  EXPECT_EQ(root.GetDouble("d").status(), absl::InvalidArgumentError("'d' is missing"));
  EXPECT_EQ(root.GetString("none").status(), absl::InvalidArgumentError("'none' is missing"));
}

TEST(JsonValueTest, RequiredMembersAreGiven) {
  const JsonDocument document = Parsed(R"({"s": "x", "i": 3.0, "d": 4})");
  EXPECT_EQ(*document.root().GetString("s"), "x");
  EXPECT_EQ(*document.root().GetInt("i"), 3);
  EXPECT_EQ(*document.root().GetDouble("d"), 4.0);
}

TEST(JsonValueTest, DefaultsStandForAbsentNullAndOtherTypes) {
  const JsonDocument document = Parsed(R"({"s": "x", "i": 3, "d": 0.5, "b": true, "n": null})");
  const JsonValue root = document.root();
  EXPECT_EQ(root.StringOr("s", "y"), "x");
  EXPECT_EQ(root.StringOr("i", "y"), "y");
  EXPECT_EQ(root.StringOr("n", "y"), "y");
  EXPECT_EQ(root.IntOr("i", 9), 3);
  EXPECT_EQ(root.IntOr("d", 9), 9);
  EXPECT_EQ(root.DoubleOr("d", 9), 0.5);
  EXPECT_EQ(root.DoubleOr("none", 9), 9);
  EXPECT_TRUE(root.BoolOr("b", false));
  EXPECT_TRUE(root.BoolOr("i", true));
}

}  // namespace
}  // namespace annofs

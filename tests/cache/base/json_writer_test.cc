#include <cmath>
#include <limits>

#include "cache/base/json.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

TEST(JsonWriterTest, WritesCompactText) {
  JsonWriter writer;
  writer.BeginObject().Key("a").BeginArray().Int(-1).Double(1).Bool(true).Null().EndArray();
  writer.Key("b").BeginObject().EndObject().Key("c").String("x").EndObject();
  EXPECT_EQ(writer.Take(), R"({"a":[-1,1.0,true,null],"b":{},"c":"x"})");
}

TEST(JsonWriterTest, WritesPrettyTextWithTwoBlanks) {
  JsonWriter writer(JsonWriter::Style::kPretty);
  writer.BeginObject().Key("a").BeginArray().Int(1).Int(2).EndArray();
  writer.Key("b").BeginArray().EndArray().EndObject();
  EXPECT_EQ(writer.Take(), "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": []\n}");
}

TEST(JsonWriterTest, AScalarAloneIsADocument) {
  EXPECT_EQ(JsonWriter().Int(std::numeric_limits<int64_t>::min()).Take(), "-9223372036854775808");
}

TEST(JsonWriterTest, StringsAreEscapedAndUtf8Stays) {
  EXPECT_EQ(JsonWriter().String(absl::string_view("\"\\/\n\r\t\0\x1F\x7F\xC3\xA9", 11)).Take(),
            "\"\\\"\\\\/\\n\\r\\t\\u0000\\u001f\x7F\xC3\xA9\"");
}

TEST(JsonWriterTest, InvalidUtf8IsReplaced) {
  EXPECT_EQ(JsonWriter().String("a\xFF\xC3z").Take(), "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"");
}

TEST(JsonWriterTest, DoublesAreShortestAndNeverNaN) {
  EXPECT_EQ(JsonWriter().Double(0.1).Take(), "0.1");
  EXPECT_EQ(JsonWriter().Double(1e16).Take(), "1e+16");
  EXPECT_EQ(JsonWriter().Double(std::nan("")).Take(), "null");
  EXPECT_EQ(JsonWriter().Double(-INFINITY).Take(), "null");
}

TEST(JsonWriterTest, WhatIsWrittenIsReadBack) {
  std::string every;
  for (int byte = 0; byte < 128; ++byte) every.push_back(static_cast<char>(byte));
  JsonWriter writer(JsonWriter::Style::kPretty);
  writer.BeginObject().Key(every).String(every).EndObject();
  const absl::StatusOr<JsonDocument> document = JsonDocument::Parse(writer.Take());
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->root()[every].AsString(), every);
}

}  // namespace
}  // namespace annofs

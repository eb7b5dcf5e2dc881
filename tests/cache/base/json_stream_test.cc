#include <algorithm>
#include <cmath>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Value as compact text.
void Render(JsonValue value, JsonWriter& out) {
  if (value.is_object()) {
    out.BeginObject();
    value.ForEachMember([&](absl::string_view name, JsonValue member) {
      out.Key(name);
      Render(member, out);
    });
    out.EndObject();
  } else if (value.is_array()) {
    out.BeginArray();
    for (size_t i = 0; i < value.size(); ++i) Render(value[i], out);
    out.EndArray();
  } else if (value.is_string()) {
    out.String(*value.AsString());
  } else if (value.is_bool()) {
    out.Bool(*value.AsBool());
  } else if (value.is_null()) {
    out.Null();
  } else if (const auto number = value.AsInt()) {
    out.Int(*number);
  } else {
    out.Double(*value.AsDouble());
  }
}

std::string Text(JsonValue value) {
  JsonWriter writer;
  Render(value, writer);
  return writer.Take();
}

struct Streamed {
  std::vector<std::string> items;  // "path@offset=value"
  absl::Status status;
};

Streamed Stream(ChunkSource& source, const std::vector<std::string>& patterns) {
  Streamed streamed;
  streamed.status = StreamJson(source, patterns, [&](const JsonItem& item) {
    streamed.items.push_back(
        absl::StrCat(absl::StrJoin(item.path, "/"), "@", item.offset, "=", Text(item.value)));
    return absl::OkStatus();
  });
  return streamed;
}

Streamed Stream(absl::string_view text, const std::vector<std::string>& patterns,
                size_t chunk = 65536) {
  TextChunks source(text, chunk);
  return Stream(source, patterns);
}

// Gives `head`, then fails.
class FailingSource : public ChunkSource {
 public:
  FailingSource(absl::string_view head, absl::Status error) : head_(head), error_(error) {}
  absl::StatusOr<absl::string_view> Next() override {
    if (head_.empty()) return error_;
    return std::exchange(head_, "");
  }

 private:
  absl::string_view head_;
  absl::Status error_;
};

// Gives `head`, `count` times `body`, then `tail`; counts what was taken.
class LongSource : public ChunkSource {
 public:
  LongSource(std::string head, std::string body, size_t count, std::string tail)
      : head_(std::move(head)), body_(std::move(body)), count_(count), tail_(std::move(tail)) {}
  absl::StatusOr<absl::string_view> Next() override {
    const size_t turn = turn_++;
    const absl::string_view chunk = turn == 0            ? head_
                                    : turn <= count_     ? body_
                                    : turn == count_ + 1 ? absl::string_view(tail_)
                                                         : "";
    taken_ += chunk.size();
    return chunk;
  }
  uint64_t taken() const { return taken_; }

 private:
  std::string head_, body_;
  size_t count_;
  std::string tail_;
  size_t turn_ = 0;
  uint64_t taken_ = 0;
};

constexpr char kAnnotations[] =
    R"([{"version": 2, "shapes": [{"id": 1}, {"id": 2}], "tags": []},)"
    R"( {"version": 3, "shapes": [{"id": 3, "shapes": [4]}], "x": {"shapes": [5]}}])";

TEST(StreamJsonTest, GivesWhatMatchesWithItsPathAndOffset) {
  const std::vector<std::string> expected = {"0/version@13=2", "0/shapes/0@27={\"id\":1}",
                                             "0/shapes/1@38={\"id\":2}", "1/version@75=3",
                                             "1/shapes/0@89={\"id\":3,\"shapes\":[4]}"};
  const Streamed streamed = Stream(kAnnotations, {"*/shapes/*", "*/version"});
  EXPECT_EQ(streamed.status, absl::OkStatus());
  EXPECT_EQ(streamed.items, expected);
}

TEST(StreamJsonTest, OffsetsPointAtTheFirstCharacter) {
  const absl::string_view text = " {\"a\" : [ 1 ,\n \"\\u00e9\" , null,{ } , -2.5 ] } ";
  TextChunks source(text);
  std::string firsts;
  const absl::Status status = StreamJson(source, {"a/*"}, [&](const JsonItem& item) {
    firsts.push_back(text[item.offset]);
    return absl::OkStatus();
  });
  EXPECT_EQ(status, absl::OkStatus());
  EXPECT_EQ(firsts, "1\"n{-");
}

TEST(StreamJsonTest, ChunksOfAnySizeGiveTheSame) {
  const std::string text =
      absl::StrCat("{\"a\": [12345, \"\xC3\xA9\\n\\uD801\\uDC00\", true, {\"b\": ", kAnnotations,
                   "}], \"c\": -1.25e-3}");
  const std::vector<std::string> patterns = {"a/*", "c"};
  const Streamed whole = Stream(text, patterns);
  EXPECT_EQ(whole.items.size(), 5u);
  for (size_t chunk = 1; chunk < text.size(); ++chunk) {
    const Streamed pieces = Stream(text, patterns, chunk);
    ASSERT_EQ(pieces.status, absl::OkStatus()) << chunk;
    ASSERT_EQ(pieces.items, whole.items) << chunk;
  }
}

TEST(StreamJsonTest, AMatchInsideAMatchIsPartOfTheOuter) {
  EXPECT_THAT(Stream(R"({"a": {"a": 1}, "b": 2})", {"*", "*/a"}).items,
              ElementsAre("a@6={\"a\":1}", "b@21=2"));
}

TEST(StreamJsonTest, TheEmptyPatternIsTheWholeDocument) {
  EXPECT_THAT(Stream("[1, {\"a\": 2}]", {""}).items, ElementsAre("@0=[1,{\"a\":2}]"));
  EXPECT_THAT(Stream(" 7", {""}).items, ElementsAre("@1=7"));
}

TEST(StreamJsonTest, APatternCanNameAnIndex) {
  EXPECT_THAT(Stream("[10, 11, 12]", {"1"}).items, ElementsAre("1@5=11"));
  EXPECT_THAT(Stream("{\"1\": 10, \"01\": 11}", {"01"}).items, ElementsAre("01@16=11"));
  EXPECT_THAT(Stream("[10, 11]", {"01"}).items, IsEmpty());
}

TEST(StreamJsonTest, ScalarsWhereContainersWereExpectedAreSkipped) {
  EXPECT_THAT(Stream(R"([1, {"shapes": 2}, {"shapes": [3]}])", {"*/shapes/*"}).items,
              ElementsAre("2/shapes/0@31=3"));
}

TEST(StreamJsonTest, NothingMatchesWithoutPatterns) {
  const Streamed streamed = Stream(kAnnotations, {});
  EXPECT_EQ(streamed.status, absl::OkStatus());
  EXPECT_THAT(streamed.items, IsEmpty());
}

TEST(StreamJsonTest, SixtyFourPatternsAreTheMost) {
  std::vector<std::string> patterns(64, "none");
  patterns.back() = "a";
  EXPECT_THAT(Stream("{\"a\": 1}", patterns).items, ElementsAre("a@6=1"));
  patterns.push_back("b");
  EXPECT_TRUE(absl::IsInvalidArgument(Stream("{\"a\": 1}", patterns).status));
}

TEST(StreamJsonTest, TheFirstErrorOfTheCallbackStopsTheParsingAndIsReturned) {
  TextChunks source("[1, 2, 3, nonsense");
  int calls = 0;
  const absl::Status status = StreamJson(source, {"*"}, [&](const JsonItem&) {
    return ++calls == 2 ? absl::DataLossError("exactly this") : absl::OkStatus();
  });
  EXPECT_EQ(status, absl::DataLossError("exactly this"));
  EXPECT_EQ(calls, 2);
}

TEST(StreamJsonTest, AnErrorOfTheSourceIsReturnedAsItIs) {
  FailingSource source("[1, 2, ", absl::UnavailableError("network"));
  const Streamed streamed = Stream(source, {"*"});
  EXPECT_EQ(streamed.status, absl::UnavailableError("network"));
  EXPECT_THAT(streamed.items, ElementsAre("0@1=1", "1@4=2"));
}

TEST(StreamJsonTest, ANumberCutByTheEndIsNotDelivered) {
  FailingSource failing("[1, 2", absl::UnavailableError("network"));
  EXPECT_THAT(Stream(failing, {"*"}).items, ElementsAre("0@1=1"));
  const Streamed cut = Stream("[1, 2", {"*"});
  EXPECT_TRUE(absl::IsInvalidArgument(cut.status));
  EXPECT_THAT(cut.items, ElementsAre("0@1=1"));
  FailingSource bare("2", absl::UnavailableError("network"));
  EXPECT_THAT(Stream(bare, {""}).items, IsEmpty());
}

TEST(StreamJsonTest, WhatCameBeforeMalformedTextIsDelivered) {
  const Streamed streamed = Stream("[1, [2], x]", {"*"});
  EXPECT_THAT(streamed.items, ElementsAre("0@1=1", "1@4=[2]"));
  EXPECT_TRUE(absl::IsInvalidArgument(streamed.status));
  EXPECT_THAT(streamed.status.message(), HasSubstr("byte 9: "));
}

TEST(StreamJsonTest, SkippedPartsMustBeJsonToo) {
  for (const char* bad : {"{\"a\": [1,], \"b\": 2}", "{\"a\": \"\n\"}", "{\"a\": 01}", "{} x", "",
                          "{", "{\"a\": -Infinite}", "{\"a\": \"\\u12\"}"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Stream(bad, {"b"}).status)) << bad;
  }
}

TEST(StreamJsonTest, DepthIsBoundedInSkippedAndInMatchingValues) {
  const std::string deep(100'000, '[');
  for (const char* pattern : {"none", "", "*"}) {
    const Streamed streamed = Stream(deep, {pattern});
    EXPECT_TRUE(absl::IsInvalidArgument(streamed.status));
    EXPECT_THAT(streamed.status.message(), HasSubstr("byte 64: nested deeper than 64"));
  }
}

TEST(StreamJsonTest, BlanksOfAnyLengthAreSkipped) {
  LongSource source("[1,", std::string(1 << 20, ' '), 80, "2]");
  EXPECT_EQ(Stream(source, {"1"}).status, absl::OkStatus());
}

TEST(StreamJsonTest, ASkippedValueMayBeOfAnyLength) {
  LongSource skipped("{\"a\": [", "1," + std::string(1 << 20, ' '), 300, "1]}");
  EXPECT_EQ(Stream(skipped, {"b"}).status, absl::OkStatus());
}

TEST(StreamJsonTest, ManyItemsInAnyNumberUseTheSameMemory) {
  std::string body;
  for (int i = 0; i < 1000; ++i)
    absl::StrAppend(&body, "{\"points\": [1.5, 2.5], \"label\": \"car\"},");
  LongSource source("[", body, 100, "{}]");
  int count = 0;
  const absl::Status status = StreamJson(source, {"*"}, [&](const JsonItem& item) {
    ++count;
    if (count <= 100'000) {
      EXPECT_EQ(item.value["label"].AsString(), "car");
    }
    return absl::OkStatus();
  });
  EXPECT_EQ(status, absl::OkStatus());
  EXPECT_EQ(count, 100'001);
}

TEST(StreamJsonTest, AStreamOfTheWholeDocumentGivesWhatParseGives) {
  const absl::StatusOr<JsonDocument> parsed = JsonDocument::Parse(kAnnotations);
  ASSERT_TRUE(parsed.ok());
  EXPECT_THAT(Stream(kAnnotations, {""}).items, ElementsAre("@0=" + Text(parsed->root())));
}

// Any value, of any characters.
void WriteAny(std::mt19937& random, int depth, JsonWriter& out) {
  static const std::vector<std::string> kTexts = {"",
                                                  "a",
                                                  "points",
                                                  "\"\\/\b\f\n\r\t",
                                                  std::string("\0\x1F", 2),
                                                  "\xC3\xA9",
                                                  "\xE2\x82\xAC",
                                                  "\xF0\x9F\x98\x80",
                                                  "eight byt",
                                                  "sixteen bytes and"};
  const auto text = [&] {
    std::string all;
    for (size_t i = random() % 5; i > 0; --i) all += kTexts[random() % kTexts.size()];
    return all;
  };
  switch (random() % (depth > 4 ? 5 : 7)) {
    case 0:
      out.String(text());
      break;
    case 1:
      out.Int(static_cast<int64_t>((uint64_t{random()} << 32 | random()) >> random() % 64));
      break;
    case 2:
      out.Double(std::ldexp(random() | 1, -1 - static_cast<int>(random() % 60)));  // never whole
      break;
    case 3:
      out.Bool(random() % 2 == 0);
      break;
    case 4:
      out.Null();
      break;
    case 5:
      out.BeginArray();
      for (size_t i = random() % 5; i > 0; --i) WriteAny(random, depth + 1, out);
      out.EndArray();
      break;
    default:
      out.BeginObject();
      for (size_t i = random() % 5; i > 0; --i) WriteAny(random, depth + 1, out.Key(text()));
      out.EndObject();
  }
}

TEST(StreamJsonTest, WhateverIsWrittenIsReadBackHoweverItIsCut) {
  std::mt19937 random(5);
  for (int i = 0; i < 3'000; ++i) {
    JsonWriter writer(i % 2 == 0 ? JsonWriter::Style::kCompact : JsonWriter::Style::kPretty);
    const auto seed = random();
    std::mt19937 one(seed), same(seed);
    WriteAny(one, 0, writer);
    JsonWriter compact;
    WriteAny(same, 0, compact);
    const Streamed streamed = Stream(writer.Take(), {""}, 1 + random() % 40);
    ASSERT_EQ(streamed.status, absl::OkStatus());
    ASSERT_THAT(streamed.items, ElementsAre("@0=" + compact.Take()));
  }
}

// `text` with a few bytes changed, left out or doubled.
std::string Mutated(std::string text, std::mt19937& random) {
  constexpr absl::string_view kBytes("[]{}\",:\\0129-+.eEtfnu \n\0\xC3\xA9\xFF", 28);
  for (int i = random() % 4; i >= 0 && !text.empty(); --i) {
    const size_t at = random() % text.size();
    switch (random() % 3) {
      case 0:
        text[at] = kBytes[random() % kBytes.size()];
        break;
      case 1:
        text.erase(at, 1 + random() % 3);
        break;
      default:
        text.insert(at, text.substr(at, 1 + random() % 3));
    }
  }
  return text;
}

TEST(StreamJsonTest, WhatParseRefusesAStreamRefusesTooOrCallsDamaged) {
  std::mt19937 random(7);
  int taken = 0, mended = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = Mutated(kAnnotations, random);
    const bool parsed = JsonDocument::Parse(text).ok();
    bool whole = true;
    TextChunks source(text, 1 + random() % 50);
    const absl::Status status = StreamJson(source, {""}, [&](const JsonItem& item) {
      whole = item.damage.empty();
      return absl::OkStatus();
    });
    ASSERT_EQ(parsed, status.ok() && whole) << text;
    ASSERT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
    ASSERT_EQ(Stream(text, {"*/shapes/*"}, 1 + random() % 50).status.ok(), status.ok()) << text;
    taken += parsed ? 1 : 0;
    mended += whole ? 0 : 1;
  }
  EXPECT_GT(taken, 100) << "some damage is harmless";
  EXPECT_LT(taken, 19'900);
  EXPECT_GT(mended, 100);
}

}  // namespace
}  // namespace annofs

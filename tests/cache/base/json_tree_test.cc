#include "cache/base/json_tree.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using Kind = JsonNode::Kind;

std::string ErrorOf(absl::string_view text) {
  const absl::Status status = JsonTree::Parse(text, "a.json").status();
  EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

TEST(JsonTreeTest, HasEachValueWithItsPlace) {
  const auto tree = JsonTree::Parse("\n{\"a\":\n [true, null,\n\"x\\n\"], \"b\": {}}", "a.json");
  ASSERT_TRUE(tree.ok()) << tree.status();
  const JsonNode& root = tree->root();
  EXPECT_EQ(root.kind, Kind::kObject);
  EXPECT_EQ(root.line, 2u);
  ASSERT_EQ(root.children.size(), 2u);
  const JsonNode& a = *root.children[0];
  EXPECT_EQ(a.kind, Kind::kArray);
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.name_line, 2u);
  EXPECT_EQ(a.line, 3u);
  ASSERT_EQ(a.children.size(), 3u);
  EXPECT_TRUE(a.children[0]->is_true);
  EXPECT_EQ(a.children[1]->kind, Kind::kNull);
  EXPECT_EQ(a.children[2]->text, "x\n");
  EXPECT_EQ(a.children[2]->line, 4u);
  EXPECT_EQ(a.children[2]->index, 2u);
  EXPECT_EQ(a.children[2]->parent, &a);
  EXPECT_EQ(root.children[1]->kind, Kind::kObject);
}

TEST(JsonTreeTest, OutlivesTheTextAndMoves) {
  std::string text = "{\"a long name that is on the heap, not in the string\": [1]}";
  auto parsed = JsonTree::Parse(text, "a.json");
  ASSERT_TRUE(parsed.ok());
  text.assign(text.size(), 'x');
  const JsonTree tree = *std::move(parsed);
  EXPECT_EQ(tree.root().children[0]->name, "a long name that is on the heap, not in the string");
  EXPECT_EQ(tree.root().children[0]->parent, &tree.root());
}

TEST(JsonTreeTest, TellsWholeNumbersFromOthers) {
  const auto tree =
      JsonTree::Parse("[0, 18446744073709551615, 1e3, 5.0, -1, 0.5, 1e300, -0.0]", "a.json");
  ASSERT_TRUE(tree.ok()) << tree.status();
  const auto& numbers = tree->root().children;
  const uint64_t whole[] = {0, UINT64_MAX, 1000, 5};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(numbers[i]->is_whole) << i;
    EXPECT_EQ(numbers[i]->whole, whole[i]);
    EXPECT_EQ(numbers[i]->number, static_cast<double>(whole[i]));
  }
  for (size_t i = 4; i < 7; ++i) EXPECT_FALSE(numbers[i]->is_whole) << i;
  EXPECT_EQ(numbers[4]->number, -1);
  EXPECT_EQ(numbers[5]->number, 0.5);
}

TEST(JsonTreeTest, AnErrorNamesFileLineAndPath) {
  const auto tree = JsonTree::Parse("{\"datasets\": [0, {\n\"a b\": {\"x\":\n 1}}]}", "dir/a.json");
  ASSERT_TRUE(tree.ok());
  const JsonNode& x = *tree->root().children[0]->children[1]->children[0]->children[0];
  EXPECT_EQ(tree->At(x, "wrong").message(), "dir/a.json:3: datasets[1]['a b'].x: wrong");
  EXPECT_EQ(tree->AtName(x, "wrong").message(), "dir/a.json:2: datasets[1]['a b'].x: wrong");
  EXPECT_EQ(tree->At(tree->root(), "wrong").message(), "dir/a.json:1: wrong");
}

TEST(JsonTreeTest, ARepeatedNameIsAnError) {
  EXPECT_EQ(ErrorOf("{\"o\": {\"a\": 1,\n \"b\": 2,\n \"a\": 3, \"b\": 4, \"a\": 5}}"),
            "a.json:3: o.a: a second time; it stands in line 1 already");
}

TEST(JsonTreeTest, ManyNamesOfOneObjectAreComparedQuickly) {
  std::string text = "{";
  for (int i = 0; i < 50'000; ++i) absl::StrAppend(&text, "\"", i, "\":0,");
  EXPECT_EQ(ErrorOf(text + "\"x\":0}"), "");
  EXPECT_EQ(ErrorOf(text + "\"77\":0}"),
            "a.json:1: 77: a second time; it stands in line 1 already");
}

TEST(JsonTreeTest, MistakesThatPeopleMakeAreCalledByTheirNames) {
  EXPECT_EQ(ErrorOf("{\n// here\n\"a\": 1}"), "a.json:2: a comment; JSON has none");
  EXPECT_EQ(ErrorOf("{\"a\": 1 /* one */}"), "a.json:1: a comment; JSON has none");
  EXPECT_EQ(ErrorOf("{\"a\": {\"b\": 1 # one\n}}"), "a.json:1: a: a comment; JSON has none");
  EXPECT_EQ(ErrorOf("{\"a\": [1,\n]}"),
            "a.json:2: a: a comma before ']'; JSON has commas only between");
  EXPECT_EQ(ErrorOf("{\"a\": 1,}"), "a.json:1: a comma before '}'; JSON has commas only between");
  EXPECT_EQ(ErrorOf("{'a': 1}"), "a.json:1: a single quotation mark; JSON has double ones only");
}

TEST(JsonTreeTest, AByteOrderMarkIsTaken) {
  EXPECT_EQ(ErrorOf("\xEF\xBB\xBF{}"), "");
  EXPECT_EQ(ErrorOf("\xEF\xBB\xBF\n?"), "a.json:2: no value");
}

TEST(JsonTreeTest, OtherEncodingsAreNamedWithTheirLine) {
  EXPECT_EQ(ErrorOf("{\n\"a\": \"\xFF\"}"), "a.json:2: text that is no UTF-8");
  EXPECT_EQ(ErrorOf(absl::string_view("\xFF\xFE{\0}\0", 6)), "a.json:1: text that is no UTF-8");
  EXPECT_EQ(ErrorOf("{\n\"a\": \"\\ud800\"}"), "a.json:2: half of a surrogate pair in a string");
}

TEST(JsonTreeTest, ATextThatIsNoJsonIsAnErrorWithItsLine) {
  EXPECT_EQ(ErrorOf(""), "a.json:1: the document is empty");
  EXPECT_EQ(ErrorOf("{}\n{}"), "a.json:2: more after the document's value");
  EXPECT_EQ(ErrorOf("{\"a\": [\n1"), "a.json:2: a: the text ends inside a value");
  EXPECT_EQ(ErrorOf("{\"a\": NaN}").substr(0, 10), "a.json:1: ");
}

TEST(JsonTreeTest, DepthIsBounded) {
  const std::string deep(kMaxJsonDepth, '[');
  EXPECT_EQ(ErrorOf(deep + std::string(kMaxJsonDepth, ']')), "");
  EXPECT_TRUE(absl::EndsWith(ErrorOf(std::string(1'000'000, '[')), "nested deeper than 64"));
}

TEST(JsonTreeTest, TheNumberOfValuesIsBounded) {
  std::string text = "[0";
  for (size_t i = 0; i < JsonTree::kMaxValues - 2; ++i) text += ",0";
  EXPECT_EQ(ErrorOf(text + "]"), "");
  EXPECT_EQ(ErrorOf(text + ",\n0]"), "a.json:2: more than 262144 values");
}

TEST(JsonTreeTest, WhatIsQuotedIsShortAndReadable) {
  EXPECT_EQ(QuotedForMessage("a b"), "'a b'");
  EXPECT_EQ(QuotedForMessage("a\n\x1b[2J"), "'a\\n\\x1b[2J'");
  EXPECT_EQ(QuotedForMessage(std::string(1000, 'a')),
            absl::StrCat("'", std::string(60, 'a'), "...'"));
}

}  // namespace
}  // namespace annofs

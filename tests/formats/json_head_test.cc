#include "formats/json_head.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(JsonHead, NamesTheMembersAndThoseOfTheFirstItems) {
  const JsonHead head = ScanJsonHead(
      "\xef\xbb\xbf {\"version\": \"1.\\\"0\", \"n\": 3, \"tags\": [], \"shapes\": [[1], {\"x\": "
      "1}],"
      "\"info\": {\"year\": {\"a\": 1}, \"url\": \"u\"},"
      "\"items\": [{\"id\": [{\"deep\": 1}], \"image\": {\"path\": 1}}, {\"other\": 1}]}");
  EXPECT_EQ(head.root, JsonHead::Root::kObject);
  ASSERT_EQ(head.members.size(), 6u);
  EXPECT_EQ(head.Find("version")->text, "1.\\\"0");
  EXPECT_EQ(head.Find("n")->kind, JsonHeadMember::Kind::kOther);
  EXPECT_EQ(head.Find("n")->text, "3");
  EXPECT_TRUE(head.HasArray("tags"));
  EXPECT_TRUE(head.Find("tags")->is_empty);
  EXPECT_FALSE(head.Find("shapes")->is_empty);
  EXPECT_THAT(head.Find("shapes")->keys, IsEmpty());
  EXPECT_THAT(head.Find("info")->keys, ElementsAre("year", "url"));
  EXPECT_THAT(head.Find("items")->keys, ElementsAre("id", "image"));
  EXPECT_TRUE(head.HasArrayOf("items", "id"));
  EXPECT_FALSE(head.HasArrayOf("items", "other"));
  EXPECT_EQ(head.Find("id"), nullptr);
}

TEST(JsonHead, AnArrayIsOneMemberWithoutAName) {
  const JsonHead head = ScanJsonHead("[{\"frame\": 0, \"path\": \"a\"}, {\"b\": 1}]");
  EXPECT_EQ(head.root, JsonHead::Root::kArray);
  ASSERT_EQ(head.members.size(), 1u);
  EXPECT_THAT(head.members[0].keys, ElementsAre("frame", "path"));
}

TEST(JsonHead, ATextMayEndAnywhere) {
  const std::string text = "{\"annotations\": [{\"image_id\": 1, \"bbox\": [1, 2]}], \"a\": \"b\"}";
  size_t most = 0;
  for (size_t length = 0; length <= text.size(); ++length) {
    const JsonHead head = ScanJsonHead(absl::string_view(text).substr(0, length));
    EXPECT_GE(head.members.size(), most);
    most = head.members.size();
  }
  EXPECT_EQ(most, 2u);
}

TEST(JsonHead, WhatIsNoJsonHasNoRoot) {
  for (absl::string_view text : {"", "  ", "<xml>", "PK\x03\x04", "12", "\"a\""}) {
    EXPECT_EQ(ScanJsonHead(text).root, JsonHead::Root::kNone) << text;
  }
  // Nonsense neither crashes nor hangs.
  for (absl::string_view text : {"{", "[", "]}", "{]", "{{{{", "{\"a\"}", "[,,,:::", "{\"\\"}) {
    ScanJsonHead(text);
  }
  ScanJsonHead(std::string(100000, '['));
}

}  // namespace
}  // namespace annofs

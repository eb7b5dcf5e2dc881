#include "cache/store/excerpt.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/store/list_page.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

TEST(ExcerptTest, AShortTextIsWhole) { EXPECT_EQ(Excerpt("a b"), "a b"); }

TEST(ExcerptTest, ALongTextIsCut) {
  EXPECT_EQ(Excerpt(std::string(100, 'x'), 10), "xxxxxxxxxx");
  EXPECT_LT(MalformedListing(std::string(1 << 20, 'x')).message().size(), 2000u);
}

TEST(ExcerptTest, ASecretAtTheCutIsHidden) {
  RedactInLog("excerpt-secret");
  EXPECT_FALSE(absl::StrContains(Excerpt("123456 excerpt-secret", 14), "excerpt"));
}

TEST(ExcerptTest, ItIsOneLine) { EXPECT_EQ(Excerpt("a\nb"), "a\\nb"); }

}  // namespace
}  // namespace annofs

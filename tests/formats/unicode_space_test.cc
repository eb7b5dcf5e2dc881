#include "formats/unicode_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(UnicodeSpaceTest, WordsStandBetweenAnyWhiteSpace) {
  EXPECT_THAT(Words(" a b\t\nc "), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Words("ü\u3000b\u00a0\x1f"
                    "c"),
              ElementsAre("ü", "b", "c"));
  EXPECT_THAT(Words(" \u2028 "), IsEmpty());
  EXPECT_THAT(Words(""), IsEmpty());
}

// U+200B is no white space to Python; nor are bytes that are no UTF-8.
TEST(UnicodeSpaceTest, OtherInvisibleCharactersArePartsOfWords) {
  EXPECT_EQ(CountWords("a\u200b"
                       "b"),
            1u);
  EXPECT_EQ(CountWords("a\xff\xc2"
                       "b"),
            1u);
}

}  // namespace
}  // namespace annofs

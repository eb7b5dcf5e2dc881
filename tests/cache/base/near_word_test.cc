#include "cache/base/near_word.h"

#include <string>

#include "gtest/gtest.h"

namespace annofs {
namespace {

TEST(NearWordTest, IsTheNearestWithinTwoEdits) {
  EXPECT_EQ(NearWord("lables", {"names", "labels", "label"}), "labels");
  EXPECT_EQ(NearWord("tain", {"test", "train"}), "train");
  EXPECT_EQ(NearWord("names", {"name", "named"}), "name");
}

TEST(NearWordTest, IsNoneWhereAllAreFar) {
  EXPECT_EQ(NearWord("colour", {"name", "labels"}), "");
  EXPECT_EQ(NearWord("id", {"by"}), "");
  EXPECT_EQ(NearWord("", {"by"}), "");
  EXPECT_EQ(NearWord("x", {}), "");
}

TEST(NearWordTest, TakesALongWordWithoutLookingAtItAll) {
  EXPECT_EQ(NearWord(std::string(1'000'000, 'n'), {"name"}), "");
}

}  // namespace
}  // namespace annofs

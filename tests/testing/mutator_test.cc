#include "tests/testing/mutator.h"

#include <set>

#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

TEST(MutatorTest, TheSameSeedMakesTheSameTexts) {
  Mutator one(7, {"other"});
  Mutator two(7, {"other"});
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(one.Mutate("a text"), two.Mutate("a text"));
}

TEST(MutatorTest, HardlyAnyTextComesTwice) {
  Mutator mutator(8, {"another text of some length"});
  std::set<std::string> texts;
  for (int i = 0; i < 1000; ++i) texts.insert(mutator.Mutate("a text with 1234 in it"));
  EXPECT_GT(texts.size(), 700u);
}

TEST(MutatorTest, AnEmptyTextIsNoTrouble) {
  Mutator mutator(9, {});
  for (int i = 0; i < 1000; ++i) mutator.Mutate("");
}

}  // namespace
}  // namespace annofs::testing

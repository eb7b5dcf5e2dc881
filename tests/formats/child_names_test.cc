#include "formats/child_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache/base/digest.h"
#include "cache/base/names.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ChildNames Names(const std::vector<std::string>& texts) {
  ChildNames names;
  for (uint32_t i = 0; i < texts.size(); ++i) names.Add(10 * i, texts[i]);
  names.Finish();
  return names;
}

TEST(ChildNamesTest, AGoodTextIsItsOwnNameAndTakesNoMemory) {
  const ChildNames names = Names({"red", "dark blue", "gr\xc3\xbcn"});
  EXPECT_EQ(names.NameOf(10, "dark blue"), "dark blue");
  EXPECT_FALSE(names.IsChanged(10));
  EXPECT_EQ(names.bytes(), 0u);
  EXPECT_THAT(names.MayBeCalled("red"), IsEmpty());
}

TEST(ChildNamesTest, ATextThatNoDirectoryHoldsIsMended) {
  const ChildNames names = Names({"a/b"});
  EXPECT_EQ(names.NameOf(0, "a/b"), SafeName("a/b"));
  EXPECT_THAT(names.MayBeCalled(SafeName("a/b")), ElementsAre(0));
}

TEST(ChildNamesTest, OfTextsThatDifferInCaseTheFirstKeepsItsName) {
  const ChildNames names = Names({"Red", "red"});
  const std::string marked = "red-" + Hash8Hex("red#0");
  EXPECT_EQ(names.NameOf(0, "Red"), "Red");
  EXPECT_EQ(names.NameOf(10, "red"), marked);
  EXPECT_THAT(names.MayBeCalled(marked), ElementsAre(10));
}

TEST(ChildNamesTest, ATextThatIsAnothersMendedNameGivesWay) {
  const std::string mended = SafeName("a/b");
  const ChildNames names = Names({"a/b", mended});
  EXPECT_EQ(names.NameOf(10, mended), mended + "-" + Hash8Hex(mended + "#0"));
}

TEST(ChildNamesTest, ALongNameIsCutBetweenCharactersToMakeRoom) {
  std::string text;
  for (int i = 0; i < 127; ++i) text += "\xc3\xbc";
  std::string upper = "A" + text, lower = "a" + text;  // of 255 bytes
  const ChildNames names = Names({upper, lower});
  EXPECT_EQ(names.NameOf(10, lower), lower.substr(0, 245) + "-" + Hash8Hex(lower + "#0"));
}

}  // namespace
}  // namespace annofs

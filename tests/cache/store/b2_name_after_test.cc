// Where listings after a key begin: below no name that may come, and above all that may not.
#include "cache/store/b2_name_after.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

TEST(B2NameAfterTest, TheLowestNameAfterANameIsItselfAndASpace) {
  EXPECT_EQ(B2NameAfter("a/b.jpg"), "a/b.jpg ");
  EXPECT_EQ(B2NameAfter("é"), "é ");
}

TEST(B2NameAfterTest, BytesThatNoNameHoldsGiveTheNextThatOneMay) {
  EXPECT_EQ(B2NameAfter("a\xff"), "b");
  EXPECT_EQ(B2NameAfter("a\xc3"), "aÀ");
  EXPECT_EQ(B2NameAfter("a\xc3(zzz"), "aÀ");
  EXPECT_EQ(B2NameAfter("a\x80"), "a\xc2\x80");
  EXPECT_EQ(B2NameAfter("\xed\xa0\x80"), "\xee\x80\x80");  // no surrogates
  EXPECT_EQ(B2NameAfter("ab\xf4\x90"), "ac");
  EXPECT_EQ(B2NameAfter("a\xf4\x8f\xbf\xbf\xff"), "b");  // there is no higher character
}

TEST(B2NameAfterTest, NoNameComesAfterWhatIsAboveAllCharacters) {
  for (const char* name : {"\xff", "\xf8/x", "\xf4\x90", "\xf4\x8f\xbf\xbf\xff"}) {
    EXPECT_EQ(B2NameAfter(name), std::nullopt) << name;
  }
}

TEST(B2NameAfterTest, ItIsNeverLongerThanANameMayBe) {
  EXPECT_EQ(B2NameAfter(std::string(1023, 'n')), std::string(1023, 'n') + " ");
  EXPECT_EQ(B2NameAfter(std::string(1024, 'n')), std::string(1024, 'n'));
  EXPECT_EQ(B2NameAfter(std::string(2000, 'n')), std::string(1024, 'n'));
  EXPECT_EQ(B2NameAfter(std::string(1023, 'n') + "é"), std::string(1023, 'n'));
  EXPECT_EQ(B2NameAfter(std::string(1023, 'n') + "\xc3"), std::string(1023, 'n'));
}

std::string Joined(const std::vector<std::string>& pieces, size_t most, std::mt19937& random) {
  std::string text;
  for (size_t i = random() % (most + 1); i > 0; --i) text += pieces[random() % pieces.size()];
  return text;
}

TEST(B2NameAfterTest, ItIsAboveTheNamesBeforeAndNotAboveTheNamesAfter) {
  const std::vector<std::string> names = {" ",
                                          "a",
                                          "b",
                                          "~",
                                          "\xc2\x80",
                                          "\xc3\xbf",
                                          "\xdf\xbf",
                                          "\xe0\xa0\x80",
                                          "\xed\x9f\xbf",
                                          "\xee\x80\x80",
                                          "\xef\xbf\xbf",
                                          "\xf0\x90\x80\x80",
                                          "\xf4\x8f\xbf\xbf"};
  std::vector<std::string> bytes = names;
  for (const char* piece : {"\x01", "\x80", "\xbf", "\xc0", "\xc3", "\xdf", "\xe0\xa0", "\xed\xa0",
                            "\xef\xbf", "\xf0", "\xf4\x90", "\xf5", "\xff"}) {
    bytes.emplace_back(piece);
  }
  constexpr int kSeed = 20240501;
  std::mt19937 random(kSeed);
  for (int i = 0; i < 20'000; ++i) {
    const std::string after = Joined(bytes, 3, random);
    const std::string name = names[random() % names.size()] + Joined(names, 3, random);
    const std::optional<std::string> begin = B2NameAfter(after);
    EXPECT_TRUE(IsValidUtf8(begin.value_or("")));
    EXPECT_EQ(name > after, begin.has_value() && name >= *begin)
        << "seed " << kSeed << ", case " << i << ": '" << name << "' after '" << after << "'";
  }
}

}  // namespace
}  // namespace annofs

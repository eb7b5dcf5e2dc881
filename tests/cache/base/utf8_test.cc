#include "cache/base/utf8.h"

#include "cache/base/text.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

TEST(Utf8Test, CharactersOfEveryLength) {
  EXPECT_EQ(Utf8CharacterSize("a"), 1u);
  EXPECT_EQ(Utf8CharacterSize("\xC3\xA9..."), 2u);
  EXPECT_EQ(Utf8CharacterSize("\xE8\x87\xAA..."), 3u);
  EXPECT_EQ(Utf8CharacterSize("\xF0\x90\x90\x80..."), 4u);
  EXPECT_EQ(Utf8CharacterSize(absl::string_view("\0", 1)), 1u);
}

TEST(Utf8Test, TheFirstAndLastCharacterOfEachLengthAreGood) {
  for (absl::string_view good :
       {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(Utf8CharacterSize(good), good.size()) << good;
  }
}

TEST(Utf8Test, WhatRfc3629ForbidsIsNoCharacter) {
  for (absl::string_view bad :
       {"", "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xE8\x87", "\xE8\x87(", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF0\x90\x90",
        "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(Utf8CharacterSize(bad), 0u) << TsvEscape(bad);
  }
}

TEST(Utf8Test, ATextIsValidIfAllOfItIs) {
  EXPECT_TRUE(IsValidUtf8(""));
  EXPECT_TRUE(IsValidUtf8("a\xC3\xA9\xF0\x90\x90\x80"));
  EXPECT_FALSE(IsValidUtf8("a\xC3\xA9\xF0\x90\x90"));
  EXPECT_FALSE(IsValidUtf8("\xED\xA0\x80"));
}

TEST(Utf8Test, APrefixEndsBetweenCharacters) {
  const absl::string_view text = "a\xC3\xA9\xE8\x87\xAA";  // 1 + 2 + 3 bytes
  const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6};
  for (size_t bytes = 0; bytes < 8; ++bytes) {
    EXPECT_EQ(Utf8Prefix(text, bytes).size(), expected[bytes]) << bytes;
  }
}

}  // namespace
}  // namespace annofs

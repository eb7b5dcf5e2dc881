#include "cache/base/names.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <random>
#include <vector>

#include "absl/strings/str_split.h"
#include "cache/base/text.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

std::string Bytes(std::mt19937& random, absl::string_view alphabet, size_t size) {
  std::string text;
  for (size_t i = 0; i < size; ++i) {
    text.push_back(alphabet.empty() ? static_cast<char>(random())
                                    : alphabet[random() % alphabet.size()]);
  }
  return text;
}

// Texts that are likely to go wrong, and any.
std::vector<std::string> HostileNames() {
  std::mt19937 random(20240607);
  std::vector<std::string> names;
  for (int i = 0; i < 5'000; ++i) {
    names.push_back(Bytes(random, "", random() % 12));
    names.push_back(Bytes(random, absl::string_view("./a\0\n_-\xC3\xA9", 9), random() % 8));
    names.push_back(Bytes(random, "\xE8\x87\xAA.jpg", 240 + random() % 40));
  }
  return names;
}

TEST(EntryNameTest, WhatADirectoryCanHold) {
  EXPECT_TRUE(IsEntryName("a"));
  EXPECT_TRUE(IsEntryName("..."));
  EXPECT_TRUE(IsEntryName("a\nb"));
  EXPECT_TRUE(IsEntryName(std::string(255, 'a')));
  EXPECT_FALSE(IsEntryName(std::string(256, 'a')));
  EXPECT_FALSE(IsEntryName(""));
  EXPECT_FALSE(IsEntryName("."));
  EXPECT_FALSE(IsEntryName(".."));
  EXPECT_FALSE(IsEntryName("a/b"));
  EXPECT_FALSE(IsEntryName(absl::string_view("a\0b", 3)));
}

TEST(SafeNameTest, GoodNamesStayAsTheyAre) {
  for (const char* good : {"a.jpg", "caf\xC3\xA9.png", "...", "a b$(c).txt", ".hidden"}) {
    EXPECT_EQ(SafeName(good), good);
  }
}

TEST(SafeNameTest, MendedNamesStayReadableAndKeepTheExtension) {
  EXPECT_EQ(SafeName("a/b.jpg"), "a_b-4a516362.jpg");
  EXPECT_EQ(SafeName(""), "_-e3b0c442");
  EXPECT_EQ(SafeName("..").substr(0, 2), "_-");
  EXPECT_EQ(SafeName("a\nb").substr(0, 4), "a_b-");
  // A leading dot would hide it from ls.
  EXPECT_EQ(SafeName("../../etc/passwd").substr(0, 17), "_._.._etc_passwd-");
}

TEST(SafeNameTest, LongNamesAreCutBetweenCharactersAndKeepTheExtension) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\xE8\x87\xAA";
  const std::string safe = SafeName(name + ".jpeg");
  EXPECT_LE(safe.size(), kMaxNameBytes);
  EXPECT_GT(safe.size(), kMaxNameBytes - 3);
  EXPECT_EQ(Extension(safe), ".jpeg");
  EXPECT_TRUE(IsValidUtf8(safe));
}

TEST(SafeNameTest, AnythingBecomesAGoodName) {
  for (const std::string& name : HostileNames()) {
    const std::string safe = SafeName(name);
    ASSERT_TRUE(IsEntryName(safe)) << TsvEscape(name);
    ASSERT_TRUE(IsValidUtf8(safe)) << TsvEscape(name);
    ASSERT_TRUE(std::none_of(safe.begin(), safe.end(), [](unsigned char c) { return iscntrl(c); }))
        << TsvEscape(name);
    ASSERT_EQ(SafeName(safe), safe) << "idempotent: " << TsvEscape(name);
  }
}

TEST(SafeNameTest, DifferentMendedNamesDiffer) {
  std::map<std::string, std::string> mended;
  for (const std::string& name : HostileNames()) {
    const std::string safe = SafeName(name);
    if (safe == name) continue;
    const auto [it, is_new] = mended.emplace(safe, name);
    ASSERT_TRUE(is_new || it->second == name) << TsvEscape(it->second) << " " << TsvEscape(name);
  }
  EXPECT_GT(mended.size(), 5'000u);
}

TEST(SafePathTest, EachComponentIsMendedAndTheDepthIsKept) {
  EXPECT_EQ(SafePath("a/b c/d.jpg"), "a/b c/d.jpg");
  EXPECT_EQ(SafePath("a//b"), "a/" + SafeName("") + "/b");
  EXPECT_EQ(SafePath("../x"), SafeName("..") + "/x");
  EXPECT_EQ(SafePath("/x"), SafeName("") + "/x");
  EXPECT_EQ(SafePath(""), SafeName(""));
}

TEST(SafeStemTest, RunsOfOtherBytesBecomeOneUnderscore) {
  EXPECT_EQ(SafeStem("cam 1/frame.000001"), "cam_1_frame_000001");
  EXPECT_EQ(SafeStem("a -- b"), "a_--_b");
  EXPECT_EQ(SafeStem("$(rm -rf *)"), "_rm_-rf_");
  EXPECT_EQ(SafeStem("caf\xC3\xA9"), "caf_");
  EXPECT_EQ(SafeStem("a_-b"), "a_-b");
}

TEST(SafeStemTest, WithoutALetterOrDigitTheHashIsTheName) {
  EXPECT_EQ(SafeStem(""), "frame-e3b0c442");
  EXPECT_EQ(SafeStem("\xE8\x87\xAA").substr(0, 6), "frame-");
  EXPECT_NE(SafeStem("\xE8\x87\xAA"), SafeStem("\xE7\x94\xB1"));
  EXPECT_EQ(SafeStem("_-_").substr(0, 6), "frame-");
}

TEST(SafeStemTest, LongStemsThatDifferAtTheirEndsOnlyStayApart) {
  const std::string start(300, 'a');
  EXPECT_EQ(SafeStem(start + "1").size(), 200u);
  EXPECT_NE(SafeStem(start + "1"), SafeStem(start + "2"));
}

TEST(SafeStemTest, AnythingBecomesAShortPlainStem) {
  for (const std::string& name : HostileNames()) {
    const std::string stem = SafeStem(name);
    ASSERT_TRUE(IsEntryName(stem));
    ASSERT_LE(stem.size(), 200u);
    ASSERT_EQ(
        stem.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"),
        std::string::npos);
  }
}

}  // namespace
}  // namespace annofs

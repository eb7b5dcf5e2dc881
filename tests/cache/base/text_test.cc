#include "cache/base/text.h"

#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>
#include <utility>

#include "gtest/gtest.h"

namespace annofs {
namespace {

// Left: a number; right: what CPython 3.11 prints for repr().
TEST(PythonFloatTest, PrintsAsPythonDoes) {
  const std::pair<double, const char*> known[] = {
      {0.0, "0.0"},
      {-0.0, "-0.0"},
      {1.0, "1.0"},
      {-1.5, "-1.5"},
      {0.1, "0.1"},
      {0.1 + 0.2, "0.30000000000000004"},
      {1.0 / 3, "0.3333333333333333"},
      {100.0, "100.0"},
      {123456.789, "123456.789"},
      {0.001, "0.001"},
      {0.0001, "0.0001"},
      {0.00012345, "0.00012345"},
      {0.00001, "1e-05"},
      {0.000012345, "1.2345e-05"},
      {-1e-7, "-1e-07"},
      {1e15, "1000000000000000.0"},
      {123456789012345680.0, "1.2345678901234568e+17"},
      {1234567890123456.0, "1234567890123456.0"},
      {9007199254740993.0, "9007199254740992.0"},
      {9999999999999998.0, "9999999999999998.0"},
      {1e16, "1e+16"},
      {1.5e16, "1.5e+16"},
      {1e22, "1e+22"},
      {1e100, "1e+100"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {2.2250738585072014e-308, "2.2250738585072014e-308"},
      {5e-324, "5e-324"},
      {std::numeric_limits<double>::infinity(), "inf"},
      {-std::numeric_limits<double>::infinity(), "-inf"},
      {std::nan(""), "nan"},
  };
  for (const auto& [value, text] : known) EXPECT_EQ(PythonFloat(value), text);
}

TEST(PythonFloatTest, ReadsBackAsTheSameNumber) {
  uint64_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const double value = std::ldexp(static_cast<double>(state >> 11), int(state % 200) - 150);
    EXPECT_EQ(std::stod(PythonFloat(value)), value);
    EXPECT_EQ(std::stod(ShortFloat(-value)), -value);
  }
}

TEST(ShortFloatTest, WholeNumbersHaveNoPoint) {
  EXPECT_EQ(ShortFloat(0), "0");
  EXPECT_EQ(ShortFloat(1), "1");
  EXPECT_EQ(ShortFloat(-120), "-120");
  EXPECT_EQ(ShortFloat(0.1), "0.1");
  EXPECT_EQ(ShortFloat(1e15), "1000000000000000");
  EXPECT_EQ(ShortFloat(1e16), "1e+16");
  EXPECT_EQ(ShortFloat(1e-5), "1e-05");
}

// The vectors of B2's documentation: fully encoded, minimally encoded, plain.
struct PercentVector {
  const char* fully;
  const char* minimally;
  const char* plain;
};
constexpr PercentVector kPercentVectors[] = {
    {"%20", "+", " "},
    {"%2B", "%2B", "+"},
    {"%26", "%26", "&"},
    {"%2C", "%2C", ","},
    {"%2F", "/", "/"},
    {"%5B", "%5B", "["},
    {"%5C", "%5C", "\\"},
    {"%5E", "%5E", "^"},
    {"%60", "%60", "`"},
    {"%7B", "%7B", "{"},
    {"%7C", "%7C", "|"},
    {"%7E", "~", "~"},
    {"%7F", "%7F", "\x7F"},
    {"%21", "!", "!"},
    {"%24", "$", "$"},
    {"%27", "'", "'"},
    {"%3A", ":", ":"},
    {"%3B", ";", ";"},
    {"%3D", "=", "="},
    {"%40", "@", "@"},
    {"%E8%87%AA%E7%94%B1", "%E8%87%AA%E7%94%B1", "\xE8\x87\xAA\xE7\x94\xB1"},
    {"%F0%90%90%80", "%F0%90%90%80", "\xF0\x90\x90\x80"},
};

TEST(PercentTest, DecodesTheVectorsOfB2) {
  for (const PercentVector& vector : kPercentVectors) {
    EXPECT_EQ(*PercentDecode(vector.fully), vector.plain);
    EXPECT_EQ(*PercentDecode(vector.minimally), vector.plain);
  }
}

TEST(PercentTest, EncodesMinimallyButForTheBlank) {
  for (const PercentVector& vector : kPercentVectors) {
    const absl::string_view expected =
        absl::string_view(vector.plain) == " " ? "%20" : vector.minimally;
    EXPECT_EQ(PercentEncode(vector.plain), expected);
  }
}

TEST(PercentTest, EveryByteComesBack) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  EXPECT_EQ(*PercentDecode(PercentEncode(all)), all);
}

TEST(PercentTest, LowerCaseHexIsRead) { EXPECT_EQ(*PercentDecode("%2b%2B"), "++"); }

TEST(PercentTest, ABrokenEscapeIsAnError) {
  for (const char* broken : {"%", "a%2", "%G0", "%0G", "%%20", "%-1"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(PercentDecode(broken).status())) << broken;
  }
}

TEST(SizeTest, Parses) {
  EXPECT_EQ(*ParseSize("0"), 0u);
  EXPECT_EQ(*ParseSize("1536"), 1536u);
  EXPECT_EQ(*ParseSize("64K"), 65536u);
  EXPECT_EQ(*ParseSize("1.5G"), 1610612736u);
  EXPECT_EQ(*ParseSize("2GiB"), 2147483648u);
  EXPECT_EQ(*ParseSize("3m"), 3145728u);
  EXPECT_EQ(*ParseSize("1T"), 1099511627776u);
  EXPECT_EQ(*ParseSize("0.3K"), 307u);
  EXPECT_EQ(*ParseSize("18446744073709551615"), std::numeric_limits<uint64_t>::max());
}

TEST(SizeTest, RefusesWhatIsNoSize) {
  for (const char* bad :
       {"", "K", ".5K", "1.K", "-1", "+1", " 1", "1 K", "1KB", "1P", "1e3", "0x10", "1.2.3", "nan",
        "inf", "18446744073709551616", "16777216T", "1Ki"}) {
    const auto size = ParseSize(bad);
    ASSERT_TRUE(absl::IsInvalidArgument(size.status())) << bad;
    EXPECT_NE(size.status().message().find("64K"), absl::string_view::npos) << "names the forms";
  }
}

TEST(SizeTest, IsPrintedForPeople) {
  EXPECT_EQ(HumanSize(0), "0 B");
  EXPECT_EQ(HumanSize(1023), "1023 B");
  EXPECT_EQ(HumanSize(1024), "1 KiB");
  EXPECT_EQ(HumanSize(1536), "1.5 KiB");
  EXPECT_EQ(HumanSize(1610612736), "1.5 GiB");
  EXPECT_EQ(HumanSize((1 << 20) - 1), "1 MiB");
  EXPECT_EQ(HumanSize(uint64_t{5} << 50), "5120 TiB");
}

TEST(TsvTest, AFieldNeverBreaksItsLine) {
  EXPECT_EQ(TsvEscape("a\tb\nc\rd\\e"), "a\\tb\\nc\\rd\\\\e");
  EXPECT_EQ(TsvEscape(absl::string_view("\0\x1B\x7F", 3)), "\\x00\\x1b\\x7f");
  EXPECT_EQ(TsvEscape("caf\xC3\xA9 1"), "caf\xC3\xA9 1");
}

TEST(TextTest, AnEscapedFieldReadsBackAsTheSameText) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  EXPECT_EQ(*TsvUnescape(TsvEscape(all)), all);
  EXPECT_EQ(*TsvUnescape("a\\nb"), "a\nb");
  for (absl::string_view wrong : {"a\\", "\\q", "\\x1", "\\xg0", "\\x"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(TsvUnescape(wrong).status())) << wrong;
  }
}

TEST(PathTest, Extension) {
  EXPECT_EQ(Extension("a/b.tar.gz"), ".gz");
  EXPECT_EQ(Extension("a.d/b"), "");
  EXPECT_EQ(Extension("a"), "");
  EXPECT_EQ(Extension(""), "");
  EXPECT_EQ(Extension(".hidden"), "");
  EXPECT_EQ(Extension("..a"), "");
  EXPECT_EQ(Extension(".hidden.txt"), ".txt");
  EXPECT_EQ(Extension("a."), ".");
  EXPECT_EQ(Extension(".."), "");
}

TEST(PathTest, DirectoryAndName) {
  EXPECT_EQ(DirName("a/b.jpg"), "a");
  EXPECT_EQ(DirName("a/b/c"), "a/b");
  EXPECT_EQ(DirName("b.jpg"), "");
  EXPECT_EQ(DirName("a/"), "a");
  EXPECT_EQ(BaseName("a/b.jpg"), "b.jpg");
  EXPECT_EQ(BaseName("b.jpg"), "b.jpg");
  EXPECT_EQ(BaseName("a/"), "");
}

TEST(PathTest, Join) {
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("a/", "b"), "a/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
  EXPECT_EQ(JoinPath("a", ""), "a");
  EXPECT_EQ(JoinPath("/", "b"), "/b");
}

TEST(AppendFixedTest, RoundsAsPrintfDoes) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    // Also halves, which are exact: they are rounded to even.
    const double value = i % 4 == 0   ? double(random() % 2'000'001) / 1'000'000 - 1
                         : i % 4 == 1 ? (double(random() % 2001) - 1000) / 64
                         : i % 4 == 2 ? std::ldexp(double(random()), -int(random() % 200))
                                      : std::bit_cast<double>(random());
    const int decimals = int(random() % 12);
    std::string text;
    AppendFixed(value, decimals, &text);
    char expected[400];
    snprintf(expected, sizeof expected, "%.*f", decimals, value);
    ASSERT_EQ(text, std::isfinite(value) ? expected : "");
  }
}

TEST(AppendFixedTest, KeepsTheSignOfWhatRoundsToNothing) {
  std::string text;
  for (double value : {-0.0, -1e-300, 0.0}) {
    AppendFixed(value, 6, &text);
    text += ' ';
  }
  EXPECT_EQ(text, "-0.000000 -0.000000 0.000000 ");
}

}  // namespace
}  // namespace annofs

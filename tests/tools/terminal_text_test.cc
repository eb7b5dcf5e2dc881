#include "tools/terminal_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr Screen kUtf8{.width = 80, .is_utf8 = true};
constexpr Screen kAscii{.width = 80, .is_utf8 = false};

TEST(TerminalTextTest, CommandsOfTheTerminalAndTurningMarksAreReplaced) {
  EXPECT_EQ(Printable("a\x1b[31mb\r\n\tc\x7f", kUtf8), "a\uFFFD[31mb\uFFFD\uFFFD\uFFFDc\uFFFD");
  EXPECT_EQ(Printable("a\u202Eb\u2067c\u009Bd", kUtf8), "a\uFFFDb\uFFFDc\uFFFDd");
  EXPECT_EQ(Printable("a\xff\xc3", kUtf8), "a\uFFFD\uFFFD");
  EXPECT_EQ(Printable("größe שלום 犬", kUtf8), "größe שלום 犬");
}

TEST(TerminalTextTest, AsciiScreensGetAsciiOnly) {
  EXPECT_EQ(Printable("ä 32²–64² ≥1 犬", kAscii), "? 32^2-64^2 >=1 ?");
  EXPECT_EQ(BarOf(0.5, 10, kAscii), "#####");
  EXPECT_EQ(ShadeOf(1, kAscii), "#");
}

TEST(TerminalTextTest, WideCharactersTakeTwoColumnsAndMarksNone) {
  EXPECT_EQ(ColumnsOf("犬"), 2u);
  EXPECT_EQ(ColumnsOf("e\u0301"), 1u);
  EXPECT_EQ(ColumnsOf("\U0001F600"), 2u);
  EXPECT_EQ(Fitted("犬犬犬", 5), "犬犬…");
  EXPECT_EQ(Fitted("犬犬犬", 4), "犬… ");
  EXPECT_EQ(Fitted("abc", 5), "abc  ");
  EXPECT_EQ(Fitted("abcdef", 4), "abc~");
  EXPECT_EQ(RightAligned("犬", 4), "  犬");
}

TEST(TerminalTextTest, ABarOfSomethingIsNeverEmpty) {
  EXPECT_EQ(BarOf(0, 10, kUtf8), "");
  EXPECT_EQ(BarOf(1e-9, 10, kUtf8), "▏");
  EXPECT_EQ(BarOf(1e-9, 10, kAscii), "#");
  EXPECT_EQ(BarOf(1, 3, kUtf8), "███");
  EXPECT_EQ(BarOf(0.5, 3, kUtf8), "█▌");
  EXPECT_EQ(BarOf(7, 3, kUtf8), "███");
  EXPECT_EQ(ShadeOf(0, kUtf8), " ");
  EXPECT_EQ(ShadeOf(0.01, kUtf8), "░");
}

// Sets a variable for one test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    const char* before = std::getenv(name);
    if (before != nullptr) before_ = before, was_set_ = true;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  ~Variable() { was_set_ ? setenv(name_, before_.c_str(), 1) : unsetenv(name_); }

 private:
  const char* name_;
  std::string before_;
  bool was_set_ = false;
};

TEST(TerminalTextTest, TheScreenIsThatOfTheEnvironment) {
  std::ostringstream out;
  {
    Variable all("LC_ALL", "C"), language("LANG", "de_DE.UTF-8"), columns("COLUMNS", "132");
    EXPECT_FALSE(ScreenOf(out).is_utf8) << "LC_ALL counts before LANG";
    EXPECT_EQ(ScreenOf(out).width, 132u);
  }
  {
    Variable all("LC_ALL", nullptr), type("LC_CTYPE", "C.utf8"), columns("COLUMNS", nullptr);
    EXPECT_TRUE(ScreenOf(out).is_utf8);
    EXPECT_EQ(ScreenOf(out).width, 80u);
  }
  {
    Variable columns("COLUMNS", "3");
    EXPECT_EQ(ScreenOf(out).width, 40u) << "narrower ones are not laid out for";
  }
}

}  // namespace
}  // namespace annofs

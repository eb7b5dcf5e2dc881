#include "tools/terminal_text.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <uniwidth.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/utf8.h"

namespace annofs {
namespace {

constexpr size_t kLeast = 40, kMost = 500;  // columns that a text is laid out for

// The character of well-formed UTF-8.
uint32_t CodeOf(absl::string_view bytes) {
  const auto byte = [&](size_t i) { return uint32_t(uint8_t(bytes[i])); };
  switch (bytes.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    case 3:
      return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    default:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 |
             (byte(3) & 0x3f);
  }
}

// Marks that turn the direction of what follows, also beyond the name that they are in; ends of
// lines; a terminal's own commands.
bool IsHarmful(uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e ||
         code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

// What this program's own texts use beyond ASCII.
absl::string_view AsciiFor(absl::string_view character) {
  if (character == "–") return "-";
  if (character == "≥") return ">=";
  if (character == "²") return "^2";
  if (character == "×") return "x";
  if (character == "…") return "~";
  if (character == "·") return "-";
  return "?";
}

bool NamesUtf8(const char* variable, bool& is_set) {
  const char* value = std::getenv(variable);
  is_set = value != nullptr && *value != '\0';
  if (!is_set) return false;
  const std::string lower = absl::AsciiStrToLower(value);
  return absl::StrContains(lower, "utf-8") || absl::StrContains(lower, "utf8");
}

bool IsUtf8Locale() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    bool is_set = false;
    const bool is_utf8 = NamesUtf8(variable, is_set);
    if (is_set) return is_utf8;
  }
  return false;
}

size_t TerminalWidth(const std::ostream& out) {
  winsize size = {};
  if (&out == &std::cout && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  const char* columns = std::getenv("COLUMNS");
  uint32_t number = 0;
  if (columns != nullptr && absl::SimpleAtoi(columns, &number) && number > 0) return number;
  return Screen().width;
}

int WidthOf(absl::string_view character) {
  return std::max(uc_width(CodeOf(character), "UTF-8"), 0);
}

// The characters that fit.
absl::string_view Start(absl::string_view text, size_t columns) {
  size_t bytes = 0, used = 0;
  while (bytes < text.size()) {
    const size_t size = std::max<size_t>(Utf8CharacterSize(text.substr(bytes)), 1);
    used += size_t(WidthOf(text.substr(bytes, size)));
    if (used > columns) break;
    bytes += size;
  }
  return text.substr(0, bytes);
}

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isascii(c); });
}

}  // namespace

Screen ScreenOf(const std::ostream& out) {
  return {.width = std::clamp(TerminalWidth(out), kLeast, kMost), .is_utf8 = IsUtf8Locale()};
}

std::string Printable(absl::string_view text, const Screen& screen) {
  const absl::string_view unknown = screen.is_utf8 ? "\uFFFD" : "?";
  std::string printable;
  while (!text.empty()) {
    const size_t size = Utf8CharacterSize(text);
    const absl::string_view character = text.substr(0, std::max<size_t>(size, 1));
    text.remove_prefix(character.size());
    if (size == 0 || IsHarmful(CodeOf(character))) {
      absl::StrAppend(&printable, unknown);
    } else if (size > 1 && !screen.is_utf8) {
      absl::StrAppend(&printable, AsciiFor(character));
    } else {
      absl::StrAppend(&printable, character);
    }
  }
  return printable;
}

size_t ColumnsOf(absl::string_view printable) {
  size_t columns = 0;
  while (!printable.empty()) {
    const size_t size = std::max<size_t>(Utf8CharacterSize(printable), 1);
    columns += size_t(WidthOf(printable.substr(0, size)));
    printable.remove_prefix(size);
  }
  return columns;
}

std::string Fitted(absl::string_view printable, size_t columns) {
  std::string text(printable);
  if (ColumnsOf(printable) > columns && columns > 0) {
    text = absl::StrCat(Start(printable, columns - 1), IsAscii(printable) ? "~" : "…");
  }
  return text + std::string(columns - std::min(columns, ColumnsOf(text)), ' ');
}

std::string RightAligned(absl::string_view printable, size_t columns) {
  return absl::StrCat(std::string(columns - std::min(columns, ColumnsOf(printable)), ' '),
                      printable);
}

std::string BarOf(double share, size_t columns, const Screen& screen) {
  share = std::clamp(share, 0.0, 1.0);
  if (!screen.is_utf8) {
    const size_t whole = size_t(std::lround(share * double(columns)));
    return std::string(share > 0 ? std::max<size_t>(whole, 1) : 0, '#');
  }
  static constexpr absl::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  size_t eighths = size_t(std::lround(share * double(columns) * 8));
  if (share > 0) eighths = std::max<size_t>(eighths, 1);
  std::string bar;
  for (size_t i = 0; i < eighths / 8; ++i) absl::StrAppend(&bar, "█");
  absl::StrAppend(&bar, kEighths[eighths % 8]);
  return bar;
}

std::string ShadeOf(double share, const Screen& screen) {
  static constexpr absl::string_view kShades[] = {" ", "░", "▒", "▓", "█"};
  static constexpr absl::string_view kAscii[] = {" ", ".", ":", "*", "#"};
  const int step = share <= 0 ? 0 : std::clamp(int(std::ceil(share * 4)), 1, 4);
  return std::string(screen.is_utf8 ? kShades[step] : kAscii[step]);
}

}  // namespace annofs

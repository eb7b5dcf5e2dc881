// Text for a terminal of any width and character set: hostile names, columns, bars. Pure but for
// ScreenOf().
#pragma once

#include <iosfwd>
#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

struct Screen {
  size_t width = 80;  // columns
  bool is_utf8 = true;
};

// Of what is written to `out`: the terminal's width where it is one, else of $COLUMNS, else 80; the
// character set of the locale (LC_ALL, LC_CTYPE, LANG).
Screen ScreenOf(const std::ostream& out);

// A name as it can be shown in a line: control characters, and those that turn the direction of
// writing, are replaced; so is what is no UTF-8, and where the screen has only ASCII, all others.
std::string Printable(absl::string_view text, const Screen& screen);

// Columns that a printable text takes: two for wide characters, none for marks over others.
size_t ColumnsOf(absl::string_view printable);

// Cut or filled up with spaces to so many columns; cut ones end in "…" ("~").
std::string Fitted(absl::string_view printable, size_t columns);
std::string RightAligned(absl::string_view printable, size_t columns);

// A bar of `share` (0 to 1) of so many columns, in eighths of one; of something, at least an
// eighth. ASCII: whole columns of '#'.
std::string BarOf(double share, size_t columns, const Screen& screen);

// One of five shades, for 0 to 1; nothing is a space, anything more is not.
std::string ShadeOf(double share, const Screen& screen);

}  // namespace annofs

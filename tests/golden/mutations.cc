#include "tests/golden/mutations.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/golden/encode_pixels.h"
#include "tests/golden/pixels.h"

namespace annofs::testing {
namespace {

using Changed = std::optional<std::string>;

Changed Replaced(absl::string_view file, size_t at, size_t length, absl::string_view with) {
  return absl::StrCat(file.substr(0, at), with, file.substr(at + length));
}

Changed WithFirstReplaced(absl::string_view file, absl::string_view what, absl::string_view with) {
  const size_t at = file.find(what);
  if (at == absl::string_view::npos) return std::nullopt;
  return Replaced(file, at, what.size(), with);
}

// Where the last number begins: the last ones of a file are seldom those of its head.
size_t LastNumber(absl::string_view file) {
  auto is_digit = [&](size_t i) { return absl::ascii_isdigit(uint8_t(file[i])); };
  for (size_t i = file.size(); i-- > 0;) {
    if (is_digit(i) && (i == 0 || (!is_digit(i - 1) && file[i - 1] != '.'))) return i;
  }
  return absl::string_view::npos;
}

Changed OneDigit(absl::string_view file) {
  const size_t at = LastNumber(file);
  if (at == absl::string_view::npos) return std::nullopt;
  return Replaced(file, at, 1, file[at] == '9' ? "8" : std::string(1, char(file[at] + 1)));
}

Changed OneLetter(absl::string_view file) {
  const auto found = std::find_if(file.rbegin(), file.rend(), absl::ascii_isalpha);
  if (found == file.rend()) return std::nullopt;
  return Replaced(file, size_t(file.rend() - found) - 1, 1, *found == 'q' ? "r" : "q");
}

Changed OneLineLess(absl::string_view file) {
  const size_t end = file.find('\n');
  if (end == absl::string_view::npos) return std::nullopt;
  return std::string(file.substr(end + 1));
}

Changed OneLineTwice(absl::string_view file) {
  const size_t end = file.find('\n');
  if (end == absl::string_view::npos) return std::nullopt;
  return absl::StrCat(file.substr(0, end + 1), file);
}

Changed TwoLinesSwapped(absl::string_view file) {
  std::vector<absl::string_view> lines = absl::StrSplit(file, '\n');
  for (size_t i = 0; i + 2 < lines.size(); ++i) {
    if (lines[i] == lines[i + 1]) continue;
    std::swap(lines[i], lines[i + 1]);
    return absl::StrJoin(lines, "\n");
  }
  return std::nullopt;
}

Changed NoLastByte(absl::string_view file) {
  if (file.empty()) return std::nullopt;
  return std::string(file.substr(0, file.size() - 1));
}

// Blanks at the end of a document say nothing.
Changed CutShort(absl::string_view file) {
  return NoLastByte(absl::StripTrailingAsciiWhitespace(file));
}

Changed OneSpaceMore(absl::string_view file) { return absl::StrCat(file, " "); }

Changed OtherLineEnds(absl::string_view file) {
  const size_t end = file.rfind('\n');
  if (end == absl::string_view::npos) return std::nullopt;
  const bool has_return = end > 0 && file[end - 1] == '\r';
  return has_return ? Replaced(file, end - 1, 1, "") : Replaced(file, end, 0, "\r");
}

// JSON -----------------------------------------------------------------------------------------

// `true` becomes `false`, or the other way round.
Changed OneBool(absl::string_view file) {
  if (Changed changed = WithFirstReplaced(file, "true", "false")) return changed;
  return WithFirstReplaced(file, "false", "true");
}

Changed BoolToNumber(absl::string_view file) { return WithFirstReplaced(file, "false", "0"); }

// A float becomes the whole number of the same value.
Changed FloatToWhole(absl::string_view file) {
  for (size_t at = file.find(".0"); at != absl::string_view::npos; at = file.find(".0", at + 1)) {
    const bool is_end = at + 2 < file.size() && absl::StrContains(",]} \n", file.substr(at + 2, 1));
    const bool is_in_number = at > 0 && absl::ascii_isdigit(uint8_t(file[at - 1]));
    if (is_end && is_in_number) return Replaced(file, at, 2, "");
  }
  return std::nullopt;
}

// One bit of the last place of a float with many digits.
Changed LastDigitOfFloat(absl::string_view file) {
  for (size_t at = file.find('.'); at != absl::string_view::npos; at = file.find('.', at + 1)) {
    size_t end = at + 1;
    while (end < file.size() && absl::ascii_isdigit(uint8_t(file[end]))) ++end;
    // Four decimals at most: in a double those differ for sure.
    if (end == at + 1 || end > at + 5 || !absl::ascii_isdigit(uint8_t(file[at - 1]))) continue;
    return Replaced(file, end - 1, 1, file[end - 1] == '9' ? "8" : "9");
  }
  return std::nullopt;
}

Changed OneMemberRenamed(absl::string_view file) {
  const size_t colon = file.rfind("\":");
  if (colon == absl::string_view::npos) return std::nullopt;
  return Replaced(file, colon, 0, "x");
}

Changed OneMemberMore(absl::string_view file) {
  const size_t colon = file.rfind("\":");
  if (colon == absl::string_view::npos) return std::nullopt;
  const size_t name = file.rfind('"', colon - 1);
  return Replaced(file, name, 0, "\"one more\": null, ");
}

Changed OneElementMore(absl::string_view file) {
  const size_t end = file.rfind(']');
  if (end == absl::string_view::npos) return std::nullopt;
  const size_t last = absl::StripTrailingAsciiWhitespace(file.substr(0, end)).size();
  return Replaced(file, end, 0, file[last - 1] == '[' ? "7" : ", 7");
}

// XML ------------------------------------------------------------------------------------------

Changed OneElementLess(absl::string_view file) {
  const size_t end = file.rfind("</", file.rfind("</") - 1);
  if (end == absl::string_view::npos) return std::nullopt;
  const size_t close = file.find('>', end);
  const std::string name(file.substr(end + 2, close - end - 2));
  const size_t begin = std::max(file.rfind(absl::StrCat("<", name, ">"), end) + 1,
                                file.rfind(absl::StrCat("<", name, " "), end) + 1);
  if (begin == 0) return std::nullopt;
  return Replaced(file, begin - 1, close + 2 - begin, "");
}

Changed OneXmlElementMore(absl::string_view file) {
  const size_t end = file.rfind("</");
  if (end == absl::string_view::npos) return std::nullopt;
  return Replaced(file, end, 0, "<more></more>");
}

Changed OneXmlElementRenamed(absl::string_view file) {
  const size_t end = file.rfind("</");
  if (end == absl::string_view::npos) return std::nullopt;
  const std::string name(file.substr(end + 2, file.find('>', end) - end - 2));
  std::string changed = *Replaced(file, end + 2, name.size(), "other");
  return WithFirstReplaced(changed, absl::StrCat("<", name), "<other");
}

Changed OneXmlAttributeLess(absl::string_view file) {
  const size_t equals = file.rfind("=\"");
  if (equals == absl::string_view::npos || file.substr(0, equals).rfind('<') == 0) {
    return std::nullopt;
  }
  const size_t begin = file.rfind(' ', equals), end = file.find('"', equals + 2);
  if (begin == absl::string_view::npos) return std::nullopt;
  return Replaced(file, begin, end + 1 - begin, "");
}

Changed OneXmlAttributeMore(absl::string_view file) {
  const size_t equals = file.rfind("=\"");
  if (equals == absl::string_view::npos) return std::nullopt;
  return Replaced(file, file.rfind(' ', equals), 0, " more=\"1\"");
}

// Pixels ---------------------------------------------------------------------------------------

template <typename Fn>
Changed WithPixels(absl::string_view file, Fn fn) {
  absl::StatusOr<Pixels> pixels = DecodePng(file);
  if (!pixels.ok() || !fn(*pixels)) return std::nullopt;
  return EncodePng(*pixels);
}

Changed OnePixel(absl::string_view file) {
  return WithPixels(file, [](Pixels& p) { return p.bytes[p.bytes.size() / 2] ^= 1, true; });
}

Changed LastPixel(absl::string_view file) {
  return WithPixels(file, [](Pixels& p) { return p.bytes.back() ^= char(0x80), true; });
}

Changed OneRowLess(absl::string_view file) {
  return WithPixels(file, [](Pixels& p) {
    p.bytes.resize(p.bytes.size() - p.bytes.size() / p.height);
    return --p.height > 0;
  });
}

// The same values in twice as many bits, or in half.
Changed OtherBits(absl::string_view file) {
  return WithPixels(file, [](Pixels& p) {
    if (p.bits != 8 && p.bits != 16) return false;
    std::string bytes;
    for (size_t i = 0; i < p.bytes.size(); ++i) {
      if (p.bits == 8) bytes.push_back(0);
      if (p.bits == 8 || i % 2 == 1) bytes.push_back(p.bytes[i]);
    }
    p.bytes = bytes;
    p.bits = 24 - p.bits;
    return true;
  });
}

// Gray becomes red, green, blue of the same value; colors get an opaque channel or lose theirs.
Changed OtherChannels(absl::string_view file) {
  return WithPixels(file, [](Pixels& p) {
    const size_t width = size_t(p.bits) / 8, unit = width * size_t(p.channels);
    if (p.bits < 8) return false;
    std::string bytes;
    for (size_t i = 0; i < p.bytes.size(); i += unit) {
      const std::string pixel = p.bytes.substr(i, unit);
      if (p.channels == 1) absl::StrAppend(&bytes, pixel, pixel, pixel);
      if (p.channels == 3) absl::StrAppend(&bytes, pixel, std::string(width, char(0xff)));
      if (p.channels == 4) bytes.append(pixel, 0, 3 * width);
    }
    p.bytes = bytes;
    p.channels = p.channels == 3 ? 4 : 3;
    p.color_type = p.channels == 3 ? 2 : 6;
    return true;
  });
}

}  // namespace

std::vector<Mutation> MutationsOf(absl::string_view extension) {
  const bool is_document = extension == ".json" || extension == ".xml";
  std::vector<Mutation> all = {{"a byte less", is_document ? CutShort : NoLastByte}};
  auto add = [&](std::vector<Mutation> more) { all.insert(all.end(), more.begin(), more.end()); };
  if (extension == ".png") {
    add({{"a pixel", OnePixel},
         {"the last pixel", LastPixel},
         {"a row less", OneRowLess},
         {"other bits", OtherBits},
         {"other channels", OtherChannels}});
    return all;
  }
  if (extension == ".json") {
    add({{"a digit", OneDigit},
         {"a truth", OneBool},
         {"a number for a truth", BoolToNumber},
         {"a whole number for a float", FloatToWhole},
         {"the last digit of a float", LastDigitOfFloat},
         {"a member renamed", OneMemberRenamed},
         {"a member more", OneMemberMore},
         {"an element more", OneElementMore}});
    return all;
  }
  if (extension == ".xml") {
    add({{"a digit", OneDigit},
         {"an element less", OneElementLess},
         {"an element more", OneXmlElementMore},
         {"an element renamed", OneXmlElementRenamed},
         {"an attribute less", OneXmlAttributeLess},
         {"an attribute more", OneXmlAttributeMore}});
    return all;
  }
  add({{"a digit", OneDigit},
       {"a letter", OneLetter},
       {"a line less", OneLineLess},
       {"a line twice", OneLineTwice},
       {"two lines swapped", TwoLinesSwapped},
       {"a space more", OneSpaceMore},
       {"other ends of lines", OtherLineEnds}});
  return all;
}

}  // namespace annofs::testing

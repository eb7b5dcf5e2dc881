#include "tools/stats_page_html.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "cache/base/utf8.h"
#include "tools/people.h"
#include "tools/terminal_text.h"

namespace annofs {
namespace {

std::string Markup(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string Swatch(size_t part) {
  return absl::StrCat("<svg aria-hidden=\"true\"><rect class=\"f", part % 8,
                      "\" width=\"100%\" height=\"100%\"/></svg>");
}

std::string Legend(const Chart& chart) {
  if (chart.stack.size() < 2) return "";
  std::string html = "<ul class=\"legend\">";
  for (size_t i = 0; i < chart.stack.size(); ++i) {
    absl::StrAppend(&html, "<li>", Swatch(i), Name(chart.stack[i]), "</li>");
  }
  return html + "</ul>\n";
}

// The rectangles of one bar; widths are percents of the longest one's.
std::string Rectangles(const Chart& chart, const ChartBar& bar) {
  const double scale = 100.0 / double(chart.full());
  if (chart.stack.size() < 2 || bar.stack.empty()) {
    return absl::StrFormat("<rect class=\"f0\" width=\"%.2f%%\" height=\"100%%\"/>",
                           double(bar.count) * scale);
  }
  // A frame may be in two parts, so that these add up to more.
  double sum = 0;
  for (uint64_t part : bar.stack) sum += double(part);
  if (sum > 0) sum = std::max(sum, double(bar.count)) / double(bar.count);
  std::string html;
  double x = 0;
  for (size_t i = 0; i < bar.stack.size(); ++i) {
    if (bar.stack[i] == 0) continue;
    const double width = double(bar.stack[i]) * scale / sum;
    absl::StrAppendFormat(&html,
                          "<rect class=\"f%d\" x=\"%.2f%%\" width=\"%.2f%%\" height=\"100%%\">"
                          "<title>%s: %s</title></rect>",
                          int(i % 8), x, width, Escaped(chart.stack[i]), Grouped(bar.stack[i]));
    x += width;
  }
  return html;
}

std::string BarTable(const Chart& chart, bool has_details) {
  std::string html = "<table class=\"bars\">";
  for (const ChartBar& bar : chart.bars) {
    absl::StrAppend(&html, "<tr><th scope=\"row\" title=\"", Escaped(bar.label), "\">",
                    Name(bar.label), "</th><td><svg aria-hidden=\"true\">", Rectangles(chart, bar),
                    "</svg></td><td class=\"n\">", Grouped(bar.count), "</td><td class=\"p\">",
                    Percent(bar.count, chart.all()), "</td>");
    if (has_details) absl::StrAppend(&html, "<td class=\"d\">", Escaped(bar.detail), "</td>");
    absl::StrAppend(&html, "</tr>\n");
  }
  return html + "</table>\n";
}

size_t LongestLabel(const Chart& chart) {
  size_t longest = 0;
  for (const ChartBar& bar : chart.bars) longest = std::max(longest, ColumnsOf(bar.label));
  return longest;
}

// Columns with their numbers above and their bins, below.
std::string HistogramSvg(const Chart& chart) {
  constexpr double kWidth = 360, kTop = 16, kHeight = 120;
  // Long labels are aslant: they need room below, and to the left of the first.
  const double label = 3.6 * double(LongestLabel(chart));
  const bool is_aslant = LongestLabel(chart) > 3;
  const double left = is_aslant ? 6 + label : 4, bottom = is_aslant ? 18 + label : 22;
  const double step = (kWidth - left) / double(chart.bars.size());
  const double base = kTop + kHeight;
  std::string html = absl::StrFormat(
      "<svg class=\"histogram\" viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"%s\">\n", kWidth,
      base + bottom, Escaped(chart.title));
  // Few columns would be as wide as walls.
  const double width = std::min(step - 2, 34.0);
  for (size_t i = 0; i < chart.bars.size(); ++i) {
    const ChartBar& bar = chart.bars[i];
    const double height = kHeight * double(bar.count) / double(chart.most());
    const double centre = left + step * (double(i) + 0.5);
    absl::StrAppendFormat(
        &html,
        "<rect class=\"f0\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"1.5\">",
        centre - width / 2, base - height, width, height);
    absl::StrAppend(&html, "<title>", Escaped(bar.label), ": ", Grouped(bar.count), " ",
                    Escaped(chart.unit), "</title></rect>");
    if (bar.count != 0 && step >= 17) {
      absl::StrAppendFormat(&html,
                            "<text class=\"v\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s"
                            "</text>",
                            centre, base - height - 4, ShortNumber(bar.count));
    }
    if (is_aslant) {
      absl::StrAppendFormat(
          &html, "<text transform=\"translate(%.1f %.1f) rotate(-42)\" text-anchor=\"end\">",
          centre + 3, base + 13);
    } else {
      absl::StrAppendFormat(&html, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", centre,
                            base + 14);
    }
    absl::StrAppend(&html, Escaped(bar.label), "</text>\n");
  }
  absl::StrAppendFormat(&html, "<line x1=\"%g\" x2=\"%g\" y1=\"%g\" y2=\"%g\"/></svg>\n", left - 4,
                        kWidth, base + 0.5, base + 0.5);
  return html;
}

std::string Card(const Chart& chart, absl::string_view classes, bool has_details) {
  if (chart.empty()) return "";
  std::string html =
      absl::StrCat("<section class=\"", classes, "\"><h3>", Name(chart.title), " <small>",
                   Escaped(chart.unit), "</small></h3>\n", Legend(chart));
  absl::StrAppend(&html, chart.kind == Chart::Kind::kHistogram ? HistogramSvg(chart)
                                                               : BarTable(chart, has_details));
  if (!chart.note.empty())
    absl::StrAppend(&html, "<p class=\"note\">", EscapedWhole(chart.note), "</p>");
  return html + "</section>\n";
}

}  // namespace

std::string EscapedWhole(absl::string_view text) { return Markup(Printable(text, {})); }

std::string Escaped(absl::string_view text) {
  const absl::string_view start = text.substr(0, kMaxPageText);
  if (start.size() == text.size()) return EscapedWhole(text);
  // A character that is cut in two at the end is left out.
  size_t end = start.size();
  while (end > 0 && start.size() - end < 3 && (uint8_t(text[end]) & 0xc0) == 0x80) --end;
  return EscapedWhole(start.substr(0, end)) + "…";
}

std::string Name(absl::string_view text) { return absl::StrCat("<bdi>", Escaped(text), "</bdi>"); }

std::string ChartCard(const Chart& chart) { return Card(chart, "card", false); }
std::string WideChartCard(const Chart& chart) { return Card(chart, "card wide", true); }

std::string HeatMap(const CentreGrid& centres, absl::string_view what) {
  constexpr int kCells = CentreGrid::kCells;
  const uint64_t most = centres.Most();
  std::string html =
      absl::StrFormat("<svg class=\"heat\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
                      kCells * 4, kCells * 3, Escaped(what));
  for (int i = 0; i < kCells * kCells && most != 0; ++i) {
    const uint64_t count = centres.counts[size_t(i)];
    if (count == 0) continue;
    // Few are seen, too.
    const double shade = std::sqrt(double(count) / double(most));
    absl::StrAppendFormat(&html,
                          "<rect x=\"%d\" y=\"%d\" width=\"4\" height=\"3\" fill-opacity=\"%.2f\">"
                          "<title>%s</title></rect>",
                          i % kCells * 4, i / kCells * 3, std::max(shade, 0.06), Grouped(count));
  }
  return html + "</svg>\n";
}

std::string ShortNumber(uint64_t number) {
  if (number < 1000) return absl::StrCat(number);
  static constexpr absl::string_view kUnits[] = {"k", "M", "G", "T", "P", "E"};
  double value = double(number);
  size_t unit = 0;
  for (value /= 1000; value >= 999.5 && unit + 1 < std::size(kUnits); value /= 1000) ++unit;
  return absl::StrFormat("%.*f%s", value < 9.95 ? 1 : 0, value, kUnits[unit]);
}

}  // namespace annofs

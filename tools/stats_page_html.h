// Pieces of a page: texts that are safe whatever they hold, and charts as tables and inline SVG.
// Pure. Everything answers HTML.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "formats/quality/stats_boxes.h"
#include "tools/stats_charts.h"

namespace annofs {

// As the text of an element, or the value of an attribute in quotes: the five characters of the
// markup escaped; control characters, marks that turn the direction of writing, and what is no
// UTF-8 replaced by U+FFFD; at most kMaxPageText bytes of it, "…" behind them where it is longer.
inline constexpr size_t kMaxPageText = 160;
std::string Escaped(absl::string_view text);
// As the text of an element whose direction does not change that of others.
std::string Name(absl::string_view text);
// The whole of a text of this program's own.
std::string EscapedWhole(absl::string_view text);

// A card with a heading and the chart; "" of an empty one.
std::string ChartCard(const Chart& chart);
// The same over the whole width, with what else there is to say of each bar.
std::string WideChartCard(const Chart& chart);

// The grid as a picture, for people who do not see it with `what` as its name.
std::string HeatMap(const CentreGrid& centres, absl::string_view what);

// "12.3k".
std::string ShortNumber(uint64_t number);

}  // namespace annofs

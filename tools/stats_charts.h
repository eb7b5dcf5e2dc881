// The numbers of `annofs stats` as charts: what the text and the page have in common. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/quality/stats.h"

namespace annofs {

struct ChartBar {
  std::string label;
  uint64_t count = 0;
  std::vector<uint64_t> stack;  // parts of it, one for each Chart::stack; may be empty
  std::string detail;           // what else there is to say of it
};

struct Chart {
  enum class Kind {
    kBars,      // things that have names
    kHistogram  // neighbouring bins
  } kind = Kind::kBars;
  std::string title;
  std::string unit;  // of what is counted: "annotations"
  std::vector<ChartBar> bars;
  std::vector<std::string> stack;  // names of the parts of bars
  uint64_t whole = 0;              // what shares are of, where that is not the sum of the bars
  std::string note;                // below it

  bool empty() const;  // nothing is counted
  uint64_t most() const;
  uint64_t all() const;   // the whole
  uint64_t full() const;  // that the longest bar there could be stands for
};

// Labels of bins, one more than edges.
std::vector<std::string> SideLabels();
std::vector<std::string> AreaLabels();
std::vector<std::string> ShareLabels();
std::vector<std::string> AspectLabels();

// "12.5 %" of `whole`; "" of nothing.
std::string Percent(uint64_t part, uint64_t whole);

// By annotations, the most frequent `most` ones; parts of skeletons are left out. The note says how
// many are not shown.
Chart ClassChart(const DatasetStats& stats, size_t most);
Chart TypeChart(const DatasetStats& stats);
Chart PartChart(const DatasetStats& stats);
Chart SubsetChart(const DatasetStats& stats);
Chart JobChart(const DatasetStats& stats);
Chart SourceChart(const DatasetStats& stats);
Chart FlagChart(const DatasetStats& stats);
Chart ImageSizeChart(const DatasetStats& stats);
Chart ObjectsChart(const DatasetStats& stats);
Chart TrackChart(const DatasetStats& stats);
// Width, height, area; the same relative to the frame; aspect; COCO's sizes.
std::vector<Chart> BoxCharts(const BoxStats& boxes);
// One for each attribute of each class, of at most `most` of them. `left_out`: how many are not.
std::vector<Chart> AttributeCharts(const DatasetStats& stats, size_t most, size_t& left_out);

// How many values of an attribute are shown.
inline constexpr size_t kShownValues = 20;

}  // namespace annofs

#include "tools/stats_charts.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/people.h"

namespace annofs {
namespace {

constexpr size_t kShownGroups = 20;
constexpr size_t kShownSizes = 10;
constexpr uint64_t kMostSingleBins = 24;
constexpr char kNone[] = "(none)";  // an empty text

std::string OrNone(const std::string& text) { return text.empty() ? kNone : text; }

// Of hostile boxes it has hundreds of digits.
std::string Mean(double mean) {
  return std::abs(mean) < 1e6 ? absl::StrFormat("%.1f", mean) : absl::StrFormat("%.3g", mean);
}

// "below the first", "from one to the next", "from the last on".
std::vector<std::string> BinLabels(const std::vector<std::string>& edges) {
  std::vector<std::string> labels = {absl::StrCat("<", edges[0])};
  for (size_t i = 0; i + 1 < edges.size(); ++i) {
    labels.push_back(absl::StrCat(edges[i], "–", edges[i + 1]));
  }
  labels.push_back(absl::StrCat("≥", edges.back()));
  return labels;
}

std::vector<std::string> EdgeTexts(absl::Span<const double> edges, double scale) {
  std::vector<std::string> texts;
  for (double edge : edges) texts.push_back(absl::StrFormat("%g", edge * scale));
  return texts;
}

// Without the empty bins at both ends.
Chart HistogramChart(std::string title, std::string unit, const std::vector<std::string>& labels,
                     const BinCounts& histogram) {
  Chart chart{.kind = Chart::Kind::kHistogram, .title = std::move(title), .unit = std::move(unit)};
  const std::vector<uint64_t>& counts = histogram.counts();
  size_t begin = 0, end = counts.size();
  while (begin < end && counts[begin] == 0) ++begin;
  while (end > begin && counts[end - 1] == 0) --end;
  for (size_t i = begin; i < end; ++i) chart.bars.push_back({labels[i], counts[i]});
  return chart;
}

Chart NumberChart(std::string title, std::string unit, const NumberCounts& numbers) {
  Chart chart{.kind = Chart::Kind::kHistogram, .title = std::move(title), .unit = std::move(unit)};
  if (numbers.counts().empty()) return chart;
  const uint64_t first = numbers.counts().begin()->first;
  const bool is_single = numbers.Largest() - first <= kMostSingleBins;
  auto bin = numbers.counts().begin();
  for (uint64_t begin = first, end = 0; begin <= numbers.Largest(); begin = end) {
    // 1, 2, 3–4, 5–8, 9–16, …
    end = is_single || begin < 3 ? begin + 1 : std::bit_ceil(begin) + 1;
    ChartBar bar{.label =
                     begin + 1 == end ? absl::StrCat(begin) : absl::StrCat(begin, "–", end - 1)};
    for (; bin != numbers.counts().end() && bin->first < end; ++bin) bar.count += bin->second;
    chart.bars.push_back(std::move(bar));
  }
  chart.note = absl::StrFormat("mean %.1f, median %s, most %s", numbers.Mean(),
                               Grouped(numbers.Median()), Grouped(numbers.Largest()));
  return chart;
}

Chart GroupChart(std::string title, const std::vector<FrameGroup>& groups) {
  Chart chart{.title = std::move(title), .unit = "frames"};
  for (const FrameGroup& group : groups) {
    if (chart.bars.size() == kShownGroups) {
      chart.note = absl::StrCat(Grouped(groups.size() - kShownGroups), " more are not shown");
      break;
    }
    chart.bars.push_back({.label = OrNone(group.name),
                          .count = group.frames,
                          .detail = absl::StrCat(Grouped(group.annotated), " annotated, ",
                                                 Grouped(group.with_image), " with image")});
  }
  return chart;
}

void AddValues(const ValueCounts& values, size_t most, Chart& chart) {
  const ValueCounts::Top top = values.MostFrequent(most);
  for (const ValueCounts::Value& value : top.values) {
    chart.bars.push_back({.label = OrNone(value.text), .count = value.count});
  }
  if (top.others == 0) return;
  chart.bars.push_back({.label = "(others)", .count = top.others});
  chart.note = values.uncounted() != 0
                   ? absl::StrCat("more than ", Grouped(values.different()), " different values")
                   : absl::StrCat(Grouped(values.different()), " different values");
}

}  // namespace

bool Chart::empty() const { return most() == 0; }

uint64_t Chart::most() const {
  uint64_t most = 0;
  for (const ChartBar& bar : bars) most = std::max(most, bar.count);
  return most;
}

uint64_t Chart::all() const {
  uint64_t sum = 0;
  for (const ChartBar& bar : bars) sum += bar.count;
  return whole != 0 ? whole : sum;
}

uint64_t Chart::full() const { return std::max(whole, most()); }

std::vector<std::string> SideLabels() { return BinLabels(EdgeTexts(SideEdges(), 1)); }

std::vector<std::string> AreaLabels() {
  std::vector<std::string> texts = EdgeTexts(SideEdges(), 1);
  for (std::string& text : texts) text += "²";
  return BinLabels(texts);
}

std::vector<std::string> ShareLabels() {
  std::vector<std::string> labels = BinLabels(EdgeTexts(ShareEdges(), 100));
  for (std::string& label : labels) label += " %";
  return labels;
}

std::vector<std::string> AspectLabels() {
  return BinLabels(
      {"1:8", "1:5", "1:3", "1:2", "2:3", "4:5", "5:4", "3:2", "2:1", "3:1", "5:1", "8:1"});
}

std::string Percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? "" : absl::StrFormat("%.1f %%", 100 * double(part) / double(whole));
}

Chart ClassChart(const DatasetStats& stats, size_t most) {
  Chart chart{.title = "Annotations by class", .unit = "annotations", .stack = stats.stacked};
  std::vector<const ClassStats*> order;
  for (const ClassStats& one : stats.classes) {
    if (!one.is_part) order.push_back(&one);
  }
  std::stable_sort(order.begin(), order.end(), [](const ClassStats* a, const ClassStats* b) {
    return a->annotations() > b->annotations();
  });
  uint64_t rest = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const ClassStats& one = *order[i];
    if (i >= most) {
      rest += one.annotations();
      continue;
    }
    std::string detail =
        absl::StrCat("on ", Grouped(one.frames), one.frames == 1 ? " frame" : " frames");
    if (one.tracks != 0)
      absl::StrAppend(&detail, ", ", Grouped(one.tracks), one.tracks == 1 ? " track" : " tracks");
    chart.bars.push_back({one.name, one.annotations(), one.by_part, std::move(detail)});
  }
  if (order.size() > most) {
    chart.note = absl::StrCat(Grouped(order.size() - most), " more classes with ", Grouped(rest),
                              " annotations are not shown");
  }
  return chart;
}

Chart TypeChart(const DatasetStats& stats) {
  Chart chart{.title = "Types", .unit = "annotations"};
  for (ShapeType type : AllShapeTypes()) {
    const uint64_t count = stats.by_type[size_t(type)];
    if (count != 0) chart.bars.push_back({std::string(ShapeTypeName(type)), count});
  }
  std::stable_sort(chart.bars.begin(), chart.bars.end(),
                   [](const ChartBar& a, const ChartBar& b) { return a.count > b.count; });
  return chart;
}

Chart PartChart(const DatasetStats& stats) {
  Chart chart = GroupChart("Parts for trainers", stats.parts);
  if (!stats.split.empty())
    chart.note = absl::StrCat(stats.split, chart.note.empty() ? "" : "; ", chart.note);
  return chart;
}

Chart SubsetChart(const DatasetStats& stats) { return GroupChart("Subsets", stats.subsets); }

Chart JobChart(const DatasetStats& stats) {
  Chart chart{.title = "Jobs by stage and state", .unit = "jobs"};
  for (const JobGroup& group : stats.job_groups) {
    if (chart.bars.size() == kShownGroups) {
      chart.note = absl::StrCat(Grouped(stats.job_groups.size() - kShownGroups),
                                " more stages and states are not shown");
      break;
    }
    const bool is_told = !group.stage.empty() || !group.state.empty();
    std::string label =
        is_told ? absl::StrCat(OrNone(group.stage), ", ", OrNone(group.state)) : "(not told)";
    if (group.kind != Job::Kind::kAnnotation)
      absl::StrAppend(&label, " (", JobKindName(group.kind), ")");
    chart.bars.push_back({.label = std::move(label),
                          .count = group.jobs,
                          .detail = absl::StrCat(Grouped(group.frames), " frames")});
  }
  return chart;
}

Chart SourceChart(const DatasetStats& stats) {
  Chart chart{.title = "Made by", .unit = "annotations"};
  AddValues(stats.sources, kShownGroups, chart);
  return chart;
}

Chart FlagChart(const DatasetStats& stats) {
  const ShapeFlags& flags = stats.flags;
  Chart chart{.title = "Marks", .unit = "annotations", .whole = stats.annotations()};
  auto add = [&chart](absl::string_view label, uint64_t count) {
    if (count != 0) chart.bars.push_back({.label = std::string(label), .count = count});
  };
  add("occluded", flags.occluded);
  add("rotated", flags.rotated);
  add("in groups", flags.grouped);
  add("of tracks", flags.tracked);
  add("keyframes", flags.keyframes);
  add("outside", flags.outside);
  if (flags.outside != 0)
    chart.note = "outside: keyframes from which on a track is not seen; not among the annotations";
  return chart;
}

Chart ImageSizeChart(const DatasetStats& stats) {
  Chart chart{.title = "Frame sizes", .unit = "frames"};
  AddValues(stats.image_sizes, kShownSizes, chart);
  if (stats.without_size != 0)
    chart.bars.push_back({.label = "(not known)", .count = stats.without_size});
  return chart;
}

Chart ObjectsChart(const DatasetStats& stats) {
  return NumberChart("Objects per frame", "frames", stats.objects_per_frame);
}

Chart TrackChart(const DatasetStats& stats) {
  return NumberChart("Track lengths in frames", "tracks", stats.track_lengths);
}

std::vector<Chart> BoxCharts(const BoxStats& boxes) {
  std::vector<Chart> charts = {
      HistogramChart("Box width in pixels", "boxes", SideLabels(), boxes.width),
      HistogramChart("Box height in pixels", "boxes", SideLabels(), boxes.height),
      HistogramChart("Box area in pixels", "boxes", AreaLabels(), boxes.area),
      HistogramChart("Box width / frame width", "boxes", ShareLabels(), boxes.width_share),
      HistogramChart("Box height / frame height", "boxes", ShareLabels(), boxes.height_share),
      HistogramChart("Box area / frame area", "boxes", ShareLabels(), boxes.area_share),
      HistogramChart("Box width : height", "boxes", AspectLabels(), boxes.aspect),
      {.title = "Box sizes as COCO tells them",
       .unit = "boxes",
       .bars = {{.label = "small", .count = boxes.small, .detail = "< 32² pixels"},
                {.label = "medium", .count = boxes.medium, .detail = "32² to 96²"},
                {.label = "large", .count = boxes.large, .detail = "≥ 96²"}},
       .note = "by the area of the box"}};
  if (boxes.boxes != 0) {
    charts[0].note = absl::StrCat("mean ", Mean(boxes.width_sum / double(boxes.boxes)), " pixels");
    charts[1].note = absl::StrCat("mean ", Mean(boxes.height_sum / double(boxes.boxes)), " pixels");
  }
  if (boxes.empty != 0)
    charts[6].note = absl::StrCat(Grouped(boxes.empty), " boxes have no width or no height");
  return charts;
}

std::vector<Chart> AttributeCharts(const DatasetStats& stats, size_t most, size_t& left_out) {
  std::vector<Chart> charts;
  left_out = 0;
  for (const ClassStats& one : stats.classes) {
    for (const AttributeStats& attribute : one.attributes) {
      if (attribute.values.total() == 0) continue;
      if (charts.size() == most) {
        ++left_out;
        continue;
      }
      Chart chart{.title = absl::StrCat(one.name, ": ", attribute.name), .unit = "annotations"};
      AddValues(attribute.values, kShownValues, chart);
      const uint64_t all = one.annotations();
      if (attribute.values.total() < all) {
        const std::string without =
            absl::StrCat(Grouped(all - attribute.values.total()), " without a value");
        chart.note = chart.note.empty() ? without : absl::StrCat(chart.note, "; ", without);
      }
      charts.push_back(std::move(chart));
    }
  }
  return charts;
}

}  // namespace annofs

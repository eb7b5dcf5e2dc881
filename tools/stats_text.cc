// `annofs stats` for people: tables and bars on a terminal.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tools/people.h"
#include "tools/stats_charts.h"
#include "tools/stats_report.h"
#include "tools/terminal_text.h"

namespace annofs {
namespace {

constexpr size_t kShownClasses = 40;
constexpr size_t kShownAttributes = 30;
constexpr size_t kMostLabel = 30;  // columns of a name
constexpr size_t kLeastBar = 8;

class Text {
 public:
  explicit Text(const Screen& screen) : screen_(screen) {}

  // As many words in a line as fit.
  void Paragraph(absl::string_view text, size_t indent) {
    std::string line(indent, ' ');
    bool is_empty = true;
    for (absl::string_view word : absl::StrSplit(Clean(text), ' ', absl::SkipEmpty())) {
      if (!is_empty && ColumnsOf(line) + 1 + ColumnsOf(word) > screen_.width) {
        Line(line);
        line = std::string(indent, ' ');
        is_empty = true;
      }
      // One that is longer than a line is cut.
      const size_t room = screen_.width - indent;
      absl::StrAppend(&line, is_empty ? "" : " ",
                      ColumnsOf(word) > room ? Fitted(word, room) : std::string(word));
      is_empty = false;
    }
    if (!is_empty) Line(line);
  }

  void Heading(absl::string_view text) { absl::StrAppend(&text_, "\n", Cut(text), "\n"); }

  // Label, bar, number, share, and what else there is where there is room for it.
  void Show(const Chart& chart) {
    if (chart.empty()) return;
    Heading(absl::StrCat(chart.title, " (", chart.unit, ")"));
    Rows(chart);
    if (!chart.note.empty()) Paragraph(chart.note, 2);
  }

  void Show(const CentreGrid& centres) {
    if (centres.Most() == 0) return;
    Heading("Centres of boxes on the frame");
    const std::string edge = absl::StrCat("  +", std::string(2 * CentreGrid::kCells, '-'), "+");
    Line(edge);
    for (int row = 0; row < CentreGrid::kCells; ++row) {
      std::string line = "  |";
      for (int column = 0; column < CentreGrid::kCells; ++column) {
        const uint64_t count = centres.counts[size_t(row * CentreGrid::kCells + column)];
        const std::string shade = ShadeOf(double(count) / double(centres.Most()), screen_);
        absl::StrAppend(&line, shade, shade);
      }
      Line(line + "|");
    }
    Line(edge);
    std::string note = absl::StrCat("darkest: ", Grouped(centres.Most()), " boxes");
    if (centres.outside != 0)
      absl::StrAppend(&note, "; ", Grouped(centres.outside), " centres lie outside the frame");
    Paragraph(note, 2);
  }

  std::string Take() { return std::move(text_); }

 private:
  std::string Clean(absl::string_view text) const { return Printable(text, screen_); }
  std::string Cut(absl::string_view text) const {
    std::string cut = Fitted(Clean(text), screen_.width);
    absl::StripTrailingAsciiWhitespace(&cut);
    return cut;
  }
  void Line(std::string line) {
    absl::StripTrailingAsciiWhitespace(&line);
    absl::StrAppend(&text_, line, "\n");
  }

  void Rows(const Chart& chart) {
    size_t label = 0, number = 0, detail = 0;
    for (const ChartBar& bar : chart.bars) {
      label = std::max(label, ColumnsOf(Clean(bar.label)));
      number = std::max(number, Grouped(bar.count).size());
      detail = std::max(detail, ColumnsOf(Clean(bar.detail)));
    }
    label = std::min({label, kMostLabel, screen_.width / 3});
    constexpr size_t kShare = 7;  // "100.0 %"
    const size_t fixed = 2 + label + 2 + 1 + number + 1 + kShare;
    // What else there is gets half of the room, or none.
    const size_t room = screen_.width > fixed ? screen_.width - fixed : 0;
    if (detail != 0 && detail + 2 + kLeastBar > room) detail = 0;
    const size_t bar_columns = std::max(kLeastBar, room - (detail == 0 ? 0 : detail + 2));
    for (const ChartBar& bar : chart.bars) {
      const double share = double(bar.count) / double(chart.full());
      std::string line = absl::StrCat("  ", Fitted(Clean(bar.label), label), "  ",
                                      Fitted(BarOf(share, bar_columns, screen_), bar_columns), " ",
                                      RightAligned(Grouped(bar.count), number), " ",
                                      RightAligned(Percent(bar.count, chart.all()), kShare));
      if (detail != 0) absl::StrAppend(&line, "  ", Clean(bar.detail));
      Line(line);
    }
  }

  const Screen screen_;
  std::string text_;
};

std::string Counted(uint64_t number, absl::string_view one, absl::string_view many) {
  return absl::StrCat(Grouped(number), " ", number == 1 ? one : many);
}

void Head(const DatasetStats& stats, Text& text) {
  text.Paragraph(
      absl::StrCat(Counted(stats.frames, "frame", "frames"), ": ", Grouped(stats.with_image),
                   " with image, ", Grouped(stats.with_shapes), " with objects, ",
                   Grouped(stats.with_tags), " with tags, ", Grouped(stats.without_annotations),
                   " without any annotation"),
      2);
  text.Paragraph(absl::StrCat(Counted(stats.annotations(), "annotation", "annotations"), ": ",
                              Counted(stats.objects(), "object", "objects"), ", ",
                              Counted(stats.tags(), "tag", "tags"), "; ",
                              Counted(stats.tracks, "track", "tracks")),
                 2);
  std::string tasks = Counted(stats.tasks, "task", "tasks");
  std::vector<std::string> kinds;
  if (stats.video_tasks != 0) kinds.push_back(Grouped(stats.video_tasks) + " of videos");
  if (stats.point_cloud_tasks != 0)
    kinds.push_back(Grouped(stats.point_cloud_tasks) + " of point clouds");
  if (!kinds.empty()) absl::StrAppend(&tasks, " (", absl::StrJoin(kinds, ", "), ")");
  text.Paragraph(
      absl::StrCat(tasks, ", ", Counted(stats.jobs, "job", "jobs"), ", ",
                   Counted(stats.classes.size(), "label", "labels"), ", ",
                   Counted(stats.problems, "problem", "problems"), " in the sources",
                   stats.errors == 0 ? ""
                                     : absl::StrCat(", ", Counted(stats.errors, "error", "errors"),
                                                    " among them")),
      2);
}

void Charts(const DatasetStats& stats, Text& text) {
  text.Show(ClassChart(stats, kShownClasses));
  text.Show(TypeChart(stats));
  text.Show(PartChart(stats));
  if (stats.subsets.size() > 1 || (!stats.subsets.empty() && !stats.subsets[0].name.empty()))
    text.Show(SubsetChart(stats));
  text.Show(JobChart(stats));
  text.Show(SourceChart(stats));
  text.Show(FlagChart(stats));
  text.Show(ObjectsChart(stats));
  text.Show(TrackChart(stats));
  for (const Chart& chart : BoxCharts(stats.boxes)) text.Show(chart);
  text.Show(stats.boxes.centres);
  text.Show(ImageSizeChart(stats));
  size_t left_out = 0;
  for (const Chart& chart : AttributeCharts(stats, kShownAttributes, left_out)) text.Show(chart);
  if (left_out != 0) {
    text.Paragraph(
        absl::StrCat(Grouped(left_out), " more attributes are not shown: --json has them all"), 0);
  }
}

}  // namespace

std::string DateText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", time, absl::UTCTimeZone());
}

std::string StatsText(const StatsReport& report, const Screen& screen) {
  Text text(screen);
  std::string source = report.source;
  if (report.snapshot) absl::StrAppend(&source, ", snapshot ", *report.snapshot);
  text.Paragraph(source, 0);
  for (const StatsReport::One& one : report.datasets) {
    text.Heading(absl::StrCat("Dataset ", one.stats.name));
    text.Paragraph(absl::StrCat("annotations of ", DateText(one.modified)), 2);
    Head(one.stats, text);
    Charts(one.stats, text);
  }
  if (report.total) {
    text.Heading(absl::StrCat("All ", report.total->datasets, " datasets"));
    Head(*report.total, text);
    Charts(*report.total, text);
  }
  return text.Take();
}

}  // namespace annofs

#include "tools/stats_page_sections.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/people.h"
#include "tools/stats_charts.h"
#include "tools/stats_page_html.h"

namespace annofs {
namespace {

// Where the page is of one dataset, headings can be linked.
std::string Heading(absl::string_view id, absl::string_view text, const PageLimits& limits) {
  return limits.is_single ? absl::StrCat("<h2 id=\"", id, "\">", text, "</h2>\n")
                          : absl::StrCat("<h2>", text, "</h2>\n");
}

std::string Tile(uint64_t number, absl::string_view what, absl::string_view more) {
  return absl::StrCat("<li><strong>", Grouped(number), "</strong><span>", what, "</span><small>",
                      EscapedWhole(more), "</small></li>\n");
}

std::string TableRow(const ClassStats& one) {
  std::string html = absl::StrCat("<tr><th scope=\"row\" title=\"", Escaped(one.name), "\">",
                                  Name(one.name), "</th>");
  const BoxStats none;
  const BoxStats& boxes = one.boxes ? *one.boxes : none;
  for (uint64_t number : {one.annotations(), one.frames, one.tags(), one.tracks, one.flags.occluded,
                          boxes.small, boxes.medium, boxes.large}) {
    absl::StrAppend(&html, "<td>", Grouped(number), "</td>");
  }
  absl::StrAppend(&html, "<td>",
                  boxes.boxes == 0
                      ? ""
                      : absl::StrFormat("%.4g × %.4g", boxes.width_sum / double(boxes.boxes),
                                        boxes.height_sum / double(boxes.boxes)),
                  "</td>");
  std::string types;
  for (ShapeType type : AllShapeTypes()) {
    const uint64_t count = one.by_type[size_t(type)];
    if (count == 0) continue;
    absl::StrAppend(&types, types.empty() ? "" : ", ", Grouped(count), " ", ShapeTypeName(type));
  }
  return absl::StrCat(html, "<td>", types, "</td></tr>\n");
}

// Every number of every class, in CVAT's order.
std::string ClassTable(const DatasetStats& stats, size_t most) {
  if (stats.classes.empty()) return "";
  std::string html =
      "<section class=\"card\"><details><summary>All numbers by class</summary>"
      "<div class=\"scroll\"><table class=\"numbers\"><thead><tr><th>class</th>";
  for (absl::string_view head : {"annotations", "frames", "tags", "tracks", "occluded", "small",
                                 "medium", "large", "mean box", "types"}) {
    absl::StrAppend(&html, "<th scope=\"col\">", head, "</th>");
  }
  absl::StrAppend(&html, "</tr></thead><tbody>\n");
  for (size_t i = 0; i < std::min(most, stats.classes.size()); ++i) {
    absl::StrAppend(&html, TableRow(stats.classes[i]));
  }
  absl::StrAppend(&html, "</tbody></table></div>");
  if (stats.classes.size() > most) {
    absl::StrAppend(&html, "<p class=\"note\">", Grouped(stats.classes.size() - most),
                    " more are not shown; <code>annofs stats --json</code> has all.</p>");
  }
  return html + "</details></section>\n";
}

std::string Grid(const std::string& heading, const std::string& cards) {
  if (cards.empty()) return "";
  return absl::StrCat(heading, "<div class=\"grid\">\n", cards, "</div>\n");
}

std::string FrameSection(const DatasetStats& stats, const PageLimits& limits) {
  std::string wide = WideChartCard(PartChart(stats));
  const bool has_subsets =
      stats.subsets.size() > 1 || (!stats.subsets.empty() && !stats.subsets[0].name.empty());
  if (has_subsets) wide += WideChartCard(SubsetChart(stats));
  wide += WideChartCard(JobChart(stats));
  std::string cards = ChartCard(ObjectsChart(stats));
  cards += ChartCard(TrackChart(stats));
  cards += ChartCard(ImageSizeChart(stats));
  return absl::StrCat(Grid(Heading("frames", "Frames", limits), cards),
                      wide.empty() ? "" : Heading("division", "Division and progress", limits),
                      wide);
}

std::string Positions(const DatasetStats& stats) {
  const CentreGrid& centres = stats.boxes.centres;
  if (centres.Most() == 0) return "";
  std::string html = absl::StrCat(
      "<section class=\"card\"><h3>Centres of boxes <small>on the frame</small></h3>\n",
      HeatMap(centres, "where the centres of boxes lie on the frame"));
  absl::StrAppend(&html, "<p class=\"note\">darkest: ", Grouped(centres.Most()), " boxes");
  if (centres.outside != 0)
    absl::StrAppend(&html, "; ", Grouped(centres.outside), " centres lie outside the frame");
  return html + "</p></section>\n";
}

// The same of the classes with the most boxes.
std::string PositionsByClass(const DatasetStats& stats, size_t most) {
  std::vector<const ClassStats*> order;
  for (const ClassStats& one : stats.classes) {
    if (one.boxes && one.boxes->centres.Most() != 0) order.push_back(&one);
  }
  if (order.size() < 2 || most == 0) return "";
  std::stable_sort(order.begin(), order.end(), [](const ClassStats* a, const ClassStats* b) {
    return a->boxes->boxes > b->boxes->boxes;
  });
  if (order.size() > most) order.resize(most);
  std::string html =
      "<section class=\"card\"><h3>Centres by class <small>the most frequent ones</small></h3>"
      "<div class=\"small-heats\">\n";
  for (const ClassStats* one : order) {
    absl::StrAppend(
        &html, "<figure>",
        HeatMap(one->boxes->centres, absl::StrCat("where the centres of boxes lie: ", one->name)),
        "<figcaption>", Name(one->name), " <small>", Grouped(one->boxes->boxes),
        "</small></figcaption></figure>\n");
  }
  return html + "</div></section>\n";
}

std::string BoxSection(const DatasetStats& stats, const PageLimits& limits) {
  std::string cards = Positions(stats);
  for (const Chart& chart : BoxCharts(stats.boxes)) cards += ChartCard(chart);
  return absl::StrCat(Grid(Heading("boxes", "Boxes", limits), cards),
                      PositionsByClass(stats, limits.heat_maps));
}

std::string AttributeSection(const DatasetStats& stats, const PageLimits& limits) {
  size_t left_out = 0;
  std::string cards;
  for (const Chart& chart : AttributeCharts(stats, limits.attributes, left_out))
    cards += ChartCard(chart);
  std::string html = Grid(Heading("attributes", "Attributes", limits), cards);
  if (left_out != 0) {
    absl::StrAppend(
        &html, "<p class=\"note\">", Grouped(left_out),
        " more attributes are not shown; <code>annofs stats --json</code> has all.</p>");
  }
  return html;
}

std::string Place(const QualityPlace& place) {
  return absl::StrCat("<tr><td>", Name(place.frame), "</td><td>", Name(place.label), "</td><td>",
                      Name(place.object), "</td><td>", Name(place.detail), "</td></tr>\n");
}

std::string Finding(const QualityFinding& finding, size_t most) {
  const absl::string_view severity = QualitySeverityName(finding.severity);
  std::string html =
      absl::StrCat("<div class=\"finding\"><p><span class=\"badge ", severity, "\">", severity,
                   "</span><b>", Grouped(finding.count), "</b> ", EscapedWhole(finding.what),
                   " <small><code>", EscapedWhole(finding.rule), "</code></small></p>");
  if (!finding.remedy.empty())
    absl::StrAppend(&html, "<p class=\"note\">", EscapedWhole(finding.remedy), "</p>");
  if (finding.places.empty() || most == 0) return html + "</div>\n";
  absl::StrAppend(&html, "<details><summary>Where</summary><div class=\"scroll\"><table><tbody>\n");
  const size_t shown = std::min(most, finding.places.size());
  for (size_t i = 0; i < shown; ++i) absl::StrAppend(&html, Place(finding.places[i]));
  absl::StrAppend(&html, "</tbody></table></div>");
  if (finding.count > shown) {
    absl::StrAppend(&html, "<p class=\"note\">", Grouped(finding.count - shown),
                    " more: <code>annofs check</code> has them.</p>");
  }
  return html + "</details></div>\n";
}

std::string Base64Image(const SampleFrame& sample, absl::string_view alt) {
  return absl::StrCat("<img loading=\"lazy\" alt=\"", Escaped(alt), "\" src=\"data:", sample.mime,
                      ";base64,", absl::Base64Escape(sample.image), "\">");
}

std::string AltText(const SampleFrame& sample) {
  std::string alt = absl::StrCat(sample.name, ":");
  for (const SampleFrame::Chip& chip : sample.chips) {
    absl::StrAppend(&alt, " ", chip.count, " ", chip.name);
  }
  return alt;
}

std::string Sample(const SampleFrame& sample, bool has_image) {
  const uint32_t width = sample.width == 0 ? 4 : sample.width;
  const uint32_t height = sample.height == 0 ? 3 : sample.height;
  // A strip of a panorama is no higher than it is seen.
  const double aspect = std::clamp(double(width) / double(height), 0.4, 4.0);
  std::string html =
      absl::StrFormat("<figure><div class=\"picture\" style=\"aspect-ratio:%.4f\">", aspect);
  const std::string alt = AltText(sample);
  if (has_image) absl::StrAppend(&html, Base64Image(sample, alt));
  absl::StrAppendFormat(
      &html, "<svg viewBox=\"0 0 %u %u\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"",
      width, height);
  absl::StrAppend(&html, has_image ? "what is annotated" : Escaped(alt), "\">", sample.drawing,
                  "</svg>");
  const std::string why = !sample.image.empty() && !has_image
                              ? "its image is left out: the page is full"
                              : sample.why_empty;
  if (!has_image) absl::StrAppend(&html, "<div class=\"missing\">", EscapedWhole(why), "</div>");
  absl::StrAppend(&html, "</div><figcaption>", Name(sample.name), "<div class=\"chips\">");
  for (const SampleFrame::Chip& chip : sample.chips) {
    absl::StrAppend(&html, "<span class=\"chip\"><svg aria-hidden=\"true\"><rect fill=\"",
                    chip.color, "\" width=\"100%\" height=\"100%\"/></svg>", Name(chip.name),
                    " <small>", Grouped(chip.count), "</small></span>");
  }
  absl::StrAppend(&html, "</div>");
  if (sample.not_drawn != 0)
    absl::StrAppend(&html, "<small>", Grouped(sample.not_drawn), " more are not drawn</small>");
  return html + "</figcaption></figure>\n";
}

}  // namespace

std::string Tiles(const DatasetStats& stats, const QualityReport* quality) {
  std::string html = "<ul class=\"tiles\">\n";
  html += Tile(stats.frames, "frames", absl::StrCat(Grouped(stats.with_image), " with image"));
  html += Tile(stats.frames - stats.without_annotations, "annotated",
               stats.frames == 0
                   ? ""
                   : absl::StrCat(Percent(stats.frames - stats.without_annotations, stats.frames),
                                  " of the frames"));
  html +=
      Tile(stats.annotations(), "annotations",
           absl::StrCat(Grouped(stats.objects()), " objects, ", Grouped(stats.tags()), " tags"));
  uint64_t parts = 0;
  for (const ClassStats& one : stats.classes) parts += one.is_part ? 1 : 0;
  html += Tile(stats.classes.size() - parts, "classes",
               parts == 0 ? "" : absl::StrCat(Grouped(parts), " parts of skeletons"));
  if (stats.tracks != 0) {
    html += Tile(stats.tracks, stats.tracks == 1 ? "track" : "tracks",
                 absl::StrFormat("%.1f frames on average", stats.track_lengths.Mean()));
  }
  html += Tile(stats.tasks, stats.tasks == 1 ? "task" : "tasks",
               absl::StrCat(Grouped(stats.jobs), stats.jobs == 1 ? " job" : " jobs"));
  if (quality != nullptr) {
    html += Tile(quality->findings.size(), "findings",
                 absl::StrCat(Grouped(quality->CountOf(QualitySeverity::kError)), " errors, ",
                              Grouped(quality->CountOf(QualitySeverity::kWarning)), " warnings"));
  }
  return html + "</ul>\n";
}

std::string ClassSection(const DatasetStats& stats, const PageLimits& limits) {
  const std::string html =
      absl::StrCat(WideChartCard(ClassChart(stats, limits.bars)), ClassTable(stats, limits.rows));
  return html.empty() ? "" : absl::StrCat(Heading("classes", "Classes", limits), html);
}

std::string ChartSections(const DatasetStats& stats, const PageLimits& limits) {
  std::string made = ChartCard(TypeChart(stats));
  made += ChartCard(SourceChart(stats));
  made += ChartCard(FlagChart(stats));
  return absl::StrCat(Grid(Heading("annotations", "Annotations", limits), made),
                      FrameSection(stats, limits), BoxSection(stats, limits),
                      AttributeSection(stats, limits));
}

std::string FindingsSection(const QualityReport& quality, const PageLimits& limits) {
  std::string html = absl::StrCat(
      Heading("findings", "Findings <small>of <code>annofs check</code></small>", limits),
      "<section class=\"card\">");
  if (quality.findings.empty()) html += "<p>Nothing was found that is wrong or doubtful.</p>";
  for (const QualityFinding& finding : quality.findings) html += Finding(finding, limits.places);
  return html + "</section>\n";
}

std::string SamplesSection(const std::vector<SampleFrame>& samples, const PageLimits& limits) {
  if (samples.empty() || limits.samples == 0) return "";
  std::string html =
      Heading("samples", "Samples <small>chosen so that every class is seen</small>", limits);
  absl::StrAppend(&html, "<div class=\"samples\">\n");
  size_t images = limits.images;
  for (size_t i = 0; i < std::min(limits.samples, samples.size()); ++i) {
    const bool has_image = !samples[i].image.empty() && images > 0;
    if (has_image) --images;
    html += Sample(samples[i], has_image);
  }
  return html + "</div>\n";
}

}  // namespace annofs

#include "tools/stats_page.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/people.h"
#include "tools/stats_charts.h"
#include "tools/stats_page_html.h"
#include "tools/stats_page_sections.h"
#include "tools/stats_page_style.h"

namespace annofs {
namespace {

constexpr size_t kShownDatasets = 20;  // each with its own charts
std::string Title(const StatsReport& report) {
  if (report.datasets.size() == 1) return report.datasets[0].stats.name;
  return absl::StrCat(Grouped(report.datasets.size()), " datasets");
}

std::string Head(const StatsReport& report) {
  // Whatever a name smuggles in: nothing is run, and nothing is asked of the network.
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
      Escaped(Title(report)), " – annofs stats</title>\n<style>\n", StatsPageStyle(),
      "</style>\n</head>\n<body>\n");
}

absl::Time Newest(const StatsReport& report) {
  absl::Time newest = absl::UnixEpoch();
  for (const StatsReport::One& one : report.datasets) newest = std::max(newest, one.modified);
  return newest;
}

std::string Header(const StatsReport& report) {
  std::string html =
      absl::StrCat("<header>\n<h1>", Name(Title(report)),
                   "</h1>\n<ul class=\"meta\"><li>source <b>", Name(report.source), "</b></li>");
  if (report.snapshot) absl::StrAppend(&html, "<li>snapshot <b>", *report.snapshot, "</b></li>");
  absl::StrAppend(&html, "<li>annotations of <b>", DateText(Newest(report)), "</b></li>");
  if (report.datasets.size() == 1) {
    absl::StrAppend(&html, "<li>version <b>", Escaped(report.datasets[0].stats.id.substr(0, 12)),
                    "</b></li>");
  }
  absl::StrAppend(&html, "</ul>\n");
  if (report.datasets.size() == 1) {
    absl::StrAppend(&html, Tiles(report.datasets[0].stats, &report.datasets[0].quality));
  } else if (report.total) {
    absl::StrAppend(&html, Tiles(*report.total, nullptr));
  }
  return html;
}

std::string Body(const StatsReport::One& one, const PageLimits& limits) {
  return absl::StrCat(ClassSection(one.stats, limits), SamplesSection(one.samples, limits),
                      ChartSections(one.stats, limits), FindingsSection(one.quality, limits));
}

// What there is of each dataset, in a line.
std::string DatasetTable(const StatsReport& report) {
  constexpr size_t kRows = 500;
  std::string html =
      "<h2>Datasets</h2>\n<section class=\"card scroll\"><table class=\"numbers\"><thead><tr>"
      "<th>dataset</th><th>annotations of</th><th>frames</th><th>with image</th><th>annotated</th>"
      "<th>annotations</th><th>tracks</th><th>labels</th><th>findings</th></tr></thead><tbody>\n";
  for (size_t i = 0; i < std::min(kRows, report.datasets.size()); ++i) {
    const StatsReport::One& one = report.datasets[i];
    absl::StrAppend(&html, "<tr><th scope=\"row\" title=\"", Escaped(one.stats.name), "\">",
                    Name(one.stats.name), "</th><td>", DateText(one.modified), "</td>");
    for (uint64_t number :
         {one.stats.frames, one.stats.with_image, one.stats.frames - one.stats.without_annotations,
          one.stats.annotations(), one.stats.tracks, uint64_t{one.stats.classes.size()},
          uint64_t{one.quality.findings.size()}}) {
      absl::StrAppend(&html, "<td>", Grouped(number), "</td>");
    }
    absl::StrAppend(&html, "</tr>\n");
  }
  absl::StrAppend(&html, "</tbody></table>");
  if (report.datasets.size() > kRows) {
    absl::StrAppend(&html, "<p class=\"note\">", Grouped(report.datasets.size() - kRows),
                    " more are not shown</p>");
  }
  return html + "</section>\n";
}

// Several: the sum, then each behind its name.
std::string Bodies(const StatsReport& report, const PageLimits& limits) {
  std::string html = DatasetTable(report);
  if (report.total) {
    absl::StrAppend(&html, ClassSection(*report.total, limits),
                    ChartSections(*report.total, limits));
  }
  const size_t shown = std::min(kShownDatasets, report.datasets.size());
  for (size_t i = 0; i < shown; ++i) {
    const StatsReport::One& one = report.datasets[i];
    absl::StrAppend(&html, "<details class=\"dataset\"", i == 0 ? " open" : "", "><summary>",
                    Name(one.stats.name), "</summary>\n<div>", Tiles(one.stats, &one.quality),
                    Body(one, limits), "</div></details>\n");
  }
  if (shown < report.datasets.size()) {
    absl::StrAppend(&html, "<p class=\"note\">", Grouped(report.datasets.size() - shown),
                    " more datasets have no charts of their own: name one with "
                    "<code>--dataset</code>.</p>\n");
  }
  return html;
}

// To those sections that there are.
std::string Links(absl::string_view body) {
  std::string html = "<nav aria-label=\"Sections\">";
  for (absl::string_view section : {"Classes", "Samples", "Annotations", "Frames", "Division",
                                    "Boxes", "Attributes", "Findings"}) {
    const std::string id = absl::AsciiStrToLower(section);
    if (!absl::StrContains(body, absl::StrCat("<h2 id=\"", id, "\">"))) continue;
    absl::StrAppend(&html, "<a href=\"#", id, "\">", section, "</a> ");
  }
  return html + "</nav>\n";
}

std::string Page(const StatsReport& report, const PageLimits& limits) {
  const bool is_one = report.datasets.size() == 1;
  const std::string body = is_one ? Body(report.datasets[0], limits) : Bodies(report, limits);
  return absl::StrCat(Head(report), Header(report), is_one ? Links(body) : "",
                      "</header>\n<main>\n", body, "</main>\n<footer>annofs ", ANNOFS_VERSION,
                      " · made from the annotations as they are; nothing here is asked of the "
                      "network</footer>\n</body>\n</html>\n");
}

// Half of everything, images last.
PageLimits Less(const PageLimits& limits) {
  return {.bars = limits.bars / 2,
          .rows = limits.rows / 2,
          .attributes = limits.attributes / 2,
          .heat_maps = limits.heat_maps / 2,
          .places = limits.places / 2,
          .samples = limits.samples * 2 / 3,
          .images = limits.images * 2 / 3,
          .is_single = limits.is_single};
}

std::string PartialOf(const std::string& file) { return file + ".partial"; }

absl::Status WriteAll(int descriptor, absl::string_view bytes, const std::string& file) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoToStatus(errno, absl::StrCat("writing ", file));
    bytes.remove_prefix(size_t(written));
  }
  return absl::OkStatus();
}

}  // namespace

std::string StatsPage(const StatsReport& report) {
  PageLimits limits{.is_single = report.datasets.size() == 1};
  std::string page = Page(report, limits);
  for (int i = 0; page.size() > kMaxPageBytes && i < 8; ++i) {
    limits = Less(limits);
    page = Page(report, limits);
  }
  return page;
}

absl::Status CheckPageFile(const std::string& file) {
  struct stat info;
  if (stat(file.c_str(), &info) == 0) {
    if (S_ISREG(info.st_mode)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("--html ", file, ": is ", S_ISDIR(info.st_mode) ? "a directory" : "no file",
                     ": name a file in it, or another one"));
  }
  const size_t slash = file.rfind('/');
  const std::string directory = slash == std::string::npos ? "."
                                : slash == 0               ? "/"
                                                           : file.substr(0, slash);
  if (stat(directory.c_str(), &info) != 0) {
    return Annotate(ErrnoToStatus(errno, directory),
                    absl::StrCat("--html ", file, ": make the directory first"));
  }
  if (!S_ISDIR(info.st_mode) || access(directory.c_str(), W_OK | X_OK) != 0) {
    return absl::PermissionDeniedError(absl::StrCat("--html ", file, ": nothing can be written in ",
                                                    directory, ": name a file elsewhere"));
  }
  return absl::OkStatus();
}

absl::Status WritePage(const std::string& file, const std::string& page) {
  RETURN_IF_ERROR(CheckPageFile(file));
  const std::string partial = PartialOf(file);
  const int descriptor =
      open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (descriptor < 0) return ErrnoToStatus(errno, absl::StrCat("--html: making ", partial));
  absl::Cleanup remove = [&partial] { unlink(partial.c_str()); };
  absl::Status status = WriteAll(descriptor, page, partial);
  if (close(descriptor) != 0 && status.ok())
    status = ErrnoToStatus(errno, absl::StrCat("writing ", partial));
  RETURN_IF_ERROR(status);
  if (rename(partial.c_str(), file.c_str()) != 0)
    return ErrnoToStatus(errno, absl::StrCat("renaming ", partial, " to ", file));
  std::move(remove).Cancel();
  return absl::OkStatus();
}

}  // namespace annofs

#include "tools/check_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/json.h"
#include "cache/base/log.h"
#include "tools/people.h"

namespace annofs {
namespace {

constexpr QualitySeverity kFromWorst[] = {QualitySeverity::kError, QualitySeverity::kWarning,
                                          QualitySeverity::kInfo};

uint64_t& FoundOf(CheckTotals& totals, QualitySeverity severity) {
  return totals.found[size_t(severity)];
}

// "2 errors, 1 warning, 30 infos".
std::string CountsText(const CheckTotals& totals) {
  std::string text;
  for (QualitySeverity severity : kFromWorst) {
    const uint64_t count = totals.found[size_t(severity)];
    absl::StrAppend(&text, text.empty() ? "" : ", ", Grouped(count), " ",
                    QualitySeverityName(severity), count == 1 ? "" : "s");
  }
  return text;
}

std::string SizeText(const CheckTotals& totals) {
  return absl::StrCat(Grouped(totals.frames), totals.frames == 1 ? " frame, " : " frames, ",
                      Grouped(totals.annotations),
                      totals.annotations == 1 ? " annotation" : " annotations");
}

// "cam/a.jpg: car, shape 3: 0 x 5 px".
std::string PlaceText(const QualityPlace& place) {
  std::vector<absl::string_view> what;
  for (absl::string_view part : {absl::string_view(place.label), absl::string_view(place.object)}) {
    if (!part.empty()) what.push_back(part);
  }
  std::vector<std::string> parts;
  if (!place.frame.empty()) parts.push_back(place.frame);
  if (!what.empty()) parts.push_back(absl::StrJoin(what, ", "));
  if (!place.detail.empty()) parts.push_back(place.detail);
  return Redact(absl::StrJoin(parts, ": "));
}

std::string FindingText(const QualityFinding& finding) {
  std::string text =
      absl::StrCat("  ", QualitySeverityName(finding.severity), " ", finding.rule, " (",
                   Grouped(finding.count), "): ", finding.what, "\n      ", finding.remedy, "\n");
  const size_t most =
      finding.severity == QualitySeverity::kInfo ? kPlacesOfInfoInText : kPlacesInText;
  const size_t shown = std::min(most, finding.places.size());
  uint64_t named = 0;
  for (size_t i = 0; i < shown; ++i) {
    const std::string place = PlaceText(finding.places[i]);
    ++named;
    if (!place.empty()) absl::StrAppend(&text, "    ", place, "\n");
  }
  if (finding.count > named && named == most) {
    absl::StrAppend(&text, "    and ", Grouped(finding.count - named),
                    " more (--json names the first ", Grouped(kPlacesInJson), ")\n");
  }
  return text;
}

CheckTotals TotalsOf(const QualityReport& report) {
  CheckTotals totals;
  totals.Add(report);
  return totals;
}

void WriteCounts(const CheckTotals& totals, JsonWriter& json) {
  json.Key("frames").Int(int64_t(totals.frames));
  json.Key("annotations").Int(int64_t(totals.annotations));
  for (QualitySeverity severity : kFromWorst) {
    json.Key(absl::StrCat(QualitySeverityName(severity), "s"))
        .Int(int64_t(totals.found[size_t(severity)]));
  }
}

}  // namespace

void CheckTotals::Add(const QualityReport& report) {
  ++datasets;
  frames += report.frames;
  annotations += report.annotations;
  for (QualitySeverity severity : kFromWorst) {
    FoundOf(*this, severity) += report.CountOf(severity);
  }
}

std::string CheckProgressText(absl::string_view dataset, const QualityProgress& progress,
                              absl::Duration elapsed) {
  const double seconds = std::max(absl::ToDoubleSeconds(elapsed), 0.001);
  const double rate = double(progress.done) / seconds;
  std::string text =
      absl::StrCat("checking ", Redact(dataset), ": ", Grouped(progress.done), " of ",
                   Grouped(progress.all), " frames, ", Grouped(uint64_t(rate)), "/s");
  if (rate > 0 && progress.all > progress.done) {
    const double left = double(progress.all - progress.done) / rate;
    absl::StrAppend(&text, ", ", RoughTime(absl::Seconds(left)), " left");
  }
  return text;
}

std::string CheckText(const QualityReport& report) {
  const CheckTotals totals = TotalsOf(report);
  std::string text =
      absl::StrCat(Redact(report.dataset), ": ", SizeText(totals), ": ", CountsText(totals), "\n");
  for (const QualityFinding& finding : report.findings) text += FindingText(finding);
  return text;
}

std::string TotalsText(const CheckTotals& totals) {
  return absl::StrCat("checked ", Grouped(totals.datasets),
                      totals.datasets == 1 ? " dataset, " : " datasets, ", SizeText(totals), ": ",
                      CountsText(totals), "\n");
}

std::string CheckJson(const QualityReport& report) {
  JsonWriter json;
  json.BeginObject().Key("name").String(report.dataset);
  WriteCounts(TotalsOf(report), json);
  json.Key("findings");
  WriteFindings(report, kPlacesInJson, json);
  return json.EndObject().Take();
}

std::string TotalsJson(const CheckTotals& totals) {
  JsonWriter json;
  json.BeginObject().Key("datasets").Int(int64_t(totals.datasets));
  WriteCounts(totals, json);
  return json.EndObject().Take();
}

}  // namespace annofs

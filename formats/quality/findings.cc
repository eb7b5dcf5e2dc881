#include "formats/quality/findings.h"

#include <algorithm>

namespace annofs {
namespace {

void WritePlace(const QualityPlace& place, JsonWriter& json) {
  json.BeginObject();
  const std::pair<absl::string_view, const std::string&> members[] = {{"frame", place.frame},
                                                                      {"label", place.label},
                                                                      {"object", place.object},
                                                                      {"detail", place.detail}};
  for (const auto& [name, value] : members) {
    if (!value.empty()) json.Key(name).String(value);
  }
  json.EndObject();
}

}  // namespace

absl::string_view QualitySeverityName(QualitySeverity severity) {
  switch (severity) {
    case QualitySeverity::kInfo:
      return "info";
    case QualitySeverity::kWarning:
      return "warning";
    case QualitySeverity::kError:
      break;
  }
  return "error";
}

uint64_t QualityReport::CountOf(QualitySeverity severity) const {
  uint64_t count = 0;
  for (const QualityFinding& finding : findings) {
    if (finding.severity == severity) count += finding.count;
  }
  return count;
}

bool QualityReport::HasAtLeast(QualitySeverity severity) const {
  return std::any_of(findings.begin(), findings.end(), [severity](const QualityFinding& finding) {
    return finding.severity >= severity;
  });
}

void WriteFindings(const QualityReport& report, size_t places, JsonWriter& json) {
  json.BeginArray();
  for (const QualityFinding& finding : report.findings) {
    json.BeginObject().Key("rule").String(finding.rule);
    json.Key("severity").String(QualitySeverityName(finding.severity));
    json.Key("what").String(finding.what).Key("remedy").String(finding.remedy);
    json.Key("count").Int(int64_t(finding.count)).Key("places").BeginArray();
    const size_t shown = std::min(places, finding.places.size());
    for (size_t i = 0; i < shown; ++i) WritePlace(finding.places[i], json);
    json.EndArray().EndObject();
  }
  json.EndArray();
}

}  // namespace annofs

#include "tools/doctor/report.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "cache/base/log.h"
#include "cache/base/text.h"
#include "tools/people.h"

namespace annofs::doctor {
namespace {

constexpr size_t kMostNames = 5;
constexpr size_t kTextWidth = 78;

std::vector<const Finding*> WorstFirst(const std::vector<Finding>& findings) {
  std::vector<const Finding*> sorted;
  for (const Finding& finding : findings) sorted.push_back(&finding);
  absl::c_stable_sort(sorted,
                      [](const Finding* a, const Finding* b) { return a->severity > b->severity; });
  return sorted;
}

// Areas stand in a column, severities in a second one.
std::string Line(absl::string_view area, absl::string_view kind, absl::string_view text) {
  return absl::StrFormat("%-12s %-8s %s\n", area, kind, text);
}

// As lines that fit beside the columns; words stay whole.
std::vector<std::string> Wrapped(absl::string_view text) {
  std::vector<std::string> lines(1);
  for (absl::string_view word : absl::StrSplit(text, ' ')) {
    const bool fits = lines.back().empty() || lines.back().size() + 1 + word.size() <= kTextWidth;
    if (!fits) lines.emplace_back();
    absl::StrAppend(&lines.back(), lines.back().empty() ? "" : " ", word);
  }
  return lines;
}

std::string SampleText(const Sample& sample) {
  return absl::StrCat("looked at ", Grouped(sample.looked_at), " of ", Grouped(sample.of), " ",
                      sample.what);
}

void WriteTexts(absl::string_view key, const std::vector<std::string>& texts, JsonWriter& json) {
  json.Key(key).BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

void WriteFindings(const AreaReport& report, JsonWriter& json) {
  for (const Finding* finding : WorstFirst(report.findings)) {
    json.BeginObject().Key("area").String(report.area);
    json.Key("severity").String(SeverityName(finding->severity));
    json.Key("id").String(finding->id);
    json.Key("evidence").String(finding->evidence);
    json.Key("remedy").String(finding->remedy).EndObject();
  }
}

void WriteChecked(const AreaReport& report, JsonWriter& json) {
  json.BeginObject().Key("area").String(report.area);
  json.Key("findings").Int(int64_t(report.findings.size()));
  WriteTexts("fine", report.fine, json);
  WriteTexts("unchecked", report.unchecked, json);
  json.Key("sampled").BeginArray();
  for (const Sample& sample : report.samples) {
    json.BeginObject().Key("what").String(sample.what);
    json.Key("looked_at").Int(int64_t(sample.looked_at));
    json.Key("of").Int(int64_t(sample.of)).EndObject();
  }
  json.EndArray().EndObject();
}

}  // namespace

absl::string_view SeverityName(Severity severity) {
  static constexpr std::array<absl::string_view, 3> kNames = {"info", "warning", "error"};
  return kNames[size_t(severity)];
}

void AreaReport::Add(Severity severity, absl::string_view id, absl::string_view evidence,
                     absl::string_view remedy) {
  findings.push_back({severity, std::string(id), Redact(evidence), Redact(remedy)});
}

void AreaReport::Fine(absl::string_view what) { fine.push_back(Redact(what)); }

void AreaReport::Unchecked(absl::string_view what, absl::string_view why) {
  unchecked.push_back(Redact(absl::StrCat(what, ": ", why)));
}

const Finding* FindFinding(const AreaReport& report, absl::string_view id) {
  const auto found =
      absl::c_find_if(report.findings, [id](const Finding& finding) { return finding.id == id; });
  return found == report.findings.end() ? nullptr : &*found;
}

std::string AreaText(const AreaReport& report) {
  std::string text;
  const auto add = [&](absl::string_view kind, absl::string_view line) {
    text += Line(text.empty() ? report.area : "", kind, line);
  };
  const auto add_wrapped = [&](absl::string_view kind, absl::string_view lines) {
    for (const std::string& line : Wrapped(lines)) add(std::exchange(kind, ""), line);
  };
  if (!report.fine.empty()) add_wrapped("ok", absl::StrJoin(report.fine, "; "));
  for (const Finding* finding : WorstFirst(report.findings)) {
    add_wrapped(SeverityName(finding->severity),
                absl::StrCat(finding->id, ": ", finding->evidence));
    // On one line: it may be a command.
    if (!finding->remedy.empty()) add("", absl::StrCat("-> ", finding->remedy));
  }
  for (const Sample& sample : report.samples) add("", SampleText(sample));
  for (const std::string& line : report.unchecked) {
    add_wrapped("", absl::StrCat("could not be checked: ", line));
  }
  return text;
}

std::string SummaryText(const std::vector<AreaReport>& reports) {
  std::array<uint64_t, 3> counts = {};
  for (const AreaReport& report : reports) {
    for (const Finding& finding : report.findings) ++counts[size_t(finding.severity)];
  }
  return absl::StrCat(Counted(counts[2], "error"), ", ", Counted(counts[1], "warning"), ", ",
                      Counted(counts[0], "hint"));
}

std::string ReportJson(const std::vector<AreaReport>& reports) {
  JsonWriter json;
  json.BeginObject().Key("findings").BeginArray();
  for (const AreaReport& report : reports) WriteFindings(report, json);
  json.EndArray().Key("checked").BeginArray();
  for (const AreaReport& report : reports) WriteChecked(report, json);
  return json.EndArray().EndObject().Take();
}

bool HasFinding(const std::vector<AreaReport>& reports, Severity least) {
  return absl::c_any_of(reports, [least](const AreaReport& report) {
    return absl::c_any_of(report.findings,
                          [least](const Finding& finding) { return finding.severity >= least; });
  });
}

std::string SomeOf(const std::vector<std::string>& names, uint64_t count) {
  std::vector<std::string> some;
  for (size_t i = 0; i < std::min(names.size(), kMostNames); ++i) {
    some.push_back(absl::StrCat("'", TsvEscape(names[i]), "'"));
  }
  std::string text = absl::StrJoin(some, ", ");
  if (count > some.size()) absl::StrAppend(&text, " and ", Grouped(count - some.size()), " more");
  return text;
}

std::string Counted(uint64_t count, absl::string_view one) {
  return absl::StrCat(Grouped(count), " ", one, count == 1 ? "" : "s");
}

}  // namespace annofs::doctor

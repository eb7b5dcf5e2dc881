// What `annofs doctor` says: findings, and what was looked at. Plain values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs::doctor {

enum class Severity { kInfo, kWarning, kError };
// "info" "warning" "error"
absl::string_view SeverityName(Severity severity);

// Something that makes mounts fail or slow, or training different. A line each, without line
// breaks.
struct Finding {
  Severity severity = Severity::kInfo;
  std::string id;        // what kind of thing, for programs: "fuse-device-missing"; never renamed
  std::string evidence;  // what was seen, and where
  std::string remedy;    // what to do: a command where there is one
};

// How much of something was looked at.
struct Sample {
  uint64_t looked_at = 0;
  uint64_t of = 0;
  std::string what;  // "images"
};

// What one area of checks says. An area that has nothing of the three was not looked at.
struct AreaReport {
  std::string area;  // "cache"
  std::vector<Finding> findings;
  std::vector<std::string> fine;       // what is as it should be
  std::vector<std::string> unchecked;  // "WHAT: why it could not be checked"
  std::vector<Sample> samples;

  // All texts are kept without secrets and control characters: they may hold names of others.
  void Add(Severity severity, absl::string_view id, absl::string_view evidence,
           absl::string_view remedy);
  void Fine(absl::string_view what);
  void Unchecked(absl::string_view what, absl::string_view why);
};

// The finding with that id, or null.
const Finding* FindFinding(const AreaReport& report, absl::string_view id);

// Of people: the area's name, a line for what is fine, two for each finding (the worst first), one
// for each thing that could not be checked.
std::string AreaText(const AreaReport& report);
// "2 errors, 1 warning, 3 hints".
std::string SummaryText(const std::vector<AreaReport>& reports);
// {"findings":[{"area","severity","id","evidence","remedy"}],
//  "checked":[{"area","findings","fine":[],"unchecked":[],"sampled":[{"what","looked_at","of"}]}]}
std::string ReportJson(const std::vector<AreaReport>& reports);
// Whether there is a finding at or above that.
bool HasFinding(const std::vector<AreaReport>& reports, Severity least);

// The first few of a list, quoted, and how many more there are: "'a', 'b' and 12 more".
std::string SomeOf(const std::vector<std::string>& names, uint64_t count);
// "1 frame", "12 frames"; numbers are grouped.
std::string Counted(uint64_t count, absl::string_view one);

}  // namespace annofs::doctor

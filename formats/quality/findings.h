// What is wrong or doubtful in a dataset: the rules of formats/quality, run over its frames. Pure
// but for what `data` reads; nothing is downloaded. Any dataset is taken, hostile ones too: memory
// is bounded by its labels, by the tracks of one task and by 16 bytes a frame, time is
// O(n log n) of what a frame holds.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/json.h"
#include "formats/dataset.h"
#include "formats/quality/thresholds.h"

namespace annofs {

// Info: worth knowing. Warning: doubtful. Error: wrong for any trainer, or impossible in CVAT.
enum class QualitySeverity : uint8_t { kInfo, kWarning, kError };
inline constexpr int kQualitySeverityCount = 3;
absl::string_view QualitySeverityName(QualitySeverity severity);  // "info", "warning", "error"

// Where something was found. What does not apply is empty.
struct QualityPlace {
  std::optional<Rank> rank;
  std::string frame;   // its safe path, as in the views (FrameNames::path)
  std::string label;   // its name; "person/nose" for a part of a skeleton
  std::string object;  // "tag 0", "shape 3" (from 0, as the frame's JSON in by-frame/ has them),
                       // "shape 3 of track 7", "track 7", "job 12" (CVAT's number), "attribute x"
  std::string detail;  // the numbers: "12.5 px beyond the right edge"
};

// What one rule has found.
struct QualityFinding {
  std::string rule;  // "missing-annotation"
  QualitySeverity severity = QualitySeverity::kWarning;
  std::string what;                  // one line, in the plural: "frames without annotations"
  std::string remedy;                // what to do
  uint64_t count = 0;                // all of them
  std::vector<QualityPlace> places;  // the first QualityOptions::places, in CVAT's order of frames
};

struct QualityReport {
  std::string dataset;
  uint64_t frames = 0, annotations = 0;  // tags and shapes
  // Those with a count above 0: errors first, of one severity in the order of QualityRules().
  std::vector<QualityFinding> findings;

  // Found in all, of that severity.
  uint64_t CountOf(QualitySeverity severity) const;
  bool HasAtLeast(QualitySeverity severity) const;
};

// A rule as it stands in the table, whether it finds something or not.
struct QualityRule {
  absl::string_view id;  // "missing-annotation"
  QualitySeverity severity;
  absl::string_view what, remedy;  // as in QualityFinding
};
// All, in the order of the manual.
std::vector<QualityRule> QualityRules();

struct QualityOptions {
  QualityThresholds thresholds;
  size_t places = 1000;  // that are named of each rule
  // Why the frame's image is not of the size that the annotations say; nothing if it is, or if that
  // is not known without a request. Not given: no image is looked at.
  std::function<absl::StatusOr<std::optional<std::string>>(Rank rank, const Frame& frame)>
      size_mismatch;
};

struct QualityProgress {
  uint64_t done = 0, all = 0;  // frames; one that is looked at twice counts twice
};

// Runs every rule. `progress` is called every thousand frames or so; its error ends the work and
// is the answer. Other errors: those of `data`.
absl::StatusOr<QualityReport> CheckQuality(
    const Dataset& data, const QualityOptions& options,
    absl::FunctionRef<absl::Status(const QualityProgress&)> progress);

// The findings as a JSON array of objects: rule, severity, what, remedy, count, and places, each
// with those of frame, label, object, detail that are not empty. At most `places` of each rule.
void WriteFindings(const QualityReport& report, size_t places, JsonWriter& json);

}  // namespace annofs

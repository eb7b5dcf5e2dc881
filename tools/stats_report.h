// What `annofs stats` has found out about a source, before it is written as text, JSON or a page.
// Plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "formats/quality/findings.h"
#include "formats/quality/stats.h"

namespace annofs {

// A frame of a report's page.
struct SampleFrame {
  std::string name;                // its path in the views
  uint32_t width = 0, height = 0;  // 0: not known
  std::string drawing;             // SVG elements in pixels of the frame
  size_t not_drawn = 0;            // shapes
  // Its labels: colour, name, how many tags and shapes.
  struct Chip {
    std::string color, name;
    uint64_t count = 0;
  };
  std::vector<Chip> chips;
  std::string image;      // the bytes of its image; empty: not shown
  std::string mime;       // "image/jpeg"
  std::string why_empty;  // why the image is not shown
};

struct StatsReport {
  std::string source;                // as its store names it: "b2://bucket"
  std::optional<uint64_t> snapshot;  // the index that the names are of
  struct One {
    DatasetStats stats;
    absl::Time modified = absl::UnixEpoch();  // of the newest of its annotation sources
    // Of a page only.
    QualityReport quality;
    std::vector<SampleFrame> samples;
  };
  std::vector<One> datasets;
  std::optional<DatasetStats> total;  // of several
};

// "2026-01-02 03:04 UTC".
std::string DateText(absl::Time time);

// For people; ends in a newline.
struct Screen;
std::string StatsText(const StatsReport& report, const Screen& screen);

// Everything, as JSON; ends in a newline.
std::string StatsJson(const StatsReport& report);

}  // namespace annofs

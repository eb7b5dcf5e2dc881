// The parts of a report's page. Pure; everything answers HTML.
#pragma once

#include <string>

#include "tools/stats_report.h"

namespace annofs {

// How much of a report a page shows.
struct PageLimits {
  size_t bars = 60;   // classes as bars
  size_t rows = 200;  // classes in the table
  size_t attributes = 60;
  size_t heat_maps = 8;  // of single classes
  size_t places = 10;    // of each finding
  size_t samples = 24;
  size_t images = 12;
  bool is_single = true;  // the page is of one dataset
};

// The main numbers. `quality`: nullptr where it was not looked for.
std::string Tiles(const DatasetStats& stats, const QualityReport* quality);
std::string ClassSection(const DatasetStats& stats, const PageLimits& limits);
// Charts of everything else.
std::string ChartSections(const DatasetStats& stats, const PageLimits& limits);
std::string FindingsSection(const QualityReport& quality, const PageLimits& limits);
// "" without samples.
std::string SamplesSection(const std::vector<SampleFrame>& samples, const PageLimits& limits);

}  // namespace annofs

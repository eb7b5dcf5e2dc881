// The datasets of a source: what was found and not read, problems, frames without images; and a
// sample of their names and images.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "cache/base/call_context.h"
#include "formats/model.h"
#include "fs/filesystem.h"
#include "tools/doctor/report.h"

namespace annofs::doctor {

struct DatasetFacts {
  std::string name;
  std::string views;  // where they are: "views/street"
  absl::Status opened;
  uint64_t frames = 0, frames_without_image = 0, frames_without_size = 0;
  uint64_t frames_looked_at = 0;  // for their sizes
  std::vector<std::string> some_without_image;
  uint64_t errors = 0, warnings = 0;
  std::string first_error, first_warning;  // "SOURCE POSITION: REASON"
};

AreaReport CheckDatasets(const std::vector<DatasetFacts>& datasets,
                         const std::vector<std::string>& notes);

// What is looked at, at most, of all datasets together.
struct DataBounds {
  uint32_t images = 64;
  uint64_t image_bytes = uint64_t{64} << 20;  // that are fetched for it
  uint32_t frames = 100000;                   // for names and sizes
};

// Reads the datasets, and of the images what `bounds` allow: areas annotations, names, images.
// `views_name` is that of FilesystemOptions. `progress` is told what is being done. The context's
// clock bounds each dataset, not all of them.
std::vector<AreaReport> CheckData(Filesystem& fs, absl::string_view views_name,
                                  const DataBounds& bounds,
                                  absl::FunctionRef<void(absl::string_view)> progress,
                                  absl::FunctionRef<CallContext()> context);

}  // namespace annofs::doctor

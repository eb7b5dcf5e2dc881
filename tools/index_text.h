// What `annofs index` says, and `annofs mount` of the index it uses. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/catalog.h"
#include "cache/indexer.h"
#include "fs/filesystem.h"

namespace annofs {

struct IndexResult {
  std::string source;
  SnapshotInfo snapshot;
  uint64_t requests = 0;
  absl::Duration elapsed;
  bool resumed = false;
  std::optional<std::vector<DatasetSummary>> datasets;  // none: not looked for
};

// Before it starts: how many list requests it will take. `known`: objects of the last index, 0 if
// there is none. `page_names`: names that the service gives at once, 0 if it has no requests.
std::string RequestsText(absl::string_view source, uint64_t known, uint32_t page_names);

// "1,200,000 objects, 80,000/s, 60 %, 12 s left, 130 requests".
std::string ProgressText(const IndexProgress& progress);

// "annotations of 3 of 12 datasets read; street: reading 120 MiB of 340 MiB, 1,200 frames, 30,000
// annotations, 60 MiB/s".
std::string DatasetsText(const DatasetsProgress& progress);

// The final line, for people with a line for each dataset, and as JSON.
std::string ResultText(const IndexResult& result);
// What of datasets is broken: a line each, so many at most; "" if nothing is.
std::string BrokenText(const std::vector<DatasetSummary>& datasets);
std::string ResultJson(const IndexResult& result);

// What became of sources that --annotations names: a line each, so many at most.
std::string NotesText(const std::vector<std::string>& notes);

// "using the index of b2://x (2 h old, 10,000,000 objects, snapshot 12); `annofs index` renews it";
std::string UsedIndexText(absl::string_view source, const SnapshotInfo& index, absl::Time now);

}  // namespace annofs

// What one dataset is made from, before anything of it is read. Plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "formats/dataset_config.h"
#include "formats/model.h"
#include "fs/dataset_part.h"
#include "fs/discovery.h"

namespace annofs {

// What discovery knows of a dataset before it is opened.
struct DatasetEntry {
  std::string name;       // of its directory; unique, safe
  std::string version;    // hash of source versions, and of its plan
  absl::Time modified;    // newest of its sources, and of the bucket's annofs.json if that names it
  uint64_t revision = 0;  // 0: as the first search of the mount found it; each later one is another
  std::vector<std::string> views;  // globs of those that are shown (ViewOptions::views)
};

// A source that is read. Its index depends on nothing else: it is read once, whatever is made of
// it.
struct PlannedSource {
  IndexVersion version;  // of its annotation index
  FoundSource found;
};

// What is said of a dataset beside its index.
struct DatasetTold {
  std::string name;
  ViewOptions options;
  std::vector<SourceVersion> other_sources;  // of the same tasks, poorer: not read
  std::vector<Problem> problems;             // of its sources' choice, and of its configuration
};

struct DatasetPlan {
  std::vector<PlannedSource> sources;  // one, unless a configuration says which
  // Of the annotation index that is shown: that of the only source, or one of its own, made of the
  // sources' as the configuration says.
  IndexVersion index;
  DatasetTold told;
  // A dataset that no configuration names has the configuration that says nothing.
  DatasetConfig config;
  std::vector<std::optional<ObjectVersion>>
      lists;  // of config.lists, as ReadPartLists() takes them

  bool is_derived() const { return sources.size() != 1 || index != sources[0].version; }
};

}  // namespace annofs

// annofs.json (design/product.md §4): what users say of datasets. Parsed strictly: what is not
// known is an error that names file, line and key, and what is allowed. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/model.h"
#include "formats/view_options.h"

namespace annofs {

// By names of labels that are no parts of skeletons; those parts follow their skeleton. Keep, drop,
// rename and merge name labels as the sources have them, `order` as they are called afterwards.
struct LabelRules {
  std::vector<std::string> keep;              // empty: all
  std::vector<std::string> drop;              // not together with `keep`
  std::map<std::string, std::string> rename;  // two to one name is a merge
  // New name, and what becomes it.
  std::map<std::string, std::vector<std::string>> merge;
  std::vector<std::string> order;  // these first, the others behind them in their order
  friend bool operator==(const LabelRules&, const LabelRules&) = default;
};

// A tag or shape stays where all that is said holds for it; what is empty says nothing.
struct Where {
  std::vector<ShapeType> types;
  std::optional<bool> occluded;
  double min_area = 0;  // square pixels; what has no area (points, polylines, tags) stays
  std::vector<std::string> sources;
  std::map<std::string, std::vector<std::string>> attributes;  // has one of the values
  // Of one of the jobs that cover its frame.
  std::vector<std::string> job_states, job_stages;
  friend bool operator==(const Where&, const Where&) = default;
};

// Which frames are there; after `where`, and by what is left of the labels.
enum class FramesKept : uint8_t {
  kAll,
  kAnnotated,  // CVAT calls it annotated: a job that covers it is completed, or it has a tag or
               // shape
  kLabelled    // has a tag or shape
};

// The frames of one part by name: globs, or an object of the bucket with a name or glob a line.
struct PartList {
  std::string part;                 // "train", "val", "test"
  std::vector<std::string> frames;  // either these
  std::string key;                  // or this
  friend bool operator==(const PartList&, const PartList&) = default;
};

struct DatasetConfig {
  std::string name;                  // of its directory; as given: not yet made safe
  std::vector<std::string> sources;  // keys or globs; empty: those of the dataset that is called so
  std::string media;                 // a directory where images are looked for first; may be empty
  LabelRules labels;
  Where where;
  FramesKept frames = FramesKept::kAll;
  std::vector<PartList> lists;
  bool keeps_names = false;  // names: original
  ViewOptions options;

  // True if the dataset is another one than its source: something is left out, renamed or divided
  // by lists. Several sources make another one, too.
  bool changes_dataset() const;
  friend bool operator==(const DatasetConfig&, const DatasetConfig&) = default;
};

struct Configuration {
  std::vector<DatasetConfig> datasets;  // names are unique
};

// `file`: its name in messages: "annofs.json:12: datasets[0].split.by: 'x' is none of subset,
// group, hash". kInvalidArgument. Every ViewOptions::configuration is set.
absl::StatusOr<Configuration> ParseConfiguration(absl::string_view text, absl::string_view file);

inline constexpr size_t kMaxConfigurationBytes = 4 << 20;

}  // namespace annofs

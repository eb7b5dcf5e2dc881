#include "formats/dataset_config.h"

#include <utility>

#include "formats/dataset_settings.h"

namespace annofs {
namespace {

// Whoever can write to a bucket would choose the cache, the memory and the keys of who mounts it.
constexpr char kNoOptions[] =
    "a bucket must not set what a machine does: they belong into a file of the machine, that of "
    "--config, ~/.config/annofs/annofs.json or /etc/annofs.json";

Configuration ReadAll(const Setting& root) {
  Configuration all;
  if (root.is_object()) root["options"].FailAtName(kNoOptions);
  if (!root.HasOnly({"datasets"})) return all;
  const Setting datasets = root["datasets"];
  if (!datasets.is_given()) root.Fail("'datasets' is missing");
  if (datasets.is_given()) all.datasets = ReadDatasets(datasets);
  return all;
}

}  // namespace

bool DatasetConfig::changes_dataset() const {
  return labels != LabelRules() || where != Where() || frames != FramesKept::kAll ||
         !lists.empty() || sources.size() > 1;
}

absl::StatusOr<Configuration> ParseConfiguration(absl::string_view text, absl::string_view file) {
  const absl::StatusOr<JsonTree> tree = ParseConfigurationTree(text, file);
  if (!tree.ok()) return tree.status();
  SettingErrors errors(*tree);
  Configuration configuration = ReadAll(Setting(&tree->root(), errors));
  if (!errors.status().ok()) return errors.status();
  return configuration;
}

}  // namespace annofs

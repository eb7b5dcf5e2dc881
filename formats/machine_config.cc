#include "formats/machine_config.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/base/near_word.h"
#include "formats/dataset_settings.h"

namespace annofs {
namespace {

using Check = absl::FunctionRef<absl::Status(absl::string_view, absl::string_view)>;

class OptionsReader {
 public:
  OptionsReader(const std::vector<KnownOption>& known, Check check)
      : known_(known), check_(check) {}

  std::vector<FileOption> Read(const Setting& options) const {
    std::vector<FileOption> all;
    options.ForEachMember([&](const std::string& name, Setting value) {
      const auto option =
          absl::c_find_if(known_, [&name](const KnownOption& one) { return one.name == name; });
      if (option == known_.end()) return value.FailAtName(Unknown(name));
      FileOption read{.name = name, .values = Values(option->value, value)};
      for (const std::string& text : read.values) {
        const absl::Status status = check_(name, text);
        if (!status.ok()) value.Fail(status.message());
      }
      all.push_back(std::move(read));
    });
    return all;
  }

 private:
  std::string Unknown(absl::string_view name) const {
    if (name == "config") return "a file does not name another one; leave it out";
    Setting::Words names;
    for (const KnownOption& option : known_) names.push_back(option.name);
    const absl::string_view near = NearWord(name, names);
    return absl::StrCat("no such option",
                        near.empty() ? "" : absl::StrCat("; did you mean '", near, "'?"),
                        " (see annofs-config(5))");
  }

  // None where it is wrong.
  static std::vector<std::string> Values(KnownOption::Value wanted, const Setting& value) {
    if (wanted == KnownOption::Value::kMany) return value.Texts();
    const bool is_switch = wanted == KnownOption::Value::kSwitch;
    if (is_switch || (wanted == KnownOption::Value::kMayBeLeftOut && value.is_bool())) {
      const std::optional<bool> is_on = value.Bool();
      if (!is_on) return {};
      return {*is_on ? "true" : "false"};
    }
    const std::optional<std::string> text = value.TextOrNumber();
    if (!text) return {};
    return {*text};
  }

  const std::vector<KnownOption>& known_;
  Check check_;
};

// The root's "datasets"; none: not given.
std::optional<Configuration> DatasetsOf(const Setting& root) {
  const Setting datasets = root["datasets"];
  if (!datasets.is_given()) return std::nullopt;
  return Configuration{.datasets = ReadDatasets(datasets)};
}

}  // namespace

absl::StatusOr<MachineConfiguration> ParseMachineConfiguration(
    absl::string_view text, absl::string_view file, const std::vector<KnownOption>& known,
    Check check) {
  const absl::StatusOr<JsonTree> tree = ParseConfigurationTree(text, file);
  if (!tree.ok()) return tree.status();
  SettingErrors errors(*tree);
  const Setting root(&tree->root(), errors);
  MachineConfiguration all;
  if (root.HasOnly({"datasets", "options"})) {
    const Setting options = root["options"];
    all.datasets = DatasetsOf(root);
    if (options.is_given()) all.options = OptionsReader(known, check).Read(options);
    if (!all.datasets && !options.is_given())
      root.Fail("neither 'datasets' nor 'options' is there");
  }
  if (!errors.status().ok()) return errors.status();
  return all;
}

absl::StatusOr<Configuration> ParseMachineDatasets(absl::string_view text, absl::string_view file) {
  const absl::StatusOr<JsonTree> tree = ParseConfigurationTree(text, file);
  if (!tree.ok()) return tree.status();
  SettingErrors errors(*tree);
  const Setting root(&tree->root(), errors);
  std::optional<Configuration> datasets;
  if (root.HasOnly({"datasets", "options"})) datasets = DatasetsOf(root);
  if (!errors.status().ok()) return errors.status();
  return std::move(datasets).value_or(Configuration());
}

}  // namespace annofs

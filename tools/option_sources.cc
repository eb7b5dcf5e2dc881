#include "tools/option_sources.h"

#include <unistd.h>

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/config_file.h"
#include "tools/option_values.h"

namespace annofs {
namespace {

// Kubernetes gives it to every container beside a service that is called annofs.
constexpr absl::string_view kServicePort = "ANNOFS_PORT";

// Options of one origin, in the order in which they stand there.
class Layer {
 public:
  Layer(absl::string_view command, Settings& settings)
      : options_(OptionsOf(command)), settings_(settings), above_(settings) {}

  // `values`: more than one of a repeatable option.
  absl::Status Set(absl::string_view name, const std::vector<std::string>& values,
                   absl::string_view origin) {
    const auto option =
        absl::c_find_if(options_, [name](const OptionSpec* one) { return one->name == name; });
    if (option == options_.end() || IsExcluded(**option, values, origin)) return absl::OkStatus();
    for (const std::string& value : values) {
      RETURN_IF_ERROR(SetOption(**option, value, origin, settings_));
    }
    return absl::OkStatus();
  }

 private:
  // By what counts more; what its own layer says beside it is for CheckTogether().
  bool IsExcluded(const OptionSpec& option, const std::vector<std::string>& values,
                  absl::string_view origin) const {
    Settings with = above_;
    for (const std::string& value : values) {
      if (!SetOption(option, value, origin, with).ok()) return false;  // to be told
    }
    return CheckTogether(above_).ok() && !CheckTogether(with).ok();
  }

  const std::vector<const OptionSpec*> options_;
  Settings& settings_;
  const Settings above_;
};

}  // namespace

absl::Status SetFromEnvironment(absl::string_view command, Settings& settings) {
  Layer layer(command, settings);
  for (const OptionSpec& option : OptionTable()) {
    const std::string variable = VariableOf(option);
    const std::string value = ValueOf(settings.environment, variable);
    if (value.empty()) continue;
    RETURN_IF_ERROR(Annotate(layer.Set(option.name, {value}, variable), variable));
  }
  return absl::OkStatus();
}

std::vector<std::string> DoubtfulVariables(const Variables& environment) {
  std::vector<std::string> known;
  for (const OptionSpec& option : OptionTable()) known.push_back(VariableOf(option));
  const std::vector<absl::string_view> words(known.begin(), known.end());
  std::vector<std::string> doubtful;
  for (const auto& [name, value] : environment) {
    if (!absl::StartsWith(name, kVariablePrefix) || absl::c_linear_search(known, name)) continue;
    if (name == kServicePort) continue;
    const std::string hint = DidYouMean(name, words);
    if (!hint.empty()) doubtful.push_back(absl::StrCat(name, " is no variable of annofs", hint));
  }
  absl::c_sort(doubtful);
  return doubtful;
}

std::vector<std::string> ConfigFilePlaces(const Variables& environment) {
  std::vector<std::string> places;
  const std::string home = ValueOf(environment, "HOME");
  const std::string xdg = ValueOf(environment, "XDG_CONFIG_HOME");
  if (absl::StartsWith(xdg, "/")) {
    places.push_back(absl::StrCat(xdg, "/annofs/annofs.json"));
  } else if (!home.empty()) {
    places.push_back(absl::StrCat(home, "/.config/annofs/annofs.json"));
  }
  places.push_back("/etc/annofs.json");
  return places;
}

absl::Status SetFromFile(absl::string_view command, Settings& settings) {
  const std::vector<const OptionSpec*> options = OptionsOf(command);
  if (absl::c_none_of(options, [](const OptionSpec* one) { return one->name == "config"; })) {
    return absl::OkStatus();
  }
  for (const std::string& place : ConfigFilePlaces(settings.environment)) {
    if (settings.config.empty() && access(place.c_str(), F_OK) == 0) settings.config = place;
  }
  if (settings.config.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(ConfigFile file, ReadConfigFile(settings.config));
  Layer layer(command, settings);
  for (const FileOption& option : file.options) {
    RETURN_IF_ERROR(layer.Set(option.name, option.values, settings.config));
  }
  settings.config_text = std::move(file.datasets);
  return absl::OkStatus();
}

}  // namespace annofs

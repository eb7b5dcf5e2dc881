#include "tools/config_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/option_values.h"

namespace annofs {
namespace {

constexpr size_t kReadBytes = 64 << 10;

// No more than one byte beyond what a configuration may be long.
absl::StatusOr<std::string> ReadText(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return ErrnoToStatus(errno, path);
  absl::Cleanup close_file = [file] { close(file); };
  std::string text;
  while (text.size() <= kMaxConfigurationBytes) {
    const size_t before = text.size();
    text.resize(before + kReadBytes);
    const ssize_t got = read(file, text.data() + before, kReadBytes);
    text.resize(before + size_t(got > 0 ? got : 0));
    if (got == 0) break;
    if (got < 0 && errno != EINTR) return ErrnoToStatus(errno, path);
  }
  return text;
}

KnownOption::Value ValueOf(const OptionSpec& option) {
  if (IsSwitch(option)) return KnownOption::Value::kSwitch;
  if (IsSwitchWithValue(option)) return KnownOption::Value::kMayBeLeftOut;
  return option.times == OptionSpec::Times::kMany ? KnownOption::Value::kMany
                                                  : KnownOption::Value::kOne;
}

std::vector<KnownOption> KnownOptions() {
  std::vector<KnownOption> known;
  for (const OptionSpec& option : OptionTable()) {
    if (option.name != "config") known.push_back({option.name, ValueOf(option)});
  }
  return known;
}

const OptionSpec& OptionCalled(absl::string_view name) {
  return *absl::c_find_if(OptionTable(), [name](const OptionSpec& o) { return o.name == name; });
}

absl::Status Check(absl::string_view name, absl::string_view value) {
  const OptionSpec& option = OptionCalled(name);
  if (IsPath(option) && absl::StartsWith(value, "~")) {
    return absl::InvalidArgumentError("no shell replaces the ~ here: write the path out");
  }
  Settings scratch;
  return SetOption(option, value, "", scratch);
}

// A path is meant from where the file is: whoever reads it may be anywhere.
void MakeAbsolute(FileOption& option, const std::filesystem::path& directory) {
  if (!IsPath(OptionCalled(option.name))) return;
  for (std::string& value : option.values) {
    if (value != "-") value = (directory / value).string();
  }
}

}  // namespace

absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadText(path);
  RETURN_IF_ERROR(Annotate(text.status(), "the configuration file"));
  if (text->size() > kMaxConfigurationBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the configuration file: ", path, ": larger than ", HumanSize(kMaxConfigurationBytes)));
  }
  ASSIGN_OR_RETURN(MachineConfiguration parsed,
                   ParseMachineConfiguration(*text, path, KnownOptions(), Check));
  std::error_code ignored;
  const std::filesystem::path directory = std::filesystem::absolute(path, ignored).parent_path();
  for (FileOption& option : parsed.options) MakeAbsolute(option, directory);
  return ConfigFile{.options = std::move(parsed.options),
                    .datasets = parsed.datasets ? *std::move(text) : ""};
}

}  // namespace annofs

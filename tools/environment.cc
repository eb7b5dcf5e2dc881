#include "tools/environment.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/log.h"

namespace annofs {
namespace {

struct Known {
  const char* name;
  enum class Kind { kSecret, kSetting, kPlace } kind;
};

constexpr std::array<Known, 18> kKnown = {{
    {"B2_APPLICATION_KEY_ID", Known::Kind::kSecret},
    {"B2_APPLICATION_KEY", Known::Kind::kSecret},
    {"AWS_ACCESS_KEY_ID", Known::Kind::kSecret},
    {"AWS_SECRET_ACCESS_KEY", Known::Kind::kSecret},
    {"AWS_SESSION_TOKEN", Known::Kind::kSecret},
    {"AWS_REGION", Known::Kind::kSetting},
    {"AWS_DEFAULT_REGION", Known::Kind::kSetting},
    {"AWS_ENDPOINT_URL_S3", Known::Kind::kSetting},
    {"AWS_ENDPOINT_URL", Known::Kind::kSetting},
    {"AWS_PROFILE", Known::Kind::kPlace},
    {"AWS_SHARED_CREDENTIALS_FILE", Known::Kind::kPlace},
    {"AWS_CONFIG_FILE", Known::Kind::kPlace},
    {"AWS_WEB_IDENTITY_TOKEN_FILE", Known::Kind::kPlace},
    {"AWS_ROLE_ARN", Known::Kind::kPlace},
    {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Known::Kind::kPlace},
    {"AWS_CONTAINER_CREDENTIALS_FULL_URI", Known::Kind::kPlace},
    {"HOME", Known::Kind::kPlace},
    {"XDG_CONFIG_HOME", Known::Kind::kPlace},
}};

// The id of a key is no secret: it leaves the environment with the key, but stays in messages,
// which it helps to understand.
bool IsId(absl::string_view name) { return absl::EndsWith(name, "_ID"); }

// Every entry of that name: a careless parent may have given two.
void Wipe(const char* name) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    absl::string_view value = *entry;
    if (!absl::ConsumePrefix(&value, name) || !absl::ConsumePrefix(&value, "=")) continue;
    if (!IsId(name)) RedactInLog(value);
    std::memset(const_cast<char*>(value.data()), 'x', value.size());
  }
  unsetenv(name);
}

}  // namespace

std::string ValueOf(const Variables& variables, absl::string_view name) {
  auto found = variables.find(name);
  return found == variables.end() ? "" : found->second;
}

void KeepSecretsIn() {
  prctl(PR_SET_DUMPABLE, 0);
  rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

Variables TakeEnvironment() {
  Variables taken;
  for (const Known& known : kKnown) {
    const char* value = std::getenv(known.name);
    if (value == nullptr) continue;
    if (*value != '\0') taken[known.name] = value;
    if (known.kind == Known::Kind::kSecret) Wipe(known.name);
  }
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(*entry, absl::MaxSplits('=', 1));
    if (!absl::StartsWith(parts.first, kVariablePrefix) || parts.second.empty()) continue;
    taken.emplace(parts.first, parts.second);
  }
  return taken;
}

bool IsKeyOrSetting(absl::string_view name) {
  return absl::c_any_of(kKnown, [name](const Known& known) {
    return known.name == name && known.kind != Known::Kind::kPlace;
  });
}

}  // namespace annofs

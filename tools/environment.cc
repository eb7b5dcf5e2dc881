#include "tools/environment.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "cache/base/log.h"

namespace annofs {
namespace {

struct Known {
  const char* name;
  enum class Kind { kSecret, kSetting, kPlace } kind;
};

constexpr std::array<Known, 17> kKnown = {{
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
}};

void Wipe(const Known& known, char* value, size_t size) {
  // The id of a key is no secret, but names whose it is: it goes from the environment, and stays in
  // messages, which it helps to understand.
  bool is_id = absl::EndsWith(known.name, "_ID");
  if (!is_id) RedactInLog(absl::string_view(value, size));
  std::memset(value, 'x', size);
  unsetenv(known.name);
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
    char* value = std::getenv(known.name);
    if (value == nullptr) continue;
    size_t size = std::strlen(value);
    if (size > 0) taken[known.name] = value;
    if (known.kind == Known::Kind::kSecret) Wipe(known, value, size);
  }
  return taken;
}

bool IsKeyOrSetting(absl::string_view name) {
  return absl::c_any_of(kKnown, [name](const Known& known) {
    return known.name == name && known.kind != Known::Kind::kPlace;
  });
}

}  // namespace annofs

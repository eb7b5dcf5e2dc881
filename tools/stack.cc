#include "tools/stack.h"

#include <sys/stat.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/store/stores.h"

namespace annofs {
namespace {

constexpr const char* kKeyId = "B2_APPLICATION_KEY_ID";
constexpr const char* kKey = "B2_APPLICATION_KEY";

// The variable's value; its text in the environment is overwritten, so that neither children nor
// /proc/self/environ show it.
std::string TakeFromEnvironment(const char* name) {
  char* value = std::getenv(name);
  if (value == nullptr) return "";
  std::string taken = value;
  std::memset(value, 'x', taken.size());
  unsetenv(name);
  return taken;
}

absl::StatusOr<B2Credentials> TakeB2Credentials() {
  B2Credentials credentials{.key_id = TakeFromEnvironment(kKeyId),
                            .key = TakeFromEnvironment(kKey)};
  if (credentials.key_id.empty() || credentials.key.empty()) {
    return absl::UnauthenticatedError(
        absl::StrCat("no B2 key: set ", kKeyId, " and ", kKey, " in the environment"));
  }
  RedactInLog(credentials.key);
  return credentials;
}

// What of the source is a directory, and what of it names an annotation file.
struct Target {
  SourceUrl url;
  std::vector<std::string> annotations;
};

absl::StatusOr<Target> ParseTarget(const Settings& settings, const std::string& source) {
  Target target{.annotations = settings.annotations};
  ASSIGN_OR_RETURN(target.url, ParseSourceUrl(source));
  struct stat info;
  if (target.url.kind != SourceUrl::Kind::kDirectory || stat(target.url.path.c_str(), &info) != 0 ||
      !S_ISREG(info.st_mode)) {
    return target;
  }
  target.annotations.emplace_back(BaseName(target.url.path));
  std::string directory(DirName(target.url.path));
  target.url.path = directory.empty() ? "/" : directory;
  return target;
}

absl::StatusOr<StoreOptions> StoreOptionsOf(const Settings& settings, const SourceUrl& url) {
  StoreOptions options{.endpoint = settings.endpoint,
                       .ca_file = settings.ca_file,
                       .connections = settings.connections,
                       .request_rate = settings.request_rate,
                       .timeout = settings.timeout};
  bool needs_key = url.kind == SourceUrl::Kind::kB2 && !settings.offline;
  if (needs_key) {
    ASSIGN_OR_RETURN(options.b2, TakeB2Credentials());
  }
  return options;
}

}  // namespace

std::string CacheDirOf(const Settings& settings) {
  return settings.cache.empty() ? DefaultCacheDir() : settings.cache;
}

CallContext CommandContext(const Settings& settings) {
  CallContext context;
  context.deadline = context.clock->Now() + settings.timeout;
  return context;
}

absl::StatusOr<std::unique_ptr<Stack>> OpenStack(const Settings& settings,
                                                 const std::string& source) {
  auto stack = std::make_unique<Stack>();
  ASSIGN_OR_RETURN(Target target, ParseTarget(settings, source));
  ASSIGN_OR_RETURN(StoreOptions store_options, StoreOptionsOf(settings, target.url));
  ASSIGN_OR_RETURN(stack->store, OpenStore(target.url, store_options, stack->counters));
  ASSIGN_OR_RETURN(stack->cache, OpenCacheDir({.path = CacheDirOf(settings),
                                               .block_bytes = settings.cache_size}));
  FilesystemOptions options{.views_name = settings.views_name,
                            .views = settings.no_views ? FilesystemOptions::Views::kLeftOut
                                                       : FilesystemOptions::Views::kShown,
                            .network = settings.offline ? FilesystemOptions::Network::kOffline
                                                        : FilesystemOptions::Network::kOnline,
                            .annotations = target.annotations,
                            .memory = settings.memory};
  ASSIGN_OR_RETURN(stack->filesystem, OpenFilesystem(*stack->store, stack->cache, stack->counters,
                                                     options, CommandContext(settings)));
  return stack;
}

}  // namespace annofs

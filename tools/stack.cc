#include "tools/stack.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/memory_budget.h"
#include "cache/store/leaving_store.h"
#include "cache/store/prices.h"
#include "cache/store/stores.h"
#include "tools/credentials.h"
#include "tools/index_text.h"

namespace annofs {
namespace {

constexpr int kConnections = 64;

// What of the source is a directory, and what of it names an annotation file.
struct Target {
  SourceUrl url;
  std::vector<std::string> annotations;
};

absl::StatusOr<Target> ParseTarget(const Settings& settings, const std::string& source) {
  Target target{.annotations = settings.annotations};
  ASSIGN_OR_RETURN(target.url, ParseSourceUrl(source));
  struct stat info;
  if (target.url.kind != SourceUrl::Kind::kDirectory) return target;
  if (stat(target.url.path.c_str(), &info) != 0) {
    // What the cache knows of it can be shown.
    if (settings.offline) return target;
    return Annotate(ErrnoToStatus(errno, target.url.path),
                    "the source, a local directory or file (a bucket is b2://NAME or s3://NAME)");
  }
  if (!S_ISREG(info.st_mode)) return target;
  target.annotations.emplace_back(BaseName(target.url.path));
  std::string directory(DirName(target.url.path));
  target.url.path = directory.empty() ? "/" : directory;
  return target;
}

FoundAccess AccessOf(const Settings& settings, const SourceUrl& url) {
  const Access given{.b2_endpoint = settings.endpoint,
                     .s3_endpoint = settings.endpoint,
                     .region = settings.region,
                     .addressing = settings.addressing};
  if (url.kind == SourceUrl::Kind::kDirectory) return {.access = given};
  return FindAccess(url.kind, given, settings.credentials, settings.environment);
}

StoreOptions OptionsOf(const Settings& settings, const SourceUrl& url, const Access& access) {
  return {.endpoint = url.kind == SourceUrl::Kind::kB2 ? access.b2_endpoint : access.s3_endpoint,
          .region = access.region,
          .addressing = access.addressing.value_or(S3Addressing::kAuto),
          .b2 = access.b2,
          .s3 = access.s3,
          .ca_file = settings.ca_file,
          .plain_http = settings.allow_http ? StoreOptions::PlainHttp::kAnywhere
                                            : StoreOptions::PlainHttp::kThisMachine,
          .connections = ConnectionsOf(settings),
          .request_rate = settings.request_rate,
          .timeout = settings.timeout};
}

absl::StatusOr<StoreOptions> StoreOptionsOf(const Settings& settings, const SourceUrl& url) {
  if (settings.at && url.kind == SourceUrl::Kind::kDirectory) {
    return absl::InvalidArgumentError(
        "--at: a local directory keeps no earlier versions; leave it out");
  }
  const FoundAccess found = AccessOf(settings, url);
  // Without requests no key is needed, but the other settings count.
  if (!settings.offline) RETURN_IF_ERROR(found.keys);
  return OptionsOf(settings, url, found.access);
}

std::string PriceServiceOf(const SourceUrl& url, const StoreOptions& options) {
  if (url.kind == SourceUrl::Kind::kDirectory) return "";
  bool is_b2 = url.kind == SourceUrl::Kind::kB2;
  return ServiceOf(is_b2 ? Billing::kNative : Billing::kS3, options.endpoint);
}

}  // namespace

uint64_t UnwrittenOf(const Settings& settings) { return ShareMemory(settings.memory).fetches / 2; }

int ConnectionsOf(const Settings& settings) { return settings.connections.value_or(kConnections); }

std::string CacheDirOf(const Settings& settings) {
  return settings.cache.empty() ? DefaultCacheDir() : settings.cache;
}

absl::StatusOr<SourceAccess> AccessOfSource(const Settings& settings, const std::string& source) {
  ASSIGN_OR_RETURN(const Target target, ParseTarget(settings, source));
  const FoundAccess found = AccessOf(settings, target.url);
  return SourceAccess{.url = target.url,
                      .options = OptionsOf(settings, target.url, found.access),
                      .keys = found.keys};
}

CallContext CommandContext(const Settings& settings) {
  CallContext context;
  context.deadline = context.clock->Now() + settings.timeout;
  return context;
}

std::string NamedSourcesText(const Settings& settings, Filesystem& filesystem,
                             const CallContext& context) {
  if (settings.annotations.empty()) return "";
  // What fails here is told to whoever uses views/.
  const auto notes = filesystem.SearchNotes(context);
  return notes.ok() ? NotesText(*notes) : "";
}

absl::StatusOr<std::unique_ptr<Stack>> OpenStoreAndCache(const Settings& settings,
                                                         const std::string& source,
                                                         Interrupt* interrupt) {
  auto stack = std::make_unique<Stack>();
  if (interrupt != nullptr) interrupt->AlsoCancel(stack->leaving);
  std::optional<ConfigurationText> configuration;
  if (!settings.config_text.empty()) {
    configuration = ConfigurationText{.text = settings.config_text, .file = settings.config};
  }
  ASSIGN_OR_RETURN(Target target, ParseTarget(settings, source));
  ASSIGN_OR_RETURN(StoreOptions store_options, StoreOptionsOf(settings, target.url));
  ASSIGN_OR_RETURN(std::unique_ptr<ObjectStore> store,
                   OpenStore(target.url, store_options, stack->counters));
  stack->store = NewLeavingStore(std::move(store), *stack->leaving);
  ASSIGN_OR_RETURN(stack->cache,
                   OpenCacheDir({.path = CacheDirOf(settings),
                                 .block_bytes = settings.cache_size,
                                 .queue_bytes = ShareMemory(settings.memory).fetches}));
  stack->options = {
      .views_name = settings.views_name,
      .views =
          settings.no_views ? FilesystemOptions::Views::kLeftOut : FilesystemOptions::Views::kShown,
      .network = settings.offline ? FilesystemOptions::Network::kOffline
                                  : FilesystemOptions::Network::kOnline,
      .annotations = target.annotations,
      .configuration = std::move(configuration),
      .images = settings.images == "none" ? Images::kLeftOut : Images::kShown,
      .memory = settings.memory,
      .price_service = PriceServiceOf(target.url, store_options),
      .names = settings.snapshot ? CatalogOptions::Names::kSnapshot : CatalogOptions::Names::kFresh,
      .snapshot = settings.snapshot.value_or(0),
      .at = settings.at,
      .index_age = settings.index_age.value_or(absl::InfiniteDuration()),
      .follow = settings.follow};
  return stack;
}

absl::Status OpenFilesystemOf(Stack& stack, const Settings& settings) {
  ASSIGN_OR_RETURN(stack.filesystem, OpenFilesystem(*stack.store, stack.cache, stack.counters,
                                                    stack.options, CommandContext(settings)));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Stack>> OpenStack(const Settings& settings,
                                                 const std::string& source, Interrupt* interrupt) {
  ASSIGN_OR_RETURN(std::unique_ptr<Stack> stack, OpenStoreAndCache(settings, source, interrupt));
  RETURN_IF_ERROR(OpenFilesystemOf(*stack, settings));
  return stack;
}

}  // namespace annofs

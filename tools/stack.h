// Everything below a command, opened from its settings: store, cache, tree.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "cache/base/call_context.h"
#include "cache/base/counters.h"
#include "cache/cache_dir.h"
#include "cache/store/object_store.h"
#include "cache/store/stores.h"
#include "fs/filesystem.h"
#include "tools/interrupt.h"
#include "tools/settings.h"

namespace annofs {

// Members in the order in which they must be made; destroyed in the opposite one.
struct Stack {
  ~Stack() { leaving->Cancel(); }

  Counters counters;
  // Ends requests that have no cancellation of their own: the program wants to end.
  std::shared_ptr<Cancellation> leaving = std::make_shared<Cancellation>();
  std::unique_ptr<ObjectStore> store;
  CacheDir cache;
  FilesystemOptions options;  // of the filesystem
  std::unique_ptr<Filesystem> filesystem;
  // Of a mount: what of it is shown, and where that is in it; nullptr, "": all.
  std::unique_ptr<Tree> root;
  std::string root_path;
};

// `source`: as on the command line; a regular file is its directory with that file as the only
// annotation source. Reads the keys. Errors say what to do. What waits for the store ends at an
// `interrupt`.
absl::StatusOr<std::unique_ptr<Stack>> OpenStack(const Settings& settings,
                                                 const std::string& source,
                                                 Interrupt* interrupt = nullptr);

// The same in two steps: all but the filesystem, then that.
absl::StatusOr<std::unique_ptr<Stack>> OpenStoreAndCache(const Settings& settings,
                                                         const std::string& source,
                                                         Interrupt* interrupt = nullptr);
absl::Status OpenFilesystemOf(Stack& stack, const Settings& settings);

// Where a source is and how it is reached, for who wants to look into what does not work. `keys`:
// why there are none; `options` is without them then. kInvalidArgument: no SOURCE, wrong settings.
struct SourceAccess {
  SourceUrl url;
  StoreOptions options;
  absl::Status keys;
};
absl::StatusOr<SourceAccess> AccessOfSource(const Settings& settings, const std::string& source);

// The context of a command that may wait.
CallContext CommandContext(const Settings& settings);

// What became of the sources that --annotations names; nothing where it names none. Waits for the
// search up to the context's deadline.
std::string NamedSourcesText(const Settings& settings, Filesystem& filesystem,
                             const CallContext& context);

// Bytes that a warm may have fetched and not yet written: what the cache's queue holds, with room
// for others.
uint64_t UnwrittenOf(const Settings& settings);

// Requests at once.
int ConnectionsOf(const Settings& settings);

std::string CacheDirOf(const Settings& settings);

}  // namespace annofs

// Makes stores. Each function gives the bare store; OpenStore gives the whole stack, outermost
// first: Traced(Limited(Retrying(B2Store | S3Store | DirStore))).
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/clock.h"
#include "cache/base/counters.h"
#include "cache/store/object_store.h"
#include "cache/store/url.h"

namespace annofs {

struct B2Credentials {
  std::string key_id;
  std::string key;
};

struct S3Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // "" = none
};

// Where the bucket's name stands in an S3 URL: https://HOST/BUCKET/KEY or https://BUCKET.HOST/KEY.
enum class S3Addressing { kAuto, kPath, kVirtualHost };

struct StoreOptions {
  // B2: realm URL; "" = https://api.backblazeb2.com. S3: service URL; "" = that of AWS in `region`.
  std::string endpoint;
  std::string region;  // S3; "" = what the endpoint's name says, else us-east-1
  S3Addressing addressing = S3Addressing::kAuto;
  B2Credentials b2;
  S3Credentials s3;
  std::string ca_file;  // "" = the system's
  using PlainHttp = annofs::PlainHttp;
  PlainHttp plain_http = PlainHttp::kThisMachine;
  int connections = 64;     // requests in flight
  double request_rate = 0;  // per second; 0 = no limit
  absl::Duration timeout =
      absl::Seconds(60);  // of one call with its retries, where the context has no earlier deadline
};

// What a SOURCE of the command line names (design/product.md §1): b2://BUCKET[/PREFIX],
// s3://BUCKET[/PREFIX], file:///path, /path, relative path.
struct SourceUrl {
  enum class Kind { kB2, kS3, kDirectory } kind = Kind::kDirectory;
  std::string bucket;  // kB2, kS3
  std::string prefix;  // kB2, kS3: "" or ends with '/'
  std::string path;    // kDirectory: absolute
};
// kInvalidArgument with the allowed forms for anything else.
absl::StatusOr<SourceUrl> ParseSourceUrl(absl::string_view source);

// The native B2 API (reference/b2.md §1) over one curl-multi thread. Starts its thread at the first
// call (a mount daemonises before that). With a key for a name prefix, b2://BUCKET is what that key
// reads: rooted at the directory part of the prefix, which name() tells once connected, and no call
// is made that the key may not make.
// Every request is counted in `counters` (transactions.h), which outlives the store.
std::unique_ptr<ObjectStore> NewB2Store(const SourceUrl& url, const StoreOptions& options,
                                        Counters& counters);
// The S3 API of any service that has it (reference/b2.md §4), read with three calls: list names,
// list versions for ListRequest::at, get a range. Versions are ETags, with version ids where they
// come from a listing of versions. Never lists or
// heads buckets, so that the narrowest key will do. Thread, counters: as the B2 store. An
// `options.endpoint` or region that cannot be is what every call answers.
std::unique_ptr<ObjectStore> NewS3Store(const SourceUrl& url, const StoreOptions& options,
                                        Counters& counters);
// A local directory, without earlier times. Versions are "inode-mtime_ns-size"; a file that changed
// reads kAborted. Symlinks that leave the directory are not followed.
std::unique_ptr<ObjectStore> NewDirStore(std::string directory);

// Decorators. The wrapped store is owned.

// Tries again what is kUnavailable, and once what is kDataLoss: exponential backoff with full
// jitter, a server's Retry-After
// honoured, a Get resumed at the first byte that the sink has not had. Ends by the caller's
// deadline or after `timeout`, whichever is first; then the error of the last try is the answer.
// Every try waits for its turn at the pace of the store (pace.h), `request_rate` per second at most
// (0 = no limit).
std::unique_ptr<ObjectStore> NewRetryingStore(std::unique_ptr<ObjectStore> store,
                                              absl::Duration timeout = absl::Seconds(60),
                                              double request_rate = 0);
// At most `connections` calls at once, first come first served; waiting ends with the caller's
// deadline.
std::unique_ptr<ObjectStore> NewLimitedStore(std::unique_ptr<ObjectStore> store, int connections);
// Counts "store.requests.list", "store.requests.get", "store.bytes", "store.errors" and logs
// failures. `counters` outlives the store.
std::unique_ptr<ObjectStore> NewTracedStore(std::unique_ptr<ObjectStore> store, Counters& counters);

absl::StatusOr<std::unique_ptr<ObjectStore>> OpenStore(const SourceUrl& url,
                                                       const StoreOptions& options,
                                                       Counters& counters);

}  // namespace annofs

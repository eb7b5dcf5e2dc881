#include <memory>
#include <utility>

#include "cache/base/status.h"
#include "cache/store/retrying_store.h"
#include "cache/store/s3_endpoint.h"
#include "cache/store/stores.h"
#include "cache/store/url.h"

namespace annofs {
namespace {

absl::Status CheckOptions(const SourceUrl& url, const StoreOptions& options) {
  // A missing key is said at the first contact: an offline mount makes none.
  switch (url.kind) {
    case SourceUrl::Kind::kS3:
      return ResolveS3Endpoint(url.bucket, options).status();
    case SourceUrl::Kind::kB2:
      if (options.endpoint.empty()) return absl::OkStatus();
      return CheckEndpoint(options.endpoint, options.plain_http);
    case SourceUrl::Kind::kDirectory:
      break;
  }
  return absl::OkStatus();
}

std::unique_ptr<ObjectStore> NewBareStore(const SourceUrl& url, const StoreOptions& options,
                                          Counters& counters) {
  switch (url.kind) {
    case SourceUrl::Kind::kB2:
      return NewB2Store(url, options, counters);
    case SourceUrl::Kind::kS3:
      return NewS3Store(url, options, counters);
    case SourceUrl::Kind::kDirectory:
      break;
  }
  return NewDirStore(url.path);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ObjectStore>> OpenStore(const SourceUrl& url,
                                                       const StoreOptions& options,
                                                       Counters& counters) {
  RETURN_IF_ERROR(CheckOptions(url, options));
  std::unique_ptr<ObjectStore> store = NewBareStore(url, options, counters);
  store =
      NewRetryingStore(std::move(store), RetryingOptions{.timeout = options.timeout,
                                                         .request_rate = options.request_rate,
                                                         .again = &counters.Get("store.retries")});
  store = NewLimitedStore(std::move(store), options.connections);
  return NewTracedStore(std::move(store), counters);
}

}  // namespace annofs

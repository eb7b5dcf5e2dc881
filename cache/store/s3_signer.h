// Signs the requests of one bucket (cache/base/sigv4.h). Thread safe.
#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/base/sigv4.h"
#include "cache/store/http.h"
#include "cache/store/s3_endpoint.h"
#include "cache/store/stores.h"

namespace annofs {

class S3Signer {
 public:
  // Keeps the secrets out of the log from now on.
  explicit S3Signer(S3Credentials credentials);

  // kUnauthenticated that says where credentials come from, if there are none or they cannot be.
  absl::Status Check() const;

  // A GET of `path` (escaped) with `query`, signed for `now` with all its headers, those given in
  // `headers` (lower case names) included. Nothing but what is signed, Accept and User-Agent is
  // sent: services refuse the checksum headers that they do not know (reference/b2.md §4.3).
  HttpRequest Get(const S3Endpoint& endpoint, const std::string& path, const NamesAndValues& query,
                  NamesAndValues headers, absl::Time now) const;

 private:
  // `time` is SigV4Time() of the request.
  std::string Authorization(const SigV4Request& request, const std::string& region,
                            absl::string_view time) const;
  std::string KeyOf(const SigV4Scope& scope) const ABSL_LOCKS_EXCLUDED(mutex_);

  const S3Credentials credentials_;

  // The key that was used last, for a day and a region.
  mutable absl::Mutex mutex_;
  mutable std::string scope_ ABSL_GUARDED_BY(mutex_);
  mutable std::string key_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs

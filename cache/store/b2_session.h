// A session with B2 for one bucket: the token, the URLs and the bucket's id. Authorises at the
// first call, again when the token is dead; single flight, whatever the number of callers. Thread
// safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "cache/base/json.h"
#include "cache/store/b2_account.h"
#include "cache/store/b2_errors.h"
#include "cache/store/metered_http.h"
#include "cache/store/stores.h"

namespace annofs {

// What a call needs. Immutable.
struct B2Access {
  std::string version;       // of the API that the server speaks: "v4"
  std::string api_url;       // with the version, without a final slash
  std::string download_url;  // likewise
  std::string token;
  std::string bucket_id;
  std::string root;         // what keys are relative to: "" or ends with '/'
  std::string name_prefix;  // what every name that the key may see begins with
  uint64_t generation = 0;  // counts authorisations
};

class B2Session {
 public:
  // `http` outlives the session.
  B2Session(MeteredHttp& http, const SourceUrl& url, const StoreOptions& options);

  // Authorises, checks what the key may do, and resolves the bucket, unless done: one request, and
  // one for the bucket where the key does not name it. A server without v4 is asked by v3 and v2.
  // kUnauthenticated: the key is refused; kPermissionDenied: it may not do what is needed;
  // kNotFound: no such bucket.
  absl::StatusOr<std::shared_ptr<const B2Access>> Connect(const CallContext& context);

  // B2Access::root, the source's prefix before the first Connect().
  std::string root() const ABSL_LOCKS_EXCLUDED(mutex_);

  // The URL of the realm, and whether it is the one that is meant where none is named.
  const std::string& endpoint() const { return endpoint_; }
  bool is_default_realm() const;

  // Sends what `request` makes of the access; a dead token is replaced, and the request sent once
  // more. An answer that is not 2xx is its error (b2_errors.h). `receiver` may be null.
  absl::StatusOr<HttpResponse> Call(ServiceCall call, HttpKind kind,
                                    absl::FunctionRef<HttpRequest(const B2Access&)> request,
                                    const HttpReceiver* receiver, const CallContext& context);

 private:
  using AccessPointer = std::shared_ptr<const B2Access>;
  using AccessOr = absl::StatusOr<AccessPointer>;

  // Access newer than generation `stale`. One caller authorises; the others wait for its outcome.
  AccessOr Get(uint64_t stale, const CallContext& context) ABSL_LOCKS_EXCLUDED(mutex_);
  // The outcome of flight number `flight` if it has ended: access, or an error that is everyone's.
  AccessOr Join(uint64_t flight, uint64_t stale, const CallContext& context)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  AccessOr Lead(const CallContext& context) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // The requests of a flight. `before`: the access that is replaced, or null.
  absl::StatusOr<B2Access> Authorise(AccessPointer before, const CallContext& context);
  absl::StatusOr<std::string> FindBucket(const B2Account& account, const std::string& version,
                                         const CallContext& context);
  // The id of our bucket if the server finds it by `id` (by its name where that is ""), else "".
  absl::StatusOr<std::string> AskForBucket(const B2Account& account, const std::string& version,
                                           const std::string& id, const CallContext& context);

  MeteredHttp& http_;
  const std::string bucket_;
  const std::string prefix_;
  const std::string endpoint_;
  const PlainHttp plain_http_;
  const B2Credentials credentials_;

  mutable absl::Mutex mutex_;
  absl::CondVar ended_;
  bool flying_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t flights_ ABSL_GUARDED_BY(mutex_) = 0;  // begun
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);  // of the last flight
  AccessPointer access_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs

// What a service says of itself, a key and a bucket beside what reading takes: for people who want
// to know why a mount fails (`annofs doctor`). A few requests, each tried once; every part that is
// not told says why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/base/counters.h"
#include "cache/store/b2_account.h"
#include "cache/store/http.h"
#include "cache/store/stores.h"

namespace annofs {

// What a bucket does with names that begin with `prefix` by itself.
struct LifecycleRule {
  std::string prefix;
  std::optional<int64_t> days_to_hide;    // after the upload the name is hidden (S3: expires)
  std::optional<int64_t> days_to_delete;  // after that, or a newer version, the old one is removed
  std::string hide_date = "";             // S3: all expire then, whenever they were uploaded
  bool is_narrowed = false;  // S3: the rule is for some of these names, by their tags or sizes
};

struct Examination {
  std::string host;                           // that was asked: "api.backblazeb2.com"
  absl::Status answered;                      // not OK: no answer came, and nothing below is known
  std::optional<absl::Duration> clock_ahead;  // of this machine's, by the answer's Date
  absl::Status admitted;  // the key: kUnauthenticated: none, or refused; kPermissionDenied: S3, it
                          // may not list; any other: the service's own failure
  std::optional<B2Account> account;  // B2: what the key may do
  absl::Status bucket;               // kNotFound: no such bucket; kPermissionDenied: another's
  absl::StatusOr<bool> is_public = absl::UnknownError("");
  absl::StatusOr<bool> keeps_versions = absl::UnknownError("");
  absl::StatusOr<std::vector<LifecycleRule>> rules = absl::UnknownError("");
};

// REQUIRES: a source of that kind. A class C request or two; S3: four. Keys in `options` may be
// missing: then only the service is asked.
Examination ExamineB2(const SourceUrl& url, const StoreOptions& options, Counters& counters,
                      const CallContext& context);
Examination ExamineS3(const SourceUrl& url, const StoreOptions& options, Counters& counters,
                      const CallContext& context);

// How far `now`, the middle of the request, is ahead of the answer's Date, which has whole seconds.
// Nothing: it has none.
std::optional<absl::Duration> ClockAhead(const HttpResponse& response, absl::Time now);

// The rules of an answer to b2_list_buckets ("lifecycleRules"), and to GetBucketLifecycle
// (reference/b2.md §1.14). kPermissionDenied: this key is not told; kDataLoss: malformed.
absl::StatusOr<std::vector<LifecycleRule>> ParseB2Rules(JsonValue bucket);
absl::StatusOr<std::vector<LifecycleRule>> ParseS3Rules(absl::string_view body);

}  // namespace annofs

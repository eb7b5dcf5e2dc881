// The calls of B2 that come before a session has what it needs: authorise, ask for a bucket
// (reference/b2.md §1.3, §1.12). Each is tried once. Stateless.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/call_context.h"
#include "cache/base/json.h"
#include "cache/store/b2_account.h"
#include "cache/store/metered_http.h"
#include "cache/store/stores.h"

namespace annofs {

inline constexpr char kB2Realm[] = "https://api.backblazeb2.com";

// The URL of the realm, without a final slash.
std::string B2EndpointOf(const StoreOptions& options);

// The answer to b2_authorize_account, whatever it is. `version`: the one of the API to ask by
// ("v4"); "": v4, v3 and v2 are asked until one is known, and it is that one afterwards. Without a
// key nobody is authorised, but the service answers.
absl::StatusOr<HttpResponse> AuthorizeB2(MeteredHttp& http, const std::string& endpoint,
                                         const B2Credentials& credentials, std::string& version,
                                         const CallContext& context);

// Asks for the bucket with that id, with that name where `id` is "". A key for some buckets may ask
// for these only.
HttpRequest B2BucketRequest(const B2Account& account, absl::string_view version,
                            const std::string& id, const std::string& name);

// kDataLoss: no JSON.
absl::StatusOr<JsonDocument> ParseB2Answer(const HttpResponse& response, absl::string_view call);

}  // namespace annofs

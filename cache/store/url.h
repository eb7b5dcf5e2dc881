// URLs as curl reads them: what a guard decides about must be what curl connects to. Pure
// functions.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

struct UrlParts {
  std::string scheme;  // lower case
  std::string host;    // lower case; IPv4 in dotted form, IPv6 without brackets
  std::string port;    // "" = that of the scheme
  std::string path;    // as it stands there, "/" at least
};

// The parts of an http or https URL. kInvalidArgument: not such a URL, or it holds a user
// name, a password, a query or a fragment. The message holds none of the URL but its host.
absl::StatusOr<UrlParts> ParseUrl(absl::string_view url);

// "HOST[:PORT]" as the header Host says it: without the port that the scheme has anyway.
std::string Authority(const UrlParts& url);

// 127.0.0.0/8, ::1, localhost.
bool IsLoopback(absl::string_view host);
// An IPv4 or IPv6 address and not a name.
bool IsAddress(absl::string_view host);

// Where http may go, without encryption.
enum class PlainHttp { kThisMachine, kAnywhere };

// kInvalidArgument unless `endpoint` is https, or http to where it may go.
absl::Status CheckEndpoint(absl::string_view endpoint, PlainHttp plain = PlainHttp::kThisMachine);

// Whether a URL that a server returned may be given our token (reference/b2.md §2.2, §8): https
// below the domain of `endpoint`, backblaze.com or backblazeb2.com; or the host of `endpoint`
// itself; or, with an endpoint on this machine, any port of this machine with its scheme. An http
// endpoint elsewhere, where http may go anywhere, may return http URLs of its own domain too.
// kPermissionDenied that names the host otherwise.
absl::Status CheckReturnedUrl(absl::string_view url, absl::string_view endpoint,
                              PlainHttp plain = PlainHttp::kThisMachine);

}  // namespace annofs

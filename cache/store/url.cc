#include "cache/store/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <array>
#include <memory>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "cache/store/excerpt.h"

namespace annofs {
namespace {

constexpr size_t kMaxHost = 253;  // of a name in the DNS

using UrlHandle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

// Second labels under which a country registers its domains: example.co.uk is a domain, co.uk is
// not.
constexpr std::array<absl::string_view, 8> kRegistryLabels = {"ac",  "co",  "com", "edu",
                                                              "gov", "net", "or",  "org"};

constexpr std::array<absl::string_view, 2> kBackblazeDomains = {"backblaze.com", "backblazeb2.com"};

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}

std::string CleanHost(absl::string_view host) {
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]")) {
    host = host.substr(1, host.size() - 2);
  }
  return absl::AsciiStrToLower(host);
}

bool IsRegistry(absl::string_view domain) {
  const std::vector<absl::string_view> labels = absl::StrSplit(domain, '.');
  return labels.size() < 2 || (labels.size() == 2 && labels[1].size() == 2 &&
                               absl::c_linear_search(kRegistryLabels, labels[0]));
}

// What the owner of `host` can be taken to own: its parent, or itself where the parent is a
// registry. "api.backblazeb2.com" -> "backblazeb2.com", "b2.example.co.uk" -> "example.co.uk".
absl::string_view DomainOf(absl::string_view host) {
  const size_t dot = host.find('.');
  const absl::string_view parent = dot == host.npos ? "" : host.substr(dot + 1);
  return IsRegistry(parent) ? host : parent;
}

bool IsWithin(absl::string_view host, absl::string_view domain) {
  return host == domain ||
         (absl::EndsWith(host, domain) && host[host.size() - domain.size() - 1] == '.');
}

// The endpoint's own host, or a name of its domain.
bool IsOwn(absl::string_view host, absl::string_view endpoint_host) {
  if (host == endpoint_host) return true;
  return !IsAddress(host) && !IsAddress(endpoint_host) && IsWithin(host, DomainOf(endpoint_host));
}

bool IsBackblaze(absl::string_view host) {
  return absl::c_any_of(kBackblazeDomains,
                        [&](absl::string_view domain) { return IsWithin(host, domain); });
}

bool IsTrusted(const UrlParts& url, const UrlParts& endpoint, PlainHttp plain) {
  if (IsLoopback(endpoint.host)) return IsLoopback(url.host) && url.scheme == endpoint.scheme;
  if (url.scheme == "https") return IsOwn(url.host, endpoint.host) || IsBackblaze(url.host);
  return plain == PlainHttp::kAnywhere && endpoint.scheme == "http" &&
         IsOwn(url.host, endpoint.host);
}

}  // namespace

absl::StatusOr<UrlParts> ParseUrl(absl::string_view url) {
  const UrlHandle handle(curl_url(), curl_url_cleanup);
  const std::string text(url);
  // An empty query is none to curl, but it would swallow the path that is appended.
  if (absl::EndsWith(url, "?") || absl::EndsWith(url, "#")) {
    return absl::InvalidArgumentError("a URL with a query or a fragment");
  }
  if (curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), CURLU_PATH_AS_IS) != CURLUE_OK) {
    return absl::InvalidArgumentError("not a URL; write https://HOST[:PORT]");
  }
  const UrlParts parts{.scheme = absl::AsciiStrToLower(Part(handle.get(), CURLUPART_SCHEME)),
                       .host = CleanHost(Part(handle.get(), CURLUPART_HOST)),
                       .port = Part(handle.get(), CURLUPART_PORT),
                       .path = Part(handle.get(), CURLUPART_PATH)};
  if (parts.host.empty() || (parts.scheme != "https" && parts.scheme != "http")) {
    return absl::InvalidArgumentError("neither an http nor an https URL");
  }
  for (const CURLUPart part :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (!Part(handle.get(), part).empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the URL of ", parts.host, " holds more than scheme, host, port and path"));
    }
  }
  return parts;
}

std::string Authority(const UrlParts& url) {
  const bool is_ipv6 = absl::StrContains(url.host, ':');
  std::string authority = is_ipv6 ? absl::StrCat("[", url.host, "]") : url.host;
  const absl::string_view usual = url.scheme == "https" ? "443" : "80";
  if (!url.port.empty() && url.port != usual) absl::StrAppend(&authority, ":", url.port);
  return authority;
}

bool IsLoopback(absl::string_view host) {
  in_addr address;
  if (inet_pton(AF_INET, std::string(host).c_str(), &address) == 1) {
    return absl::StartsWith(host, "127.");
  }
  return host == "::1" || host == "localhost" || absl::EndsWith(host, ".localhost");
}

bool IsAddress(absl::string_view host) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  const std::string text(host.substr(0, host.find('%')));
  return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

absl::Status CheckEndpoint(absl::string_view endpoint, PlainHttp plain) {
  const absl::StatusOr<UrlParts> parts = ParseUrl(endpoint);
  if (!parts.ok()) return Annotate(parts.status(), "endpoint");
  if (parts->scheme == "https" || IsLoopback(parts->host)) return absl::OkStatus();
  if (plain == PlainHttp::kAnywhere) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("endpoint ", parts->host,
                   ": http is for this machine only (what is read, and for B2 the key, would "
                   "travel unencrypted); "
                   "use https, or --allow-http in a network that you trust"));
}

absl::Status CheckReturnedUrl(absl::string_view url, absl::string_view endpoint, PlainHttp plain) {
  ASSIGN_OR_RETURN(const UrlParts ours, ParseUrl(endpoint));
  const absl::StatusOr<UrlParts> theirs = ParseUrl(url);
  if (!theirs.ok()) {
    return absl::PermissionDeniedError(
        absl::StrCat("the server at ", ours.host,
                     " sends us to a URL that is refused: ", theirs.status().message()));
  }
  if (IsTrusted(*theirs, ours, plain)) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("the server at ", ours.host, " sends us to ", theirs->scheme, "://",
                   Excerpt(theirs->host, kMaxHost), ", which is not of its domain; refused"));
}

}  // namespace annofs

#include "cache/store/s3_endpoint.h"

#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/sigv4.h"
#include "cache/base/status.h"
#include "cache/store/url.h"

namespace annofs {
namespace {

constexpr absl::string_view kDefaultRegion = "us-east-1";
constexpr absl::string_view kB2Suffix = ".backblazeb2.com";
constexpr absl::string_view kR2Suffix = ".r2.cloudflarestorage.com";
constexpr size_t kMaxLabel = 63;  // of a host name

bool IsLowerOrDigit(char c) {
  return absl::ascii_islower(static_cast<unsigned char>(c)) ||
         absl::ascii_isdigit(static_cast<unsigned char>(c));
}

bool IsLabel(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxLabel && IsLowerOrDigit(text.front()) &&
         IsLowerOrDigit(text.back()) &&
         absl::c_all_of(text, [](char c) { return IsLowerOrDigit(c) || c == '-'; });
}

// Removes the domain of AWS, also that of its Chinese regions.
bool ConsumeAws(absl::string_view* host) {
  return absl::ConsumeSuffix(host, ".amazonaws.com") ||
         absl::ConsumeSuffix(host, ".amazonaws.com.cn");
}

// "eu-west-1" and not "external-1": AWS's own name of an old endpoint in us-east-1.
bool LooksLikeAwsRegion(absl::string_view text) { return absl::c_count(text, '-') >= 2; }

// `name` is the host without ".amazonaws.com": "s3", "s3-eu-west-1", "s3.eu-west-1",
// "s3.dualstack.eu-west-1", "s3-fips.us-gov-west-1", "vpce-1a2b.s3.eu-west-1.vpce".
absl::string_view AwsRegion(absl::string_view name) {
  const std::vector<absl::string_view> labels = absl::StrSplit(name, '.');
  for (size_t i = 0; i < labels.size(); ++i) {
    absl::string_view label = labels[i];
    if (label != "s3" && !absl::StartsWith(label, "s3-")) continue;
    size_t next = i + 1;
    if (next < labels.size() && labels[next] == "dualstack") ++next;
    if (next < labels.size()) return labels[next];
    if (absl::ConsumePrefix(&label, "s3-") && LooksLikeAwsRegion(label)) return label;
  }
  return kDefaultRegion;
}

bool IsRegion(absl::string_view region) {
  return !region.empty() && region.size() <= kMaxLabel && absl::c_all_of(region, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  });
}

std::string EndpointUrl(const StoreOptions& options) {
  if (!options.endpoint.empty()) return options.endpoint;
  const absl::string_view region = options.region.empty() ? kDefaultRegion : options.region;
  const absl::string_view country = absl::StartsWith(region, "cn-") ? ".cn" : "";
  return absl::StrCat("https://s3.", region, ".amazonaws.com", country);
}

// Where a bucket's name is that of one bucket, whatever the endpoint: the regions of governments
// and those of China have names of their own.
bool IsAws(absl::string_view host, absl::string_view region) {
  return absl::EndsWith(host, ".amazonaws.com") && !absl::StartsWith(region, "us-gov-");
}

bool BucketGoesIntoHost(absl::string_view bucket, absl::string_view host, S3Addressing addressing) {
  if (addressing != S3Addressing::kAuto) return addressing == S3Addressing::kVirtualHost;
  absl::string_view rest = host;
  return IsLabel(bucket) && (ConsumeAws(&rest) || absl::EndsWith(host, kB2Suffix));
}

absl::Status CheckBucketInHost(absl::string_view bucket, absl::string_view host) {
  const std::vector<absl::string_view> labels = absl::StrSplit(bucket, '.');
  if (absl::c_all_of(labels, IsLabel) && !IsAddress(host)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("bucket '", bucket, "' at ", host,
                   ": the name cannot stand in the name of this host; use path style addressing"));
}

}  // namespace

std::string S3RegionOfHost(absl::string_view host) {
  if (absl::EndsWith(host, kR2Suffix)) return "auto";
  absl::string_view name = host;
  if (ConsumeAws(&name)) return std::string(AwsRegion(name));
  if (absl::ConsumeSuffix(&name, kB2Suffix) && absl::ConsumePrefix(&name, "s3.")) {
    return std::string(name);
  }
  return std::string(kDefaultRegion);
}

absl::StatusOr<S3Endpoint> ResolveS3Endpoint(const std::string& bucket,
                                             const StoreOptions& options) {
  if (!options.region.empty() && !IsRegion(options.region)) {
    return absl::InvalidArgumentError("a region is one word, such as us-west-004");
  }
  const std::string text = EndpointUrl(options);
  RETURN_IF_ERROR(CheckEndpoint(text, options.plain_http));
  ASSIGN_OR_RETURN(const UrlParts url, ParseUrl(text));
  S3Endpoint endpoint{.host = Authority(url),
                      .path = std::string(absl::StripSuffix(url.path, "/")),
                      .region = options.region.empty() ? S3RegionOfHost(url.host) : options.region};
  endpoint.service = IsAws(url.host, endpoint.region) ? "" : text;
  if (BucketGoesIntoHost(bucket, url.host, options.addressing)) {
    RETURN_IF_ERROR(CheckBucketInHost(bucket, url.host));
    endpoint.host = absl::StrCat(bucket, ".", endpoint.host);
  } else {
    absl::StrAppend(&endpoint.path, "/", SigV4Path(bucket));
  }
  endpoint.origin = absl::StrCat(url.scheme, "://", endpoint.host);
  RETURN_IF_ERROR(CheckEndpoint(endpoint.origin, options.plain_http));
  return endpoint;
}

}  // namespace annofs

#include "tools/emulator/s3_auth.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "tools/emulator/api_context.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_request.h"
#include "tools/emulator/s3_time.h"

namespace annofs::emulator {
namespace {

constexpr char kAlgorithm[] = "AWS4-HMAC-SHA256";
constexpr absl::Duration kMostSkew = absl::Minutes(15);
constexpr int64_t kLongestLife = 604'800;  // seconds, of a presigned address
constexpr size_t kMasterKeyLength = 12;    // its id is the account's

enum class Form { kHeader, kQuery };

// What a signature says of itself, not yet believed.
struct Claim {
  Form form = Form::kHeader;
  std::string key_id;
  SigV4Scope scope;
  std::string terminator;
  std::vector<std::string> signed_headers;
  std::string signature;
  std::string time;  // "20130524T000000Z"
  int64_t life = 0;  // seconds; kQuery
};

absl::Status Malformed(absl::string_view what) {
  return S3Error("AuthorizationHeaderMalformed",
                 absl::StrCat("The authorization header is malformed; ", what));
}

absl::Status ReadCredential(absl::string_view credential, Claim& claim) {
  std::vector<std::string> parts = absl::StrSplit(credential, '/');
  if (parts.size() != 5) return Malformed("the Credential is mal-formed");
  claim.key_id = parts[0];
  claim.scope = {.date = parts[1], .region = parts[2], .service = parts[3]};
  claim.terminator = parts[4];
  return absl::OkStatus();
}

std::vector<std::string> ReadSignedHeaders(absl::string_view text) {
  return absl::StrSplit(text, ';', absl::SkipEmpty());
}

// The value of `name=` in "a=1, b=2".
absl::string_view Field(absl::string_view text, absl::string_view name) {
  for (absl::string_view field : absl::StrSplit(text, ',')) {
    field = absl::StripAsciiWhitespace(field);
    if (absl::ConsumePrefix(&field, name) && absl::ConsumePrefix(&field, "=")) return field;
  }
  return "";
}

std::string TimeHeader(const Request& request) {
  absl::string_view time = HeaderOf(request, "x-amz-date");
  if (!time.empty()) return std::string(time);
  std::optional<absl::Time> date = ParseHttpTime(HeaderOf(request, "Date"));
  return date ? SigV4Time(*date) : "";
}

absl::StatusOr<Claim> HeaderClaim(const Request& request, absl::string_view authorization) {
  if (absl::StartsWith(authorization, "AWS ")) {
    return S3Error("InvalidRequest",
                   "The V2 signature version is not supported, please use AWS4-HMAC-SHA256.");
  }
  if (!absl::ConsumePrefix(&authorization, kAlgorithm)) {
    return S3Error("InvalidArgument", "Unsupported Authorization Type");
  }
  Claim claim;
  RETURN_IF_ERROR(ReadCredential(Field(authorization, "Credential"), claim));
  claim.signed_headers = ReadSignedHeaders(Field(authorization, "SignedHeaders"));
  claim.signature = std::string(Field(authorization, "Signature"));
  claim.time = TimeHeader(request);
  if (claim.signed_headers.empty() || claim.signature.empty()) {
    return Malformed("SignedHeaders or Signature is missing");
  }
  return claim;
}

absl::StatusOr<Claim> QueryClaim(const Request& request) {
  if (ParameterOf(request, "X-Amz-Algorithm") != kAlgorithm) {
    return S3Error("InvalidArgument", "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
  }
  Claim claim{.form = Form::kQuery};
  RETURN_IF_ERROR(ReadCredential(ParameterOf(request, "X-Amz-Credential"), claim));
  claim.signed_headers = ReadSignedHeaders(ParameterOf(request, "X-Amz-SignedHeaders"));
  claim.signature = std::string(ParameterOf(request, "X-Amz-Signature"));
  claim.time = std::string(ParameterOf(request, "X-Amz-Date"));
  absl::string_view life = ParameterOf(request, "X-Amz-Expires");
  if (!absl::SimpleAtoi(life, &claim.life) || claim.life < 1 || claim.life > kLongestLife) {
    return S3Error("InvalidArgument", "X-Amz-Expires must be from 1 to 604800 seconds");
  }
  return claim;
}

// Nothing: the request is anonymous.
absl::StatusOr<std::optional<Claim>> ClaimOf(const Request& request) {
  std::optional<absl::string_view> header = FindHeader(request.headers, "Authorization");
  bool query = HasParameter(request, "X-Amz-Algorithm") || HasParameter(request, "X-Amz-Signature");
  if (HasParameter(request, "AWSAccessKeyId") && HasParameter(request, "Signature")) {
    return S3Error("InvalidRequest", "The V2 signature version is not supported.");
  }
  if (header && query) {
    return S3Error("InvalidArgument", "Only one auth mechanism allowed");
  }
  if (!header && !query) return std::nullopt;
  return header ? HeaderClaim(request, *header) : QueryClaim(request);
}

absl::StatusOr<absl::Time> ParseSigV4Time(const std::string& text) {
  absl::Time time;
  std::string ignored;
  if (absl::ParseTime("%E4Y%m%dT%H%M%SZ", text, &time, &ignored) && SigV4Time(time) == text) {
    return time;
  }
  return S3Error("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
}

absl::Status CheckTime(const Claim& claim, absl::Time wall_time) {
  ASSIGN_OR_RETURN(absl::Time signed_at, ParseSigV4Time(claim.time));
  if (claim.form == Form::kHeader) {
    absl::Duration skew = absl::AbsDuration(wall_time - signed_at);
    return skew <= kMostSkew ? absl::OkStatus() : S3Error("RequestTimeTooSkewed");
  }
  if (signed_at - wall_time > kMostSkew) {
    return S3Error("AccessDenied", "Request is not yet valid");
  }
  if (wall_time >= signed_at + absl::Seconds(claim.life)) {
    return S3Error("AccessDenied", "Request has expired");
  }
  return absl::OkStatus();
}

absl::Status CheckScope(const Claim& claim) {
  if (claim.terminator != "aws4_request")
    return Malformed("the Credential must end in aws4_request");
  if (claim.scope.service != "s3") return Malformed("the service must be s3");
  if (claim.scope.date != claim.time.substr(0, 8))
    return Malformed("the date is not the request's");
  if (claim.scope.region == kRegion) return absl::OkStatus();
  return S3Error("SignatureDoesNotMatch",
                 absl::StrCat("Signature validation failed: the region '", claim.scope.region,
                              "' is wrong; expecting '", kRegion, "'"));
}

absl::StatusOr<KeyPointer> FindSigner(const Account& account, const std::string& key_id,
                                      absl::Time now) {
  if (key_id.size() == kMasterKeyLength) {
    return S3Error("InvalidAccessKeyId", "Malformed Access Key Id");
  }
  KeyPointer key = account.FindKey(key_id, now);
  if (key != nullptr) return key;
  return S3Error("InvalidAccessKeyId", absl::StrCat("The key '", key_id, "' is not valid"));
}

// `host` and everything that S3 gives a meaning must be signed: else it could be added on the way.
absl::Status CheckSignedHeaders(const Request& request, const Claim& claim) {
  if (!absl::c_linear_search(claim.signed_headers, "host")) {
    return S3Error("AccessDenied", "The host header must be signed");
  }
  for (const auto& [name, value] : request.headers) {
    std::string lower = absl::AsciiStrToLower(name);
    if (absl::StartsWith(lower, "x-amz-") && !absl::c_linear_search(claim.signed_headers, lower)) {
      return S3Error("AccessDenied",
                     absl::StrCat("There were headers present in the request which were not "
                                  "signed: ",
                                  lower));
    }
  }
  return absl::OkStatus();
}

NamesAndValues SignedValues(const Request& request, const Claim& claim) {
  NamesAndValues values;
  for (const auto& [name, value] : request.headers) {
    std::string lower = absl::AsciiStrToLower(name);
    if (absl::c_linear_search(claim.signed_headers, lower)) values.emplace_back(lower, value);
  }
  // A fault may have taken it away: it was signed all the same.
  if (request.hidden_range && absl::c_linear_search(claim.signed_headers, "range")) {
    values.emplace_back("range", *request.hidden_range);
  }
  return values;
}

NamesAndValues SignedQuery(const Request& request) {
  NamesAndValues query;
  for (const auto& [name, value] : request.target.query) {
    if (name != "X-Amz-Signature") query.emplace_back(name, value);
  }
  return query;
}

absl::StatusOr<std::string> PayloadHash(const Request& request, Form form) {
  absl::string_view header = HeaderOf(request, "x-amz-content-sha256");
  if (!header.empty()) return std::string(header);
  if (form == Form::kHeader) {
    return S3Error("InvalidRequest",
                   "Missing required header for this request: x-amz-content-sha256");
  }
  absl::string_view parameter = ParameterOf(request, "X-Amz-Content-Sha256");
  return parameter.empty() ? kUnsignedPayload : std::string(parameter);
}

absl::Status CheckNoSession(const Request& request) {
  bool session = FindHeader(request.headers, "x-amz-security-token").has_value() ||
                 HasParameter(request, "X-Amz-Security-Token");
  return session ? S3Error("InvalidToken", "Session tokens are not supported") : absl::OkStatus();
}

}  // namespace

absl::StatusOr<S3Signature> CheckS3Signature(const Account& account, const Request& request,
                                             absl::string_view path, absl::Time wall_time,
                                             absl::Time now) {
  ASSIGN_OR_RETURN(std::optional<Claim> claim, ClaimOf(request));
  if (!claim) return S3Signature{.payload_hash = kUnsignedPayload};
  RETURN_IF_ERROR(CheckNoSession(request));
  S3Signature signature{.time = claim->time, .scope = claim->scope, .signature = claim->signature};
  ASSIGN_OR_RETURN(signature.key, FindSigner(account, claim->key_id, now));
  RETURN_IF_ERROR(CheckTime(*claim, wall_time));
  RETURN_IF_ERROR(CheckScope(*claim));
  RETURN_IF_ERROR(CheckSignedHeaders(request, *claim));
  ASSIGN_OR_RETURN(signature.payload_hash, PayloadHash(request, claim->form));
  signature.signing_key = SigV4Key(signature.key->secret, signature.scope);
  std::string canonical = CanonicalRequest({.method = request.method,
                                            .path = SigV4Path(path),
                                            .query = SignedQuery(request),
                                            .headers = SignedValues(request, *claim),
                                            .payload_hash = signature.payload_hash});
  std::string expected =
      SigV4Sign(signature.signing_key, SigV4StringToSign(claim->time, claim->scope, canonical));
  if (!SecretsEqual(expected, claim->signature)) return S3Error("SignatureDoesNotMatch");
  return signature;
}

}  // namespace annofs::emulator

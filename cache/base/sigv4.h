// AWS Signature Version 4 as S3 wants it: for those who sign (the S3 client) and those who verify
// (the emulator), by header, by query or chunk by chunk. curl's own (AWS_SIGV4) would not do:
// libcurl 7.88 neither sorts nor encodes the query, and it cannot verify. Pure functions.
//
//   signature = SigV4Sign(SigV4Key(secret, scope), SigV4StringToSign(time, scope,
//                                                                   CanonicalRequest(request)))
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace annofs {

using NamesAndValues = std::vector<std::pair<std::string, std::string>>;

// What stands for a payload's SHA-256 in x-amz-content-sha256 and the canonical request.
inline constexpr char kUnsignedPayload[] = "UNSIGNED-PAYLOAD";
inline constexpr char kStreamingPayload[] = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
// Hex SHA-256 of no bytes.
inline constexpr char kEmptyPayload[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct SigV4Request {
  std::string method;  // "GET"
  std::string path;    // SigV4Path() of the decoded path, nothing normalised; "/" at least
  // Decoded, in any order. A presigned request: all but X-Amz-Signature.
  NamesAndValues query;
  // The headers to sign, in any order. Names in lower case. Values are trimmed and inner runs of
  // spaces made one, as all signers do; values of one name are joined by ',' in the order given.
  NamesAndValues headers;
  std::string payload_hash;  // lower-case hex SHA-256, or one of the words above
};

struct SigV4Scope {
  std::string date;  // "20130524"; of the key, thus of the request (SigV4Date)
  std::string region;
  std::string service = "s3";

  std::string Text() const;  // "20130524/us-east-1/s3/aws4_request"
};

// Every byte but `A-Z a-z 0-9 - . _ ~` as %XX; a path keeps its '/' too.
std::string SigV4Escape(absl::string_view text);
std::string SigV4Path(absl::string_view path);
// "a=1&b=%20&c=": escaped, sorted by escaped name, then value. Also what a client sends.
std::string SigV4Query(const NamesAndValues& query);

std::string SigV4Time(absl::Time time);  // "20130524T000000Z"
std::string SigV4Date(absl::Time time);  // "20130524"

// "host;range;x-amz-date": sorted, each name once.
std::string SignedHeaders(const NamesAndValues& headers);
std::string CanonicalRequest(const SigV4Request& request);

// `time` is SigV4Time() of the request, as it stands in x-amz-date.
std::string SigV4StringToSign(absl::string_view time, const SigV4Scope& scope,
                              absl::string_view canonical_request);
// Of one chunk of a STREAMING payload: `previous` is the signature (hex) of the chunk before, of
// the request for the first; `chunk` is its bytes, none for the last.
std::string SigV4ChunkStringToSign(absl::string_view time, const SigV4Scope& scope,
                                   absl::string_view previous, absl::string_view chunk);

// The signing key, 32 raw bytes. A secret: good for one day, one region, one service.
std::string SigV4Key(absl::string_view secret, const SigV4Scope& scope);
// Lower-case hex.
std::string SigV4Sign(absl::string_view key, absl::string_view string_to_sign);

}  // namespace annofs

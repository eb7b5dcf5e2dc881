#include "tools/emulator/s3_request.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "cache/base/text.h"
#include "tools/emulator/s3_error.h"

namespace annofs::emulator {
namespace {

constexpr size_t kLongestKey = 1024;

absl::string_view WithoutPort(absl::string_view host) { return host.substr(0, host.rfind(':')); }

}  // namespace

std::string BucketOfHost(const Request& request) {
  std::string host = absl::AsciiStrToLower(WithoutPort(HeaderOf(request, "Host")));
  absl::string_view bucket = host;
  size_t endpoint = host.find(".s3.");
  if (endpoint != host.npos) return host.substr(0, endpoint);
  if (absl::StartsWith(host, "s3.")) return "";
  bool named =
      absl::ConsumeSuffix(&bucket, ".localhost") || absl::ConsumeSuffix(&bucket, ".127.0.0.1");
  return named ? std::string(bucket) : "";
}

std::optional<std::string> DecodeS3Path(absl::string_view path) {
  absl::StatusOr<std::string> decoded = PercentDecode(absl::StrReplaceAll(path, {{"+", "%2B"}}));
  if (!decoded.ok()) return std::nullopt;
  return *std::move(decoded);
}

std::optional<S3Place> S3PlaceOf(const Request& request) {
  std::optional<std::string> path = DecodeS3Path(request.target.path);
  if (!path) return std::nullopt;
  S3Place place{.path = *path, .bucket = BucketOfHost(request), .key = {}};
  absl::string_view rest = *path;
  absl::ConsumePrefix(&rest, "/");
  if (place.bucket.empty()) {
    size_t slash = std::min(rest.find('/'), rest.size());
    place.bucket = std::string(rest.substr(0, slash));
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  place.key = std::string(rest);
  return place;
}

absl::Status CheckS3Key(absl::string_view key) {
  if (key.size() > kLongestKey) return S3Error("KeyTooLongError");
  for (unsigned char c : key) {
    if (c < 0x20 || c == 0x7f) {
      return S3Error("InvalidArgument", "File names must not contain control characters");
    }
  }
  if (key.empty())
    return S3Error("InvalidArgument", "File names must contain at least one character");
  if (!IsValidUtf8(key)) return S3Error("InvalidArgument", "File names must be UTF-8");
  return absl::OkStatus();
}

absl::string_view HeaderOf(const Request& request, absl::string_view name) {
  return FindHeader(request.headers, name).value_or("");
}

absl::string_view ParameterOf(const Request& request, absl::string_view name) {
  return FindParameter(request.target.query, name).value_or("");
}

bool HasParameter(const Request& request, absl::string_view name) {
  return FindParameter(request.target.query, name).has_value();
}

absl::StatusOr<int64_t> NumberOf(const Request& request, absl::string_view name, int64_t otherwise,
                                 int64_t most, OverMost over) {
  absl::string_view text = ParameterOf(request, name);
  if (text.empty()) return otherwise;
  int64_t number = 0;
  bool valid =
      absl::ascii_isdigit(static_cast<unsigned char>(text[0])) && absl::SimpleAtoi(text, &number);
  if (!valid || (number > most && over == OverMost::kRefuse)) {
    return S3Error("InvalidArgument",
                   absl::StrCat("Provided ", name, " not an integer from 0 to ", most));
  }
  return std::min(number, most);
}

}  // namespace annofs::emulator

#include "tools/emulator/router.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/text.h"
#include "tools/emulator/s3_operations.h"
#include "tools/emulator/s3_request.h"

namespace annofs::emulator {
namespace {

constexpr int kNewestVersion = 4;

// `rest` is "vN/OPERATION".
Route NativeRoute(absl::string_view rest) {
  std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(rest, absl::MaxSplits('/', 1));
  int version = 0;
  bool known = absl::ConsumePrefix(&parts.first, "v") && absl::SimpleAtoi(parts.first, &version) &&
               version >= 1 && version <= kNewestVersion;
  if (!known) return {};
  size_t slash = parts.second.find('/');
  return {
      .api = Api::kNative,
      .operation = std::string(parts.second.substr(0, slash)),
      .version = version,
      .bucket = {},
      .name = slash == absl::string_view::npos ? "" : std::string(parts.second.substr(slash + 1))};
}

// `rest` is "BUCKET/NAME", both percent-encoded.
Route DownloadRoute(absl::string_view rest) {
  std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(rest, absl::MaxSplits('/', 1));
  absl::StatusOr<std::string> bucket = PercentDecode(parts.first);
  absl::StatusOr<std::string> name = PercentDecode(parts.second);
  if (!bucket.ok() || !name.ok()) return {};
  return {.api = Api::kDownload,
          .operation = std::string(kDownloadByName),
          .version = 0,
          .bucket = *std::move(bucket),
          .name = *std::move(name)};
}

Route AdminRoute(absl::string_view rest) {
  Route route;
  route.api = Api::kAdmin;
  route.operation = std::string(rest);
  return route;
}

Route S3Route(const Request& request) {
  Route route;
  std::optional<S3Place> place = S3PlaceOf(request);
  route.api = Api::kS3;
  if (!place) return route;
  route.operation = std::string(S3OperationOf(request, *place).name);
  route.bucket = std::move(place->bucket);
  route.name = std::move(place->key);
  return route;
}

}  // namespace

Route RouteOf(const Request& request) {
  if (!BucketOfHost(request).empty()) return S3Route(request);
  absl::string_view path = request.target.path;
  if (absl::ConsumePrefix(&path, "/b2api/")) return NativeRoute(path);
  if (absl::ConsumePrefix(&path, "/file/")) return DownloadRoute(path);
  if (absl::ConsumePrefix(&path, kAdminPath) && absl::ConsumePrefix(&path, "/")) {
    return AdminRoute(path);
  }
  return S3Route(request);
}

}  // namespace annofs::emulator

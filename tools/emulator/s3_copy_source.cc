#include "tools/emulator/s3_copy_source.h"

#include <utility>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "tools/emulator/encryption_headers.h"
#include "tools/emulator/s3_access.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_headers.h"
#include "tools/emulator/s3_version.h"

namespace annofs::emulator {
namespace {

constexpr uint64_t kLargestCopy = 5'000'000'000;
constexpr absl::string_view kConditions = "x-amz-copy-source-";

struct SourceName {
  std::string bucket;
  std::string key;
  std::string version_id;
};

// "/BUCKET/KEY?versionId=ID", percent-encoded, with or without the first slash.
absl::StatusOr<SourceName> ParseSource(absl::string_view header) {
  std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(header, absl::MaxSplits("?versionId=", 1));
  std::optional<std::string> path = DecodeS3Path(parts.first);
  absl::string_view rest = path ? *path : absl::string_view();
  absl::ConsumePrefix(&rest, "/");
  std::pair<std::string, std::string> place = absl::StrSplit(rest, absl::MaxSplits('/', 1));
  if (place.first.empty() || place.second.empty()) {
    return S3Error("InvalidArgument",
                   "Copy Source must mention the source bucket and key: "
                   "sourcebucket/sourcekey");
  }
  return SourceName{.bucket = std::move(place.first),
                    .key = std::move(place.second),
                    .version_id = std::string(parts.second)};
}

}  // namespace

absl::StatusOr<CopySource> FindCopySource(const S3Call& call) {
  ASSIGN_OR_RETURN(SourceName name, ParseSource(HeaderOf(call.request, "x-amz-copy-source")));
  CopySource source{.named_version = !name.version_id.empty()};
  ASSIGN_OR_RETURN(source.bucket, FindReadable(call, name.bucket, name.key));
  ASSIGN_OR_RETURN(source.version, FindVersion(*source.bucket, name.key, name.version_id));
  RETURN_IF_ERROR(
      CheckCustomerKey(call.request.headers, kSourceEncryption, source.version->encryption));
  if (CheckConditions(call.request, kConditions, *source.version) != Condition::kHolds) {
    return S3Error("PreconditionFailed");
  }
  return source;
}

absl::StatusOr<std::shared_ptr<const std::string>> ReadCopySource(const S3Call& call,
                                                                  const CopySource& source,
                                                                  ByteRange range) {
  if (range.length > kLargestCopy) {
    return S3Error("InvalidRequest",
                   "The specified copy source is larger than the maximum "
                   "allowable size for a copy source: 5000000000");
  }
  return call.context.store.Copy(*source.bucket, *source.version, range);
}

}  // namespace annofs::emulator

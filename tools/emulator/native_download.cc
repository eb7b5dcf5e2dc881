// Downloads by id and by name.
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/byte_range.h"
#include "tools/emulator/content_type.h"
#include "tools/emulator/native_calls.h"

namespace annofs::emulator {
namespace {

struct Override {
  absl::string_view parameter;
  absl::string_view header;
};
// Query parameters that set a header of the reply.
constexpr Override kOverrides[] = {
    {"b2ContentDisposition", "content-disposition"},
    {"b2ContentLanguage", "content-language"},
    {"b2Expires", "expires"},
    {"b2CacheControl", "cache-control"},
    {"b2ContentEncoding", "content-encoding"},
    {"b2ContentType", "content-type"},
};

void SetHeader(absl::string_view name, absl::string_view value, HeaderList& headers) {
  for (auto& [key, old] : headers) {
    if (key == name) {
      old = std::string(value);
      return;
    }
  }
  headers.emplace_back(std::string(name), std::string(value));
}

// Lower case: some clients lose x-bz-info-* headers that are written otherwise.
HeaderList FileHeaders(const FileVersion& file, const std::optional<FileDigests>& digests) {
  std::string millis = absl::StrCat(MillisOf(file.stamp));
  return {{"accept-ranges", "bytes"},
          {"cache-control", "max-age=0, no-cache, no-store"},
          {"content-type", std::string(ContentTypeOf(file.name))},
          {"x-bz-content-sha1", digests ? digests->sha1 : "none"},
          {"x-bz-file-id", file.file_id},
          {"x-bz-file-name", PercentEncode(file.name)},
          {"x-bz-info-src_last_modified_millis", millis},
          {"x-bz-upload-timestamp", millis}};
}

Reply Unsatisfiable(const absl::Status& error, uint64_t size) {
  Reply reply = ErrorReply(error);
  bool range = reply.status == 416;
  if (range) reply.headers.emplace_back("content-range", absl::StrCat("bytes */", size));
  return reply;
}

std::string ContentRange(const ByteRange& range, uint64_t size) {
  return absl::StrCat("bytes ", range.offset, "-", range.offset + range.length - 1, "/", size);
}

Reply Send(Bucket& bucket, Bucket::OpenVersion found, const Call& call) {
  uint64_t size = found.version.stamp.size;
  Reply reply;
  reply.headers = FileHeaders(found.version, bucket.DigestsOf(found.version));
  FileSlice slice{.file = std::move(found.open.file), .offset = 0, .length = size};
  if (auto header = FindHeader(call.request.headers, "Range")) {
    absl::StatusOr<ByteRange> range = ParseRange(*header, size);
    if (!range.ok()) return Unsatisfiable(range.status(), size);
    reply.status = 206;
    reply.headers.emplace_back("content-range", ContentRange(*range, size));
    slice.offset = range->offset;
    slice.length = range->length;
  }
  for (const Override& entry : kOverrides) {
    auto value = FindParameter(call.request.target.query, entry.parameter);
    if (value) SetHeader(entry.header, *value, reply.headers);
  }
  reply.body = std::move(slice);
  return reply;
}

}  // namespace

absl::StatusOr<Reply> DownloadFileById(const NativeContext& context, const Call& call) {
  ASSIGN_OR_RETURN(std::string file_id, call.params.Required("fileId"));
  ASSIGN_OR_RETURN(Bucket * bucket, BucketOfFileId(context, file_id));
  std::optional<Bucket::OpenVersion> found = bucket->OpenById(file_id);
  if (!found) return NotFound(absl::StrCat("file_state_none: ", file_id));
  return Send(*bucket, *std::move(found), call);
}

absl::StatusOr<Reply> DownloadFileByName(const NativeContext& context, const Call& call) {
  Bucket* bucket = context.store.FindByName(call.route.bucket);
  if (bucket == nullptr) {
    return NotFound(absl::StrCat("bucket ", call.route.bucket, " does not exist"));
  }
  std::optional<Bucket::OpenVersion> found = bucket->Open(call.route.name);
  if (!found) return NotFound("File with such name does not exist.");
  return Send(*bucket, *std::move(found), call);
}

}  // namespace annofs::emulator

// PutObject and CopyObject (reference/b2.md §4.3).
#include <utility>

#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "tools/emulator/encryption_headers.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_copy_source.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_headers.h"
#include "tools/emulator/s3_payload.h"
#include "tools/emulator/s3_time.h"
#include "tools/emulator/xml_writer.h"

namespace annofs::emulator {
namespace {

VersionPointer Store(const S3Call& call, NewVersion object,
                     std::shared_ptr<const std::string> bytes) {
  std::string sha1 = DigestOf(DigestKind::kSha1, *bytes).Hex();
  return call.bucket->Put(std::move(object), std::move(bytes), std::move(sha1), call.now);
}

void DescribeNew(const FileVersion& version, Reply& reply) {
  reply.headers.emplace_back("x-amz-version-id", version.file_id);
  AddEncryptionHeaders(kEncryption, version.encryption, reply.headers);
}

absl::StatusOr<bool> ReplacesMetadata(const Request& request) {
  absl::string_view directive = HeaderOf(request, "x-amz-metadata-directive");
  if (directive.empty() || directive == "COPY") return false;
  if (directive == "REPLACE") return true;
  return S3Error("InvalidArgument", "Unknown metadata directive.");
}

// A copy that would change nothing.
bool IsCopyToItself(const S3Call& call, const CopySource& source, const NewVersion& object) {
  return source.bucket == call.bucket && source.version->name == call.place.key &&
         !source.named_version && object.encryption.mode == source.version->encryption.mode;
}

absl::Status CheckTaggingDirective(const Request& request) {
  absl::string_view directive = HeaderOf(request, "x-amz-tagging-directive");
  return directive == "REPLACE" ? S3Error("NotImplemented") : absl::OkStatus();
}

}  // namespace

absl::StatusOr<Reply> S3PutObject(S3Call& call) {
  RETURN_IF_ERROR(CheckBodyLength(call.request));
  RETURN_IF_ERROR(CheckPutHeaders(call));
  ASSIGN_OR_RETURN(NewVersion object, NewObjectOf(call));
  ASSIGN_OR_RETURN(auto bytes, call.context.store.Keep(std::move(call.body)));
  VersionPointer version = Store(call, std::move(object), std::move(bytes));
  Reply reply;
  reply.headers.emplace_back("ETag", QuotedEtag(version->etag));
  DescribeNew(*version, reply);
  return reply;
}

absl::StatusOr<Reply> S3CopyObject(S3Call& call) {
  RETURN_IF_ERROR(CheckPutHeaders(call));
  RETURN_IF_ERROR(CheckTaggingDirective(call.request));
  ASSIGN_OR_RETURN(bool replaces, ReplacesMetadata(call.request));
  ASSIGN_OR_RETURN(CopySource source, FindCopySource(call));
  ASSIGN_OR_RETURN(NewVersion object, NewObjectOf(call));
  if (!replaces) {
    if (IsCopyToItself(call, source, object)) {
      return S3Error("InvalidRequest",
                     "This copy request is illegal because it is trying to copy an object to "
                     "itself without changing the object's metadata or encryption attributes.");
    }
    object.content_type = source.version->content_type;
    object.info = source.version->info;
  }
  ASSIGN_OR_RETURN(auto bytes,
                   ReadCopySource(call, source, {.offset = 0, .length = source.version->size}));
  VersionPointer version = Store(call, std::move(object), std::move(bytes));
  XmlWriter xml;
  xml.OpenAnswer("CopyObjectResult").Text("ETag", QuotedEtag(version->etag));
  xml.Text("LastModified", XmlTime(version->upload_millis));
  Reply reply = XmlReply(200, xml.Take());
  reply.headers.emplace_back("x-amz-copy-source-version-id", source.version->file_id);
  DescribeNew(*version, reply);
  return reply;
}

}  // namespace annofs::emulator

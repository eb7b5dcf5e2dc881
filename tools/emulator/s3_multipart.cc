// Multipart uploads: create, parts, complete, abort (reference/b2.md §4.3).
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/encryption_headers.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_copy_source.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_headers.h"
#include "tools/emulator/s3_payload.h"
#include "tools/emulator/s3_time.h"
#include "tools/emulator/s3_upload.h"
#include "tools/emulator/xml_tree.h"
#include "tools/emulator/xml_writer.h"

namespace annofs::emulator {
namespace {

constexpr int64_t kMostParts = 10'000;
constexpr uint64_t kSmallestPart = 5'000'000;  // but for the last

absl::StatusOr<int> PartNumber(const Request& request) {
  int number = 0;
  if (absl::SimpleAtoi(ParameterOf(request, "partNumber"), &number) && number >= 1 &&
      number <= kMostParts) {
    return number;
  }
  return S3Error("InvalidArgument",
                 "Part number must be an integer between 1 and 10000, inclusive");
}

// What the client lists of a part when it completes the upload.
struct WantedPart {
  int number = 0;
  std::string etag;  // without quotes
};

absl::StatusOr<std::vector<WantedPart>> WantedParts(absl::string_view body) {
  ASSIGN_OR_RETURN(XmlNode root, ParseXmlTree(body, "CompleteMultipartUpload"));
  std::vector<WantedPart> parts;
  for (const XmlNode& node : root.children) {
    WantedPart part;
    if (node.name != "Part" || !absl::SimpleAtoi(node["PartNumber"].text, &part.number)) {
      return S3Error("MalformedXML");
    }
    absl::string_view etag = node["ETag"].text;
    absl::ConsumePrefix(&etag, "\"");
    absl::ConsumeSuffix(&etag, "\"");
    part.etag = std::string(etag);
    if (!parts.empty() && parts.back().number >= part.number) return S3Error("InvalidPartOrder");
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return S3Error("MalformedXML");
  return parts;
}

// Those of the parts that the client names; others are thrown away.
absl::StatusOr<std::vector<Part>> ChooseParts(const std::vector<WantedPart>& wanted,
                                              const std::vector<Part>& parts) {
  std::vector<Part> chosen;
  for (const WantedPart& want : wanted) {
    auto part = std::find_if(parts.begin(), parts.end(),
                             [&want](const Part& other) { return other.number == want.number; });
    if (part == parts.end() || part->md5 != want.etag) return S3Error("InvalidPart");
    chosen.push_back(*part);
  }
  for (size_t i = 0; i + 1 < chosen.size(); ++i) {
    if (chosen[i].bytes->size() < kSmallestPart) return S3Error("EntityTooSmall");
  }
  return chosen;
}

// "bytes=A-B" of the source of a copy; the whole of it without.
absl::StatusOr<ByteRange> SourceRange(const Request& request, uint64_t size) {
  absl::string_view header = HeaderOf(request, "x-amz-copy-source-range");
  if (header.empty()) return ByteRange{.offset = 0, .length = size};
  uint64_t first = 0;
  uint64_t last = 0;
  absl::string_view text = header;
  bool prefixed = absl::ConsumePrefix(&text, "bytes=");
  size_t dash = text.find('-');
  bool valid = prefixed && dash != text.npos && absl::SimpleAtoi(text.substr(0, dash), &first) &&
               absl::SimpleAtoi(text.substr(dash + 1), &last) && first <= last && last < size;
  if (valid) return ByteRange{.offset = first, .length = last - first + 1};
  return S3Error("InvalidArgument",
                 absl::StrCat("Range specified is not valid for source object of size: ", size));
}

absl::StatusOr<Part> KeepPart(const S3Call& call, const FileVersion& upload, int number,
                              std::shared_ptr<const std::string> bytes) {
  return call.bucket->PutPart(upload.file_id, number, std::move(bytes), call.now);
}

}  // namespace

absl::StatusOr<Reply> S3CreateMultipartUpload(S3Call& call) {
  RETURN_IF_ERROR(CheckPutHeaders(call));
  ASSIGN_OR_RETURN(NewVersion object, NewObjectOf(call));
  VersionPointer upload = call.bucket->StartLarge(std::move(object), call.now);
  XmlWriter xml;
  xml.OpenAnswer("InitiateMultipartUploadResult").Text("Bucket", call.bucket->name());
  xml.Text("Key", call.place.key).Text("UploadId", upload->file_id);
  Reply reply = XmlReply(200, xml.Take());
  AddEncryptionHeaders(kEncryption, upload->encryption, reply.headers);
  return reply;
}

absl::StatusOr<Reply> S3UploadPart(S3Call& call) {
  RETURN_IF_ERROR(CheckBodyLength(call.request));
  ASSIGN_OR_RETURN(int number, PartNumber(call.request));
  ASSIGN_OR_RETURN(VersionPointer upload, FindUpload(call));
  RETURN_IF_ERROR(CheckCustomerKey(call.request.headers, kEncryption, upload->encryption));
  ASSIGN_OR_RETURN(auto bytes, call.context.store.Keep(std::move(call.body)));
  ASSIGN_OR_RETURN(Part part, KeepPart(call, *upload, number, std::move(bytes)));
  Reply reply;
  reply.headers.emplace_back("ETag", QuotedEtag(part.md5));
  AddEncryptionHeaders(kEncryption, upload->encryption, reply.headers);
  return reply;
}

absl::StatusOr<Reply> S3UploadPartCopy(S3Call& call) {
  ASSIGN_OR_RETURN(int number, PartNumber(call.request));
  ASSIGN_OR_RETURN(VersionPointer upload, FindUpload(call));
  RETURN_IF_ERROR(CheckCustomerKey(call.request.headers, kEncryption, upload->encryption));
  ASSIGN_OR_RETURN(CopySource source, FindCopySource(call));
  ASSIGN_OR_RETURN(ByteRange range, SourceRange(call.request, source.version->size));
  ASSIGN_OR_RETURN(auto bytes, ReadCopySource(call, source, range));
  ASSIGN_OR_RETURN(Part part, KeepPart(call, *upload, number, std::move(bytes)));
  XmlWriter xml;
  xml.OpenAnswer("CopyPartResult").Text("ETag", QuotedEtag(part.md5));
  xml.Text("LastModified", XmlTime(part.upload_millis));
  Reply reply = XmlReply(200, xml.Take());
  reply.headers.emplace_back("x-amz-copy-source-version-id", source.version->file_id);
  AddEncryptionHeaders(kEncryption, upload->encryption, reply.headers);
  return reply;
}

absl::StatusOr<Reply> S3CompleteMultipartUpload(S3Call& call) {
  RETURN_IF_ERROR(CheckPutHeaders(call));
  ASSIGN_OR_RETURN(VersionPointer upload, FindUpload(call));
  ASSIGN_OR_RETURN(std::vector<WantedPart> wanted, WantedParts(call.body));
  ASSIGN_OR_RETURN(std::vector<Part> all, call.bucket->Parts(upload->file_id));
  ASSIGN_OR_RETURN(std::vector<Part> parts, ChooseParts(wanted, all));
  absl::StatusOr<VersionPointer> version =
      call.context.store.Finish(*call.bucket, upload->file_id, parts);
  // Another request may have been faster.
  if (CodeOf(version.status()).code == "bad_request") return S3Error("NoSuchUpload");
  RETURN_IF_ERROR(version.status());
  XmlWriter xml;
  xml.OpenAnswer("CompleteMultipartUploadResult");
  xml.Text("Location", absl::StrCat(call.context.url, call.request.target.path));
  xml.Text("Bucket", call.bucket->name()).Text("Key", call.place.key);
  xml.Text("ETag", QuotedEtag((*version)->etag));
  Reply reply = XmlReply(200, xml.Take());
  reply.headers.emplace_back("x-amz-version-id", (*version)->file_id);
  AddEncryptionHeaders(kEncryption, (*version)->encryption, reply.headers);
  return reply;
}

absl::StatusOr<Reply> S3AbortMultipartUpload(S3Call& call) {
  ASSIGN_OR_RETURN(VersionPointer upload, FindUpload(call));
  absl::StatusOr<VersionPointer> cancelled = call.bucket->CancelLarge(upload->file_id);
  if (!cancelled.ok()) return S3Error("NoSuchUpload");
  return Reply{.status = 204};
}

}  // namespace annofs::emulator

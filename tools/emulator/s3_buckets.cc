// Buckets: list, create, delete, and what is fixed about them.
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_time.h"
#include "tools/emulator/xml_tree.h"
#include "tools/emulator/xml_writer.h"

namespace annofs::emulator {
namespace {

constexpr size_t kShortestName = 6;
constexpr size_t kLongestName = 63;

// Lower case, unlike a name for the native API alone (reference/b2.md §1.12).
bool IsBucketName(absl::string_view name) {
  if (name.size() < kShortestName || name.size() > kLongestName) return false;
  if (absl::StartsWith(name, "b2-") || name.front() == '-' || name.back() == '-') return false;
  for (unsigned char c : name) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '-') return false;
  }
  return true;
}

absl::Status CheckLocation(absl::string_view body) {
  if (body.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(XmlNode root, ParseXmlTree(body, "CreateBucketConfiguration"));
  const std::string& location = root["LocationConstraint"].text;
  if (location.empty() || location == kRegion) return absl::OkStatus();
  return S3Error("InvalidLocationConstraint");
}

absl::StatusOr<std::string> TypeOfAcl(absl::string_view acl) {
  if (acl.empty() || acl == "private") return "allPrivate";
  if (acl == "public-read") return "allPublic";
  return S3Error("InvalidArgument", absl::StrCat("Unsupported value for canned acl '", acl, "'"));
}

}  // namespace

absl::StatusOr<Reply> S3ListBuckets(S3Call& call) {
  XmlWriter xml;
  xml.OpenAnswer("ListAllMyBucketsResult");
  xml.Open("Owner").Text("ID", call.context.account.id());
  xml.Text("DisplayName", call.context.account.id()).Close();
  xml.Open("Buckets");
  for (const BucketPointer& bucket : call.context.store.buckets()) {
    int64_t created = bucket->settings().created_millis;
    if (created == 0) created = absl::ToUnixMillis(call.service_start);
    xml.Open("Bucket").Text("Name", bucket->name()).Text("CreationDate", XmlTime(created)).Close();
  }
  return XmlReply(200, xml.Take());
}

absl::StatusOr<Reply> S3CreateBucket(S3Call& call) {
  if (!IsBucketName(call.place.bucket)) return S3Error("InvalidBucketName");
  RETURN_IF_ERROR(CheckLocation(call.body));
  BucketSettings settings{.created_millis = absl::ToUnixMillis(call.now)};
  ASSIGN_OR_RETURN(settings.type, TypeOfAcl(HeaderOf(call.request, "x-amz-acl")));
  settings.has_locks =
      absl::EqualsIgnoreCase(HeaderOf(call.request, "x-amz-bucket-object-lock-enabled"), "true");
  RETURN_IF_ERROR(call.context.store.Create(call.place.bucket, std::move(settings)).status());
  Reply reply;
  reply.headers = {{"Location", absl::StrCat("/", call.place.bucket)}};
  return reply;
}

absl::StatusOr<Reply> S3DeleteBucket(S3Call& call) {
  RETURN_IF_ERROR(call.context.store.Delete(*call.bucket));
  return Reply{.status = 204};
}

absl::StatusOr<Reply> S3HeadBucket(S3Call&) {
  Reply reply;
  reply.headers = {{"x-amz-bucket-region", std::string(kRegion)},
                   {"Content-Type", "application/xml"}};
  return reply;
}

absl::StatusOr<Reply> S3GetBucketLocation(S3Call&) {
  XmlWriter xml;
  xml.OpenAnswer("LocationConstraint").Inside(kRegion);
  return XmlReply(200, xml.Take());
}

absl::StatusOr<Reply> S3GetBucketVersioning(S3Call&) {
  XmlWriter xml;
  xml.OpenAnswer("VersioningConfiguration").Text("Status", "Enabled");
  return XmlReply(200, xml.Take());
}

// Versioning is always on (reference/b2.md §4.3).
absl::StatusOr<Reply> S3PutBucketVersioning(S3Call& call) {
  ASSIGN_OR_RETURN(XmlNode root, ParseXmlTree(call.body, "VersioningConfiguration"));
  if (root["Status"].text == "Enabled") return Reply();
  if (root["Status"].text != "Suspended") return S3Error("MalformedXML");
  return S3Error("NotImplemented", "Versioning cannot be suspended");
}

absl::StatusOr<Reply> S3GetBucketPolicy(S3Call&) { return S3Error("NoSuchBucketPolicy"); }

}  // namespace annofs::emulator

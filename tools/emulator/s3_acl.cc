// Access control lists: `private` and `public-read`, for a bucket as a whole (reference/b2.md
// §4.2).
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_settings.h"
#include "tools/emulator/s3_version.h"
#include "tools/emulator/xml_tree.h"
#include "tools/emulator/xml_writer.h"

namespace annofs::emulator {
namespace {

constexpr char kEveryone[] = "http://acs.amazonaws.com/groups/global/AllUsers";
constexpr char kPrivate[] = "allPrivate";
constexpr char kPublic[] = "allPublic";

void WriteGrantee(XmlWriter& xml, absl::string_view type, absl::string_view element,
                  absl::string_view value, absl::string_view permission) {
  xml.Open("Grant");
  xml.OpenTyped("Grantee", type).Text(element, value).Close();
  xml.Text("Permission", permission).Close();
}

Reply AclReply(const S3Call& call) {
  const std::string& owner = call.context.account.id();
  XmlWriter xml;
  xml.OpenAnswer("AccessControlPolicy");
  xml.Open("Owner").Text("ID", owner).Text("DisplayName", owner).Close();
  xml.Open("AccessControlList");
  WriteGrantee(xml, "CanonicalUser", "ID", owner, "FULL_CONTROL");
  if (call.bucket->settings().type == kPublic) {
    WriteGrantee(xml, "Group", "URI", kEveryone, "READ");
  }
  return XmlReply(200, xml.Take());
}

// The bucket type that a list of grants means: nothing but the owner's, or everyone's reading too.
absl::StatusOr<std::string> TypeOfGrants(absl::string_view body) {
  ASSIGN_OR_RETURN(XmlNode root, ParseXmlTree(body, "AccessControlPolicy"));
  std::string type = kPrivate;
  for (const XmlNode& grant : root["AccessControlList"].children) {
    const std::string& group = grant["Grantee"]["URI"].text;
    const std::string& permission = grant["Permission"].text;
    if (group == kEveryone && permission == "READ") {
      type = kPublic;
    } else if (!group.empty() || permission != "FULL_CONTROL") {
      return S3Error("NotImplemented", "Only private and public-read are supported");
    }
  }
  return type;
}

absl::StatusOr<std::string> WantedType(const S3Call& call) {
  absl::string_view acl = HeaderOf(call.request, "x-amz-acl");
  if (acl == "private") return kPrivate;
  if (acl == "public-read") return kPublic;
  if (!acl.empty()) {
    return S3Error("InvalidArgument", absl::StrCat("Unsupported value for canned acl '", acl, "'"));
  }
  for (const auto& [name, value] : call.request.headers) {
    if (absl::StartsWithIgnoreCase(name, "x-amz-grant-")) return S3Error("NotImplemented");
  }
  return TypeOfGrants(call.body);
}

}  // namespace

absl::StatusOr<Reply> S3GetBucketAcl(S3Call& call) { return AclReply(call); }

absl::StatusOr<Reply> S3PutBucketAcl(S3Call& call) {
  BucketSettings settings = call.bucket->settings();
  ASSIGN_OR_RETURN(settings.type, WantedType(call));
  RETURN_IF_ERROR(ChangeSettings(*call.bucket, std::move(settings)));
  return Reply();
}

absl::StatusOr<Reply> S3GetObjectAcl(S3Call& call) {
  RETURN_IF_ERROR(
      FindVersion(*call.bucket, call.place.key, ParameterOf(call.request, "versionId")).status());
  return AclReply(call);
}

// An object has the list of its bucket; setting it to that is no change.
absl::StatusOr<Reply> S3PutObjectAcl(S3Call& call) {
  RETURN_IF_ERROR(
      FindVersion(*call.bucket, call.place.key, ParameterOf(call.request, "versionId")).status());
  ASSIGN_OR_RETURN(std::string type, WantedType(call));
  if (type == call.bucket->settings().type) return Reply();
  return S3Error("AccessDenied", "The ACL of an object must be that of its bucket");
}

}  // namespace annofs::emulator

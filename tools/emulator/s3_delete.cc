// DeleteObject and DeleteObjects (reference/b2.md §4.3).
#include <utility>

#include "cache/base/status.h"
#include "tools/emulator/file_id.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_checksum.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_lock.h"
#include "tools/emulator/xml_tree.h"
#include "tools/emulator/xml_writer.h"

namespace annofs::emulator {
namespace {

constexpr size_t kMostObjects = 1000;

struct Deleted {
  std::string version_id;  // that was named
  std::string marker_id;   // the marker that was made, or was deleted
};

// Without a version a hide marker is made, whether or not there is anything to hide; with one that
// is not there nothing happens.
absl::StatusOr<Deleted> Delete(const S3Call& call, const std::string& key,
                               const std::string& version_id) {
  RETURN_IF_ERROR(CheckS3Key(key));
  if (version_id.empty()) {
    VersionPointer marker = call.bucket->PutHideMarker(key, call.now);
    return Deleted{.version_id = {}, .marker_id = marker->file_id};
  }
  if (!ParseFileId(version_id)) return S3Error("InvalidArgument", "Invalid version id specified");
  VersionPointer version = call.bucket->FindById(version_id);
  Deleted deleted{.version_id = version_id, .marker_id = {}};
  if (version == nullptr || version->name != key || version->action == Action::kStart) {
    return deleted;
  }
  Bucket::Bypass bypass =
      BypassesGovernance(call) ? Bucket::Bypass::kGovernance : Bucket::Bypass::kNo;
  RETURN_IF_ERROR(call.bucket->Delete(key, version_id, bypass, call.now));
  if (version->action == Action::kHide) deleted.marker_id = version_id;
  return deleted;
}

void WriteDeleted(const std::string& key, const Deleted& deleted, XmlWriter& xml) {
  xml.Open("Deleted").Text("Key", key);
  if (!deleted.version_id.empty()) xml.Text("VersionId", deleted.version_id);
  if (!deleted.marker_id.empty()) {
    xml.Bool("DeleteMarker", true).Text("DeleteMarkerVersionId", deleted.marker_id);
  }
  xml.Close();
}

void WriteFailed(const std::string& key, const std::string& version_id, const absl::Status& error,
                 XmlWriter& xml) {
  S3ErrorInfo info = S3ErrorInfoOf(error);
  xml.Open("Error").Text("Key", key);
  if (!version_id.empty()) xml.Text("VersionId", version_id);
  xml.Text("Code", info.code).Text("Message", info.message).Close();
}

void DeleteOne(const S3Call& call, const XmlNode& object, bool quiet, XmlWriter& xml) {
  const std::string& key = object["Key"].text;
  const std::string& version_id = object["VersionId"].text;
  absl::StatusOr<Deleted> deleted =
      call.key->CoversName(key) ? Delete(call, key, version_id) : S3Error("AccessDenied");
  if (!deleted.ok()) {
    WriteFailed(key, version_id, deleted.status(), xml);
  } else if (!quiet) {
    WriteDeleted(key, *deleted, xml);
  }
}

// A body that deletes must prove to be whole.
absl::Status CheckProtected(const Request& request) {
  if (FindHeader(request.headers, "Content-MD5") || HasChecksum(request)) return absl::OkStatus();
  return S3Error("InvalidRequest", "Missing required header for this request: Content-MD5");
}

}  // namespace

absl::StatusOr<Reply> S3DeleteObject(S3Call& call) {
  ASSIGN_OR_RETURN(Deleted deleted, Delete(call, call.place.key,
                                           std::string(ParameterOf(call.request, "versionId"))));
  Reply reply{.status = 204};
  if (!deleted.marker_id.empty()) reply.headers.emplace_back("x-amz-delete-marker", "true");
  const std::string& id = deleted.version_id.empty() ? deleted.marker_id : deleted.version_id;
  reply.headers.emplace_back("x-amz-version-id", id);
  return reply;
}

absl::StatusOr<Reply> S3DeleteObjects(S3Call& call) {
  RETURN_IF_ERROR(CheckProtected(call.request));
  ASSIGN_OR_RETURN(XmlNode root, ParseXmlTree(call.body, "Delete"));
  bool quiet = root["Quiet"].text == "true";
  XmlWriter xml;
  xml.OpenAnswer("DeleteResult");
  size_t objects = 0;
  for (const XmlNode& child : root.children) objects += child.name == "Object" ? 1 : 0;
  if (objects == 0 || objects > kMostObjects) return S3Error("MalformedXML");
  for (const XmlNode& child : root.children) {
    if (child.name == "Object") DeleteOne(call, child, quiet, xml);
  }
  return XmlReply(200, xml.Take());
}

}  // namespace annofs::emulator

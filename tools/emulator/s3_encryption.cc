// Encryption of new objects that say nothing: a setting of the bucket.
#include <utility>

#include "cache/base/status.h"
#include "tools/emulator/s3_call.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_settings.h"
#include "tools/emulator/xml_tree.h"
#include "tools/emulator/xml_writer.h"

namespace annofs::emulator {

absl::StatusOr<Reply> S3GetBucketEncryption(S3Call& call) {
  if (call.bucket->settings().encryption.mode.empty()) {
    return S3Error("ServerSideEncryptionConfigurationNotFoundError");
  }
  XmlWriter xml;
  xml.OpenAnswer("ServerSideEncryptionConfiguration").Open("Rule");
  xml.Open("ApplyServerSideEncryptionByDefault").Text("SSEAlgorithm", "AES256").Close();
  xml.Bool("BucketKeyEnabled", false);
  return XmlReply(200, xml.Take());
}

absl::StatusOr<Reply> S3PutBucketEncryption(S3Call& call) {
  ASSIGN_OR_RETURN(XmlNode root, ParseXmlTree(call.body, "ServerSideEncryptionConfiguration"));
  const std::string& algorithm =
      root["Rule"]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"].text;
  if (algorithm.empty()) return S3Error("MalformedXML");
  if (algorithm != "AES256") return S3Error("NotImplemented");
  BucketSettings settings = call.bucket->settings();
  settings.encryption = {.mode = "SSE-B2", .key_md5 = {}};
  RETURN_IF_ERROR(ChangeSettings(*call.bucket, std::move(settings)));
  return Reply();
}

absl::StatusOr<Reply> S3DeleteBucketEncryption(S3Call& call) {
  BucketSettings settings = call.bucket->settings();
  settings.encryption = {};
  RETURN_IF_ERROR(ChangeSettings(*call.bucket, std::move(settings)));
  return Reply{.status = 204};
}

}  // namespace annofs::emulator

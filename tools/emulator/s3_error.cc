#include "tools/emulator/s3_error.h"

#include "absl/strings/escaping.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/tokens.h"
#include "tools/emulator/xml_writer.h"

namespace annofs::emulator {
namespace {

constexpr char kRequestId[] = "x-amz-request-id";

struct Known {
  absl::string_view code;
  int http_status;
  absl::string_view message;
};

constexpr Known kKnown[] = {
    {"AccessDenied", 403, "not entitled"},
    {"AuthorizationHeaderMalformed", 400, "The authorization header is malformed"},
    {"BadDigest", 400, "The Content-MD5 you specified did not match what we received."},
    {"BucketAlreadyExists", 409, "The requested bucket name is not available."},
    {"BucketAlreadyOwnedByYou", 409,
     "Your previous request to create the named bucket succeeded "
     "and you already own it."},
    {"BucketNotEmpty", 409, "The bucket you tried to delete is not empty."},
    {"EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size."},
    {"EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size."},
    {"ExpiredToken", 400, "The provided token has expired."},
    {"IncompleteBody", 400, "The request body terminated unexpectedly."},
    {"InternalError", 500, "an internal error happened"},
    {"InvalidAccessKeyId", 403, "The key is not valid"},
    {"InvalidArgument", 400, "Invalid Argument"},
    {"InvalidBucketName", 400, "The specified bucket is not valid."},
    {"InvalidDigest", 400, "The Content-MD5 you specified is not valid."},
    {"InvalidLocationConstraint", 400, "The specified location-constraint is not valid"},
    {"InvalidPart", 400, "One or more of the specified parts could not be found."},
    {"InvalidPartOrder", 400, "The list of parts was not in ascending order."},
    {"InvalidRange", 416, "The requested range is not satisfiable"},
    {"InvalidRequest", 400, "Invalid Request"},
    {"InvalidStorageClass", 400, "The storage class you specified is not valid"},
    {"InvalidToken", 400, "The provided token is malformed or otherwise invalid."},
    {"InvalidURI", 400, "Couldn't parse the specified URI."},
    {"KeyTooLongError", 400, "Your key is too long"},
    {"MalformedXML", 400,
     "The XML you provided was not well-formed or did not validate against "
     "our published schema"},
    {"MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size."},
    {"MethodNotAllowed", 405, "The specified method is not allowed against this resource."},
    {"MissingContentLength", 411, "You must provide the Content-Length HTTP header."},
    {"NoSuchBucket", 404, "The specified bucket does not exist"},
    {"NoSuchBucketPolicy", 404, "The bucket policy does not exist"},
    {"NoSuchCORSConfiguration", 404, "The CORS configuration does not exist"},
    {"NoSuchKey", 404, "Key not found"},
    {"NoSuchLifecycleConfiguration", 404, "The lifecycle configuration does not exist"},
    {"NoSuchObjectLockConfiguration", 404,
     "The specified object does not have an ObjectLock "
     "configuration"},
    {"NoSuchUpload", 404, "The specified multipart upload does not exist."},
    {"NoSuchVersion", 404, "The specified version does not exist."},
    {"NotImplemented", 501, "A header you provided implies functionality that is not implemented"},
    {"ObjectLockConfigurationNotFoundError", 404,
     "Object Lock configuration does not exist for "
     "this bucket"},
    {"OperationAborted", 409,
     "A conflicting conditional operation is currently in progress against this resource. Please "
     "try again."},
    {"PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold"},
    {"RequestTimeTooSkewed", 403,
     "The difference between the request time and the server's time "
     "is too large."},
    {"RequestTimeout", 408, "The request took too long"},
    {"ServerSideEncryptionConfigurationNotFoundError", 404,
     "The server side encryption "
     "configuration was not found"},
    {"ServiceUnavailable", 503, "no tomes available"},
    {"SignatureDoesNotMatch", 403, "Signature validation failed"},
    {"SlowDown", 503, "Please reduce your request rate."},
    {"TooManyBuckets", 400, "You have attempted to create more buckets than allowed."},
    {"XAmzContentSHA256Mismatch", 400,
     "The provided 'x-amz-content-sha256' header does not match "
     "what was computed."},
};

// Codes of the store and what they are here. A code that is not among them is a bug: 500.
struct Translation {
  absl::string_view store;
  absl::string_view code;
};
constexpr Translation kTranslations[] = {
    {"access_denied", "AccessDenied"},
    {"already_hidden", "NoSuchKey"},
    {"bad_request", "InvalidRequest"},
    {"cannot_delete_non_empty_bucket", "BucketNotEmpty"},
    {"conflict", "OperationAborted"},
    {"duplicate_bucket_name", "BucketAlreadyOwnedByYou"},
    {"file_not_present", "NoSuchVersion"},
    {"no_such_file", "NoSuchKey"},
    {"not_found", "NoSuchKey"},
    {"range_not_satisfiable", "InvalidRange"},
    {"storage_cap_exceeded", "AccessDenied"},
    {"too_many_buckets", "TooManyBuckets"},
    {"unauthorized", "AccessDenied"},
};

const Known* Find(absl::string_view code) {
  for (const Known& known : kKnown) {
    if (known.code == code) return &known;
  }
  return nullptr;
}

absl::string_view UsualS3Code(int http_status) {
  switch (http_status) {
    case 400:
      return "InvalidRequest";
    case 401:
    case 403:
      return "AccessDenied";
    case 404:
      return "NoSuchKey";
    case 405:
      return "MethodNotAllowed";
    case 408:
      return "RequestTimeout";
    case 412:
      return "PreconditionFailed";
    case 416:
      return "InvalidRange";
    case 429:
      return "SlowDown";
    case 501:
      return "NotImplemented";
    case 503:
      return "ServiceUnavailable";
    default:
      return "InternalError";
  }
}

}  // namespace

absl::Status S3Error(absl::string_view code, absl::string_view message) {
  const Known* known = Find(code);
  if (known == nullptr) return B2Error(500, "InternalError", code);
  return B2Error(known->http_status, code, message.empty() ? known->message : message);
}

S3ErrorInfo S3ErrorInfoOf(const absl::Status& error) {
  ErrorCode code = CodeOf(error);
  std::string message(error.message());
  if (Find(code.code) != nullptr) return {code.http_status, code.code, message};
  for (const Translation& translation : kTranslations) {
    if (translation.store != code.code) continue;
    return {Find(translation.code)->http_status, std::string(translation.code), message};
  }
  return {500, "InternalError", message};
}

void AddRequestIds(Reply& reply) {
  if (FindHeader(reply.headers, kRequestId)) return;
  std::string bytes = RandomBytes(8 + 48);
  reply.headers.emplace_back(kRequestId, absl::BytesToHexString(bytes.substr(0, 8)));
  reply.headers.emplace_back("x-amz-id-2", absl::Base64Escape(bytes.substr(8)));
}

Reply XmlReply(int http_status, std::string xml) {
  Reply reply;
  reply.status = http_status;
  reply.headers = {{"Content-Type", "application/xml"}};
  reply.body = std::move(xml);
  return reply;
}

Reply S3ErrorReply(const absl::Status& error) {
  S3ErrorInfo info = S3ErrorInfoOf(error);
  return S3ErrorReply(info.http_status, info.code, info.message);
}

Reply S3ErrorReply(int http_status, absl::string_view code, absl::string_view message) {
  if (code.empty()) code = UsualS3Code(http_status);
  XmlWriter xml;
  xml.Open("Error").Text("Code", code).Text("Message", message);
  Reply reply = XmlReply(http_status, xml.Take());
  AddRequestIds(reply);
  return reply;
}

}  // namespace annofs::emulator

#include "cache/store/s3_errors.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/store/s3_xml.h"

namespace annofs {
namespace {

constexpr size_t kMaxRegion = 63;

// A server's word that we tell the user to write on a command line: a plain one only.
std::string PlainRegion(absl::string_view text) {
  const bool is_plain = text.size() <= kMaxRegion && absl::c_all_of(text, [](char c) {
                          return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
                        });
  return is_plain ? std::string(text) : "";
}

std::string ForeignRegion(const S3Error& error, const S3Endpoint& endpoint) {
  if (error.region.empty() || error.region == endpoint.region) {
    return absl::StrCat("the bucket is not at ", endpoint.host, " in region ", endpoint.region,
                        "; name its --region or --endpoint");
  }
  return absl::StrCat("the bucket is in region ", error.region, " and not in ", endpoint.region,
                      "; use --region ", error.region,
                      ", or the --endpoint of that region if one is set");
}

std::string NotAllowed(S3ListCall call, const SourceUrl& source) {
  const bool versions = call == S3ListCall::kVersions;
  return absl::StrCat("this key may not list ", versions ? "the versions of " : "", "s3://",
                      source.bucket, "/", source.prefix,
                      versions ? ", which names as they were at a time are read from" : "",
                      "; it needs the right to (B2: listFiles, AWS: s3:ListBucket",
                      versions ? "Versions" : "", "); if it is for a prefix only, name s3://",
                      source.bucket, "/PREFIX with the key's prefix, which must be a directory");
}

bool IsNotOffered(const ServiceError& error) {
  return error.status == 501 || error.code == "NotImplemented";
}

bool IsForeignRegion(const ServiceError& error) {
  return error.status == 301 || error.status == 307 ||
         error.code == "AuthorizationHeaderMalformed" ||
         error.code == "IllegalLocationConstraintException";
}

// What to do about it; "" where the answer says all there is to say.
std::string Remedy(const S3Error& error, S3ListCall call, const SourceUrl& source,
                   const S3Endpoint& endpoint) {
  const std::string& code = error.service.code;
  if (IsForeignRegion(error.service)) return ForeignRegion(error, endpoint);
  if (code == "InvalidAccessKeyId") {
    return "the service does not know this access key; check AWS_ACCESS_KEY_ID and --endpoint (B2 "
           "refuses the master key here: make an application key)";
  }
  if (code == "SignatureDoesNotMatch") {
    return absl::StrCat(
        "the secret is not that of the access key, or the region is not the bucket's; check "
        "AWS_SECRET_ACCESS_KEY, and --region (used: ",
        endpoint.region, ")");
  }
  if (code == "RequestTimeTooSkewed") return "the clock of this machine is wrong; set it";
  if (code == "ExpiredToken" || code == "InvalidToken") {
    return "AWS_SESSION_TOKEN is not valid any more; get new credentials";
  }
  if (code == "NoSuchBucket") {
    return absl::StrCat("there is no bucket '", source.bucket, "' at ", endpoint.host,
                        "; check its name, --endpoint and --region");
  }
  if (IsNotOffered(error.service)) {
    return call == S3ListCall::kNames
               ? "the service does not offer ListObjectsV2; check --endpoint"
               : "the service does not list versions of files: names as they were at a time need "
                 "one that keeps and lists versions";
  }
  const bool refused = code == "AccessDenied" || code.empty();
  return error.service.status == 403 && refused ? NotAllowed(call, source) : "";
}

std::string DownloadRemedy(absl::string_view code) {
  if (code == "InvalidObjectState") return "the object is archived; restore it before it is read";
  if (code == "AccessDenied") {
    return "this key may not read files; it needs the right to (B2: readFiles, AWS: s3:GetObject, "
           "for files of an earlier time s3:GetObjectVersion)";
  }
  if (code == "InvalidAccessKeyId" || code == "ExpiredToken" || code == "InvalidToken") {
    return "the key is not valid any more; mount again with another one";
  }
  return "";
}

absl::Status WithRemedy(const absl::Status& status, const std::string& remedy) {
  return remedy.empty() ? status : Annotate(status, Redact(remedy));
}

}  // namespace

S3Error ParseS3Error(const HttpResponse& response) {
  S3Error error{.service = {.status = response.status}};
  error.region = PlainRegion(response.Header("x-amz-bucket-region"));
  // What was read before the document breaks off is good: it may have been cut at our bound.
  ReadS3Xml(response.body, [&](absl::string_view path, absl::string_view text) {
    if (path == "Error/Code") error.service.code = std::string(text);
    if (path == "Error/Message") error.service.message = std::string(text);
    if (path == "Error/Region") error.region = PlainRegion(text);
    return absl::OkStatus();
  }).IgnoreError();
  return error;
}

absl::Status S3DownloadError(const HttpResponse& response) {
  const S3Error error = ParseS3Error(response);
  return WithRemedy(ServiceErrorToStatus(error.service, ServiceCall::kDownload, response),
                    DownloadRemedy(error.service.code));
}

absl::Status S3ListError(const HttpResponse& response, S3ListCall call, const SourceUrl& source,
                         const S3Endpoint& endpoint) {
  const S3Error error = ParseS3Error(response);
  absl::Status status = ServiceErrorToStatus(error.service, ServiceCall::kApi, response);
  if (call == S3ListCall::kVersions && IsNotOffered(error.service)) {
    status = absl::UnimplementedError(status.message());
  }
  return WithRemedy(status, Remedy(error, call, source, endpoint));
}

}  // namespace annofs

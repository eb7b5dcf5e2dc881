#include "tools/emulator/s3_api.h"

#include "absl/time/clock.h"
#include "cache/base/status.h"
#include "tools/emulator/s3_access.h"
#include "tools/emulator/s3_auth.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_operations.h"
#include "tools/emulator/s3_payload.h"

namespace annofs::emulator {

absl::StatusOr<Reply> S3NotImplemented(S3Call&) {
  return S3Error("NotImplemented", "This API call is not supported.");
}
absl::StatusOr<Reply> S3MethodNotAllowed(S3Call&) { return S3Error("MethodNotAllowed"); }

absl::StatusOr<Reply> S3Api::Run(Request& request) const {
  std::optional<S3Place> place = S3PlaceOf(request);
  if (!place) return S3Error("InvalidURI");
  const S3Operation& operation = S3OperationOf(request, *place);
  absl::Time now = context_.clock.Now();
  ASSIGN_OR_RETURN(S3Signature signature,
                   CheckS3Signature(context_.account, request, place->path, absl::Now(), now));
  S3Call call{.context = context_,
              .request = request,
              .place = *std::move(place),
              .now = now,
              .service_start = start_,
              .key = signature.key,
              .bucket = nullptr,
              .body = {}};
  RETURN_IF_ERROR(AuthorizeS3(operation, call));
  if (!call.place.key.empty()) RETURN_IF_ERROR(CheckS3Key(call.place.key));
  bool strict = context_.settings.Now().strict_checksums;
  Checksums checksums = strict ? Checksums::kRefused : Checksums::kVerified;
  ASSIGN_OR_RETURN(call.body, TakeS3Payload(signature, request, checksums));
  return operation.run(call);
}

Reply S3Api::Answer(const Route&, Request& request) const {
  absl::StatusOr<Reply> reply = Run(request);
  if (!reply.ok()) return S3ErrorReply(reply.status());
  AddRequestIds(*reply);
  return *std::move(reply);
}

absl::string_view S3Api::CounterName(const Route& route) {
  return S3OperationNamed(route.operation).name;
}

std::string S3Api::SubjectOf(const Route& route, const Request& request) {
  return route.name.empty() ? std::string(ParameterOf(request, "prefix")) : route.name;
}

}  // namespace annofs::emulator

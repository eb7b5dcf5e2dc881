#include "tools/emulator/test_mode.h"

#include <utility>

#include "absl/strings/match.h"

namespace annofs::emulator {
namespace {

constexpr char kHeader[] = "X-Bz-Test-Mode";
constexpr uint32_t kSome = 3;

bool IsUpload(absl::string_view operation) {
  return operation == "b2_upload_file" || operation == "b2_upload_part";
}

bool IsOneOfSome(std::atomic<uint32_t>& counter) { return counter++ % kSome == 0; }

FaultEffect Error(int status, std::string code, std::string message) {
  FaultEffect effect;
  effect.status = status;
  effect.code = std::move(code);
  effect.message = std::move(message);
  return effect;
}

FaultEffect CapExceeded(absl::string_view operation) {
  if (IsUpload(operation)) return Error(403, "cap_exceeded", "Storage cap exceeded.");
  if (absl::StartsWith(operation, "b2_download_")) {
    return Error(403, "download_cap_exceeded", "Download cap exceeded.");
  }
  return Error(403, "transaction_cap_exceeded", "Transaction cap exceeded.");
}

}  // namespace

std::optional<FaultEffect> TestModes::Take(absl::string_view operation, const Request& request) {
  std::optional<absl::string_view> mode = FindHeader(request.headers, kHeader);
  if (!mode || !absl::StartsWith(operation, "b2_") || operation == "b2_authorize_account") {
    return std::nullopt;
  }
  if (*mode == "force_cap_exceeded") return CapExceeded(operation);
  if (*mode == "fail_some_uploads" && IsUpload(operation) && IsOneOfSome(uploads_)) {
    return Error(503, "service_unavailable", "no tomes available");
  }
  if (*mode == "expire_some_account_authorization_tokens" && !IsUpload(operation) &&
      IsOneOfSome(tokens_)) {
    return Error(401, "expired_auth_token", "Authorization token has expired");
  }
  return std::nullopt;
}

}  // namespace annofs::emulator

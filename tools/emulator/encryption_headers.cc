#include "tools/emulator/encryption_headers.h"

#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

constexpr size_t kKeyBytes = 32;

std::optional<std::string> Header(const HeaderList& headers, absl::string_view prefix,
                                  absl::string_view rest) {
  auto value = FindHeader(headers, absl::StrCat(prefix, rest));
  if (!value) return std::nullopt;
  return std::string(*value);
}

// The three headers of a customer's key; "" if there are none of them.
absl::StatusOr<std::string> CustomerKeyMd5(const HeaderList& headers, absl::string_view prefix) {
  std::optional<std::string> algorithm = Header(headers, prefix, "-customer-algorithm");
  std::optional<std::string> key = Header(headers, prefix, "-customer-key");
  std::optional<std::string> md5 = Header(headers, prefix, "-customer-key-md5");
  if (!algorithm && !key && !md5) return "";
  if (!algorithm || !key || !md5) return BadRequest("SSE-C needs all of its three headers");
  if (*algorithm != "AES256") return BadRequest("the encryption algorithm must be AES256");
  std::string bytes;
  if (!absl::Base64Unescape(*key, &bytes) || bytes.size() != kKeyBytes) {
    return BadRequest("the customer key is not 32 bytes in base64");
  }
  if (absl::Base64Escape(DigestOf(DigestKind::kMd5, bytes).bytes) != *md5) {
    return BadRequest("the MD5 of the customer key does not match");
  }
  return *md5;
}

}  // namespace

absl::StatusOr<Encryption> EncryptionOf(const HeaderList& headers, absl::string_view prefix,
                                        const Encryption& otherwise) {
  ASSIGN_OR_RETURN(std::string key_md5, CustomerKeyMd5(headers, prefix));
  if (!key_md5.empty()) return Encryption{.mode = "SSE-C", .key_md5 = key_md5};
  std::optional<std::string> algorithm = Header(headers, prefix, "");
  if (!algorithm) return otherwise;
  if (*algorithm != "AES256") return BadRequest("the encryption algorithm must be AES256");
  return Encryption{.mode = "SSE-B2", .key_md5 = ""};
}

absl::Status NeedsCustomerKey() {
  return BadRequest(
      "The object was stored using a form of Server Side Encryption. The correct parameters must "
      "be provided to retrieve the object.");
}

absl::Status CheckCustomerKey(const HeaderList& headers, absl::string_view prefix,
                              const Encryption& encryption) {
  ASSIGN_OR_RETURN(std::string key_md5, CustomerKeyMd5(headers, prefix));
  if (encryption.mode != "SSE-C") {
    return key_md5.empty() ? absl::OkStatus()
                           : BadRequest("the file is not encrypted with a customer key");
  }
  if (key_md5.empty()) return NeedsCustomerKey();
  if (key_md5 == encryption.key_md5) return absl::OkStatus();
  return B2Error(403, "access_denied", "the customer key is not the file's");
}

void AddEncryptionHeaders(absl::string_view prefix, const Encryption& encryption,
                          HeaderList& headers) {
  if (encryption.mode == "SSE-B2") headers.emplace_back(prefix, "AES256");
  if (encryption.mode != "SSE-C") return;
  headers.emplace_back(absl::StrCat(prefix, "-customer-algorithm"), "AES256");
  headers.emplace_back(absl::StrCat(prefix, "-customer-key-md5"), encryption.key_md5);
}

}  // namespace annofs::emulator
